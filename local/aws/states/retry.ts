import type { Retrier } from './definition-schema';
import { errorMatches, type StateError } from './state-error';

/** What a retrier decides about a failed attempt. `retries` counts the retries used so far, one entry a retrier. */
export type RetryDecision =
  | { readonly kind: 'retry'; readonly delaySeconds: number; readonly retries: readonly number[] }
  | { readonly kind: 'give-up' };

/**
 * Decides whether a state tries again (Amazon States Language, "Retrying after error"). The first retrier that names
 * the error decides alone; its delay is `IntervalSeconds * BackoffRate^n`, at most `MaxDelaySeconds`, and with
 * `JitterStrategy: FULL` a random part of that.
 * @param random yields numbers in [0, 1)
 */
export function decideRetry(
  retriers: readonly Retrier[],
  retries: readonly number[],
  error: StateError,
  random: () => number,
): RetryDecision {
  const position = retriers.findIndex((retrier) => errorMatches(retrier.ErrorEquals, error.error));
  const retrier = retriers[position];
  if (!retrier) return { kind: 'give-up' };
  const used = retries[position] ?? 0;
  if (used >= retrier.MaxAttempts) return { kind: 'give-up' };
  const growing = retrier.IntervalSeconds * retrier.BackoffRate ** used;
  const bounded = Math.min(growing, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  const delaySeconds = retrier.JitterStrategy === 'FULL' ? bounded * random() : bounded;
  return {
    kind: 'retry',
    delaySeconds,
    retries: retriers.map((_, index) => (retries[index] ?? 0) + (index === position ? 1 : 0)),
  };
}
