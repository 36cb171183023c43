import { z } from 'zod';
import { AwsError, type Caller, type FunctionInvoker, type InvocationResult } from '../service';
import { ConcurrencyLimit } from './concurrency-limit';
import type { Integration } from './integration';
import type { Json } from './payload-limits';
import { StateError } from './state-error';

const parameters = z.strictObject({
  FunctionName: z.string().regex(/^arn:aws:lambda:/, 'the ARN of a function'),
  Payload: z.json().optional(),
  InvocationType: z.literal('RequestResponse').optional(),
});

/** Error names of the API of Lambda that keep their name; the rest is `Lambda.AWSLambdaException`. */
const namedErrors = new Set([
  'ResourceNotFoundException',
  'TooManyRequestsException',
  'ServiceException',
  'RequestTooLargeException',
]);

/**
 * `arn:aws:states:::lambda:invoke`.
 * @param concurrency most invocations at the same time
 */
export function lambdaInvoke(functions: FunctionInvoker, concurrency: number): Integration {
  const limit = new ConcurrencyLimit(concurrency);
  return {
    resource: 'arn:aws:states:::lambda:invoke',
    resourceType: 'lambda',
    action: 'invoke',
    callback: true,
    callsFunction: true,
    async run(given, caller) {
      const read = parameters.safeParse(given);
      if (!read.success) {
        const [issue] = read.error.issues;
        throw new StateError(
          'States.Runtime',
          `lambda:invoke: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
        );
      }
      const { FunctionName, Payload } = read.data;
      const result = await limit.run(() => invoke(functions, caller, FunctionName, Payload ?? {}));
      if (result.functionError) {
        const { errorType, errorMessage } = result.functionError;
        throw new StateError(errorType, JSON.stringify({ errorType, errorMessage }));
      }
      return {
        ExecutedVersion: '$LATEST',
        Payload: (result.payload ?? null) as Json,
        StatusCode: 200,
      };
    },
  };
}

async function invoke(
  functions: FunctionInvoker,
  caller: Caller,
  functionArn: string,
  payload: unknown,
): Promise<InvocationResult> {
  try {
    return await functions.invoke(caller, functionArn, payload);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const name = namedErrors.has(error.code) ? error.code : 'AWSLambdaException';
    throw new StateError(
      `Lambda.${name}`,
      `${error.message} (Service: Lambda, Status Code: ${error.statusCode}, Error Code: ${error.code})`,
    );
  }
}
