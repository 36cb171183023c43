/** An error in the sense of the Amazon States Language: a name that Retry and Catch compare, and a cause for people. */
export class StateError extends Error {
  constructor(
    readonly error: string,
    readonly errorCause: string,
  ) {
    super(`${error}: ${errorCause}`);
    this.name = 'StateError';
  }
}

/** Why an execution stops from outside: nothing in its definition may catch these. */
export type InterruptionReason =
  | { readonly kind: 'stopped'; readonly error?: string; readonly cause?: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'sibling-failed' }
  /** The service goes down; the execution goes on at the next start. */
  | { readonly kind: 'suspended' };

/** Thrown out of every wait of an execution that is interrupted. */
export class Interruption extends Error {
  constructor(readonly reason: InterruptionReason) {
    super(`execution interrupted: ${reason.kind}`);
    this.name = 'Interruption';
  }
}

/** Errors that no wildcard matches (Step Functions developer guide, "Error names"). */
const beyondWildcards = new Set(['States.DataLimitExceeded', 'States.Runtime']);

/**
 * Whether a list of error names in Retry or Catch matches an error. `States.ALL` matches everything but
 * `States.DataLimitExceeded` and `States.Runtime`; `States.TaskFailed` also leaves out `States.Timeout`.
 * `States.Runtime` cannot be handled even by its own name.
 */
export function errorMatches(errorEquals: readonly string[], error: string): boolean {
  if (error === 'States.Runtime') return false;
  return errorEquals.some((name) => {
    if (name === error) return true;
    if (beyondWildcards.has(error)) return false;
    if (name === 'States.ALL') return true;
    return name === 'States.TaskFailed' && error !== 'States.Timeout';
  });
}
