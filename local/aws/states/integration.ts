import type { Caller } from '../service';
import type { Json } from './payload-limits';

/** An integration: what a Task state's `Resource` can name. */
export interface Integration {
  /** ARN as it stands in a definition, without `.waitForTaskToken`. */
  readonly resource: string;
  /** As the history shows it, e.g. `lambda` and `invoke`. */
  readonly resourceType: string;
  readonly action: string;
  /** Whether `.waitForTaskToken` can be appended. */
  readonly callback: boolean;
  /** Whether a run is counted as a function call. */
  readonly callsFunction: boolean;
  /**
   * Does the work as the state machine's role. The signal tells that nobody waits any more.
   * @throws StateError with the error name that Step Functions reports
   */
  run(parameters: Json, caller: Caller, signal: AbortSignal): Promise<Json>;
}

export const callbackSuffix = '.waitForTaskToken';

/** Resources that the integrations stand for, with and without `.waitForTaskToken`. */
export function knownResources(integrations: readonly Integration[]): ReadonlySet<string> {
  return new Set(
    integrations.flatMap(({ resource, callback }) =>
      callback ? [resource, `${resource}${callbackSuffix}`] : [resource],
    ),
  );
}
