import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { AwsError, type SignedRequest } from '../aws/service';
import type { FaultPoints, RequestFault } from './fault-points';

/** A request that a fault was drawn for, and what the fault may reach. */
export interface StruckRequest {
  readonly signed: SignedRequest;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Kills the process of the function that asks, if it is one. */
  readonly killCaller: () => void;
  readonly serve: (signed: SignedRequest) => Promise<void>;
}

/** The connection is gone: what the service still writes goes nowhere. */
function breakOff(response: ServerResponse): void {
  response.destroy();
}

/** Whatever the service answers breaks the connection instead. */
function loseAnswer(response: ServerResponse, beforeEnd: () => void): void {
  const lost = () => {
    beforeEnd();
    breakOff(response);
    return response;
  };
  response.write = () => true;
  response.end = lost as ServerResponse['end'];
}

/** The first half of a body; then the connection breaks. */
async function* halfOf(
  { signed, request }: StruckRequest,
  atHalf: () => void,
): AsyncGenerator<Buffer, void, undefined> {
  const half = Number(request.headers['content-length'] ?? 0) / 2;
  let bytes = 0;
  for await (const chunk of signed.body) {
    const left = Math.max(0, Math.floor(half) - bytes);
    bytes += chunk.length;
    if (chunk.length < left) yield chunk;
    else {
      if (left > 0) yield chunk.subarray(0, left);
      break;
    }
  }
  atHalf();
  request.destroy();
  throw Object.assign(new Error('The connection broke within the body.'), { code: 'ECONNRESET' });
}

/** How DynamoDB cancels a transaction that meets another one. */
async function conflictOf(signed: SignedRequest): Promise<AwsError> {
  const { TransactItems } = JSON.parse((await buffer(Readable.from(signed.body))).toString('utf8')) as {
    TransactItems: unknown[];
  };
  const reasons = TransactItems.map((_, index) =>
    index === 0
      ? { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }
      : { Code: 'None' },
  );
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons: reasons },
  );
}

/** Serves a request as a fault will have it. */
export async function carryOut(
  fault: RequestFault,
  struck: StruckRequest,
  points: Pick<FaultPoints, 'killPlatform'>,
): Promise<void> {
  const { signed, response, serve, killCaller } = struck;
  switch (fault.kind) {
    case 'refuse':
      throw fault.error;
    case 'conflict':
      throw await conflictOf(signed);
    case 'lose-answer':
      loseAnswer(response, () => undefined);
      return serve(signed);
    case 'cut-body':
      return serve({ ...signed, body: halfOf(struck, () => undefined) });
    case 'kill-platform':
      if (fault.when === 'before') points.killPlatform();
      loseAnswer(response, () => points.killPlatform());
      return serve(signed);
    case 'kill':
      switch (fault.when) {
        case 'before':
          killCaller();
          return breakOff(response);
        case 'during':
          return serve({ ...signed, body: halfOf(struck, killCaller) });
        case 'after':
          loseAnswer(response, killCaller);
          return serve(signed);
        case 'answered':
          response.once('finish', killCaller);
          return serve(signed);
      }
  }
}
