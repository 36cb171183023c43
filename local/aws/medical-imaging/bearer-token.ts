import type { InvocationResult } from '../service';
import { AwsError, type Clock } from '../service';

/** Invokes the authoriser as HealthImaging, by the function's resource policy. */
export interface AuthoriserInvoker {
  invokeForService(
    principal: string,
    sourceArn: string,
    functionArn: string,
    payload: unknown,
  ): Promise<InvocationResult>;
}

/** HealthImaging waits this long for the authoriser ("OIDC authentication"). */
const authoriserLimitMilliseconds = 1_000;

/** Oldest `iat` that HealthImaging takes. */
const oldestTokenSeconds = 12 * 3600;

/**
 * Asks the data store's authoriser about a bearer token: what the token's own claims refuse never reaches it.
 * @returns the ARN of the role to act as
 * @throws AwsError `AccessDeniedException`; `FailedDependencyException` where the authoriser fails or is too slow
 */
export async function roleOfBearer(
  functions: AuthoriserInvoker,
  clock: Clock,
  datastore: {
    readonly datastoreId: string;
    readonly datastoreArn: string;
    readonly lambdaAuthorizerArn: string;
  },
  operation: string,
  bearerToken: string,
): Promise<string> {
  demandFreshClaims(bearerToken, Math.floor(clock.now().getTime() / 1000));
  const { datastoreId, datastoreArn, lambdaAuthorizerArn } = datastore;
  const answer = await inTime(
    functions.invokeForService('medical-imaging.amazonaws.com', datastoreArn, lambdaAuthorizerArn, {
      datastoreId,
      operation,
      bearerToken,
    }),
  );
  if (answer.functionError) throw failedDependency('The authorizer function failed');
  const { isTokenValid, roleArn } = (answer.payload ?? {}) as { isTokenValid?: unknown; roleArn?: unknown };
  if (isTokenValid === false) throw denied('The token is not valid');
  if (isTokenValid !== true || typeof roleArn !== 'string') {
    throw failedDependency('The authorizer function did not answer isTokenValid and roleArn');
  }
  return roleArn;
}

function demandFreshClaims(token: string, now: number): void {
  const [, body, signature, ...more] = token.split('.');
  let claims: { exp?: unknown; iat?: unknown };
  try {
    if (body === undefined || signature === undefined || more.length > 0) throw new SyntaxError();
    claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as typeof claims;
  } catch {
    throw denied('The token is not a JWT');
  }
  const { exp, iat } = claims;
  if (typeof exp !== 'number' || typeof iat !== 'number') throw denied('The token needs exp and iat');
  if (exp <= now) throw denied('The token has expired');
  if (now - iat > oldestTokenSeconds) throw denied('The token was issued more than 12 hours ago');
}

async function inTime(answer: Promise<InvocationResult>): Promise<InvocationResult> {
  let timeout: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timeout = setTimeout(
      () => reject(failedDependency('The authorizer function did not answer within 1 second')),
      authoriserLimitMilliseconds,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'FailedDependencyException') throw error;
    throw failedDependency('The authorizer function cannot be invoked');
  } finally {
    clearTimeout(timeout);
  }
}

function denied(message: string): AwsError {
  return new AwsError('AccessDeniedException', message, 403);
}

function failedDependency(message: string): AwsError {
  return new AwsError('FailedDependencyException', message, 424);
}
