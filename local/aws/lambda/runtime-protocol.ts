/** Messages between the platform and the process that runs a function. Payloads are JSON text, as on the wire of AWS. */

export interface RuntimeStart {
  readonly kind: 'start';
  readonly codeFolder: string;
  readonly handler: string;
}

export interface RuntimeInvoke {
  readonly kind: 'invoke';
  readonly requestId: string;
  readonly payload: string;
  /** Milliseconds since 1970. */
  readonly deadline: number;
  readonly functionArn: string;
}

/** Error as Lambda reports it: name of the error class, message, stack lines. */
export interface ReportedError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export type ToRuntime = RuntimeStart | RuntimeInvoke;

export type FromRuntime =
  | { readonly kind: 'ready' }
  | { readonly kind: 'start-failed'; readonly error: ReportedError }
  | { readonly kind: 'result'; readonly requestId: string; readonly payload: string }
  | { readonly kind: 'error'; readonly requestId: string; readonly error: ReportedError };

/** Largest synchronous request and response: 6 MB as Lambda counts them. */
export const synchronousPayloadLimit = 6_291_556;
/** Largest asynchronous request: 1 MB. */
export const asynchronousPayloadLimit = 1_048_576;
