import type { AwsError, BusEvent, Caller } from '../aws/service';
import type { ImportJobActions } from '../aws/states/medical-imaging-integration';

/**
 * Where the embedded platform lets a drill into its way. A platform without a drill has none of this, and each place asks
 * with one `?.`: what is drilled is what runs.
 */

/** A signed request that has been verified and not yet been handed to its service. */
export interface RequestPoint {
  /** Signing name of the service. */
  readonly service: string;
  readonly method: string;
  /** Operation of a JSON service, e.g. `TransactWriteItems`; for S3 the method with its kind of path. */
  readonly operation: string;
  /** `<folder>/<function>` of the function whose role signed; absent for anybody else. */
  readonly functionName?: string;
  readonly accessKeyId: string;
  /** A URL that was signed for somebody else to use. */
  readonly presigned: boolean;
  readonly bodyBytes: number;
}

/** What happens to a request. */
export type RequestFault =
  /** Refused before anything is done. */
  | { readonly kind: 'refuse'; readonly error: AwsError }
  /** A transaction that conflicts with another one: as many reasons as it has items. */
  | { readonly kind: 'conflict' }
  /** Done, but the connection breaks before the answer. */
  | { readonly kind: 'lose-answer' }
  /** The connection breaks while half of the body is there. */
  | { readonly kind: 'cut-body' }
  /** The process of the function that asks is killed: before anything is done, … */
  | { readonly kind: 'kill'; readonly when: 'before' | 'during' | 'after' | 'answered' }
  /** The platform itself is killed, before or after the request was done. */
  | { readonly kind: 'kill-platform'; readonly when: 'before' | 'after' };

/** What happens to an invocation of a function. */
export type InvocationFault =
  | { readonly kind: 'refuse'; readonly error: AwsError }
  /** The function has done its work and dies before it says so. */
  | { readonly kind: 'die-returning' };

export interface FaultPoints {
  request(point: RequestPoint): RequestFault | undefined;
  invocation(functionName: string, payload: string): InvocationFault | undefined;
  /** Told of the credentials of the process that an invocation runs in, … */
  invocationBegan(payload: string, accessKeyId: string): void;
  /** … and when it runs there no more. */
  invocationEnded(accessKeyId: string): void;
  /** Milliseconds after which an event is delivered, once for each; none: it is lost. */
  deliveries(event: BusEvent): readonly number[];
  /** The import jobs as Step Functions reaches them. */
  importJobs(actions: ImportJobActions): ImportJobActions;
  /** The answers of the opt-out service to a request, in order, each after a while. */
  optOutAnswers(request: string, answer: string): readonly OptOutAnswer[];
  /** Told of every object as soon as it can be read. */
  objectWritten(object: WrittenObject): void;
  killPlatform(): never;
}

export interface OptOutAnswer {
  readonly text: string;
  readonly afterMilliseconds: number;
}

export interface WrittenObject {
  readonly bucket: string;
  readonly key: string;
  /** File of its bytes, never written again. */
  readonly contentPath: string;
}

/** `<folder>/<function>` of a function's role; every function has a path of its own (docs/architecture.md §6). */
export function functionOf({ roleArn }: Caller): string | undefined {
  return /:role\/nmip\/[^/]+\/([^/]+\/[^/]+)\//.exec(roleArn)?.[1];
}
