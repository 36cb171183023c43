import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { Log } from '../platform/log';
import { findPerson, rolesOf } from './people';
import type { AuthorisedPerson } from './person.contract';
import type { RegisterTable } from './register-table';
import { TokenRefused, type TokenVerifier } from './token-verifier';

/** What the authoriser of the REST API asks. */
export interface RequestAuthority {
  readonly verifier: TokenVerifier;
  readonly table: RegisterTable;
  readonly firstOfficers: readonly string[];
  readonly log: Log;
}

/** API Gateway turns exactly this message into a 401. */
class Unauthorized extends Error {
  constructor() {
    super('Unauthorized');
  }
}

/** The token of an `Authorization: Bearer` header (RFC 6750 §2.1), or null. */
function bearerToken(headers: APIGatewayRequestAuthorizerEvent['headers']): string | null {
  const values = Object.entries(headers ?? {}).flatMap(([name, value]) =>
    name.toLowerCase() === 'authorization' && value !== undefined ? [value] : [],
  );
  if (values.length !== 1) return null;
  return /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(values[0] ?? '')?.[1] ?? null;
}

/** Every route of the stage of `arn:…:execute-api:<region>:<account>:<api>/<stage>/<verb>/<path>`. */
function stageOf(methodArn: string): string {
  const [api, stage] = methodArn.split('/');
  if (api === undefined || stage === undefined) throw new Unauthorized();
  return `${api}/${stage}/*`;
}

/**
 * Verifies the token and adds what the register knows of the person. Somebody whom it does not know is let in without
 * roles: they may see `/v1/me`, and every other route asks for a role or a membership.
 *
 * @throws Error `Unauthorized` for any token that is not taken
 */
export async function authoriseRequest(
  authority: RequestAuthority,
  event: APIGatewayRequestAuthorizerEvent,
): Promise<APIGatewayAuthorizerResult> {
  const token = bearerToken(event.headers);
  if (token === null) {
    authority.log.info('token refused', { code: 'TOKEN_MISSING' });
    throw new Unauthorized();
  }
  try {
    const { subject } = await authority.verifier.verify(token);
    const record = await findPerson(authority.table, subject);
    const person: AuthorisedPerson = {
      pseudonym: record?.pseudonym ?? null,
      roles: rolesOf(record, subject, authority.firstOfficers),
      trust: record?.trust,
      organisation: record?.organisation,
    };
    return {
      // Access logs hold the principal, so it is the pseudonym.
      principalId: record?.pseudonym ?? 'unknown',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: stageOf(event.methodArn) }],
      },
      context: { subject, person: JSON.stringify(person) },
    };
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error;
    authority.log.info('token refused', { code: error.code });
    throw new Unauthorized();
  }
}
