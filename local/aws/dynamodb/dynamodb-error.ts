import { AwsError } from '../service';

/** An error of dynalite: HTTP status and body as DynamoDB words them. */
interface DynaliteError {
  readonly statusCode: number;
  readonly body: { readonly __type: string; readonly message?: string; readonly Message?: string };
}

function isDynaliteError(error: unknown): error is DynaliteError {
  return typeof error === 'object' && error !== null && 'statusCode' in error && 'body' in error;
}

/** Turns an error of dynalite into one of AWS; any other error passes unchanged. */
export function asAwsError(error: unknown): unknown {
  if (!isDynaliteError(error)) return error;
  const code = error.body.__type.split('#').at(-1) ?? 'InternalServerError';
  return new AwsError(code, error.body.message ?? error.body.Message ?? '', error.statusCode);
}

/** `ValidationException`, HTTP status 400. */
export function validationException(message: string): AwsError {
  return new AwsError('ValidationException', message, 400);
}

/** Why one item of a transaction kept it from happening; `None` for the items that would have passed. */
export interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: unknown;
}

/** `TransactionCanceledException` with a reason for each item, in the order of the request. */
export function transactionCancelled(reasons: readonly CancellationReason[]): AwsError {
  const codes = reasons.map((reason) => reason.Code).join(', ');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return new AwsError('TransactionCanceledException', message, 400, { CancellationReasons: reasons });
}
