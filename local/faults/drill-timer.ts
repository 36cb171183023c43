import { systemTimer, type Timer } from '../aws/states/timer';

/**
 * Divisors of the waits of state machines. A retry's minute is three seconds, so that a drill sees all retries; the
 * quarter of an hour in which the end of an import may be told is half a minute. Limits of what runs stay as they are.
 */
const divisors = { wait: 20, answer: 30, limit: 1 } as const;

/** Waits that do not hold up a drill. */
export const drillTimer: Timer = {
  sleep: (milliseconds, signal, purpose = 'wait') =>
    systemTimer.sleep(milliseconds / divisors[purpose], signal, purpose),
};
