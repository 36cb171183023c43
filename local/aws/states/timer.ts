import { setMaxListeners } from 'node:events';

/** Waiting, injectable so that Wait, Retry and time limits can be tested without time. */
export interface Timer {
  /** Resolves after a while; rejects with the signal's reason when that aborts first. */
  sleep(milliseconds: number, signal: AbortSignal, purpose?: TimerPurpose): Promise<void>;
}

/** A wait that the definition asks for (Wait, Retry), or the limit of what runs, or of the wait for a token's answer. */
export type TimerPurpose = 'wait' | 'limit' | 'answer';

/** Longest delay that `setTimeout` keeps. */
const longestTimeout = 2 ** 31 - 1;

export const systemTimer: Timer = {
  async sleep(milliseconds, signal) {
    for (let left = Math.max(0, milliseconds); ; left -= longestTimeout) {
      await interruptible(signal, (resolve) => {
        const timeout = setTimeout(resolve, Math.min(left, longestTimeout));
        return () => clearTimeout(timeout);
      });
      if (left <= longestTimeout) return;
    }
  },
};

/**
 * A promise that an abort signal can end.
 * @param start begins the wait and returns what cleans it up
 */
export function interruptible<Value>(
  signal: AbortSignal,
  start: (resolve: (value: Value) => void, reject: (reason: unknown) => void) => () => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const settled = () => signal.removeEventListener('abort', abort);
    const cleanUp = start(
      (value) => {
        settled();
        resolve(value);
      },
      (reason) => {
        settled();
        reject(reason);
      },
    );
    function abort() {
      cleanUp();
      reject(signal.reason);
    }
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** Waits for a promise unless the signal aborts first; the promise's own end is then ignored. */
export function unlessInterrupted<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  return interruptible(signal, (resolve, reject) => {
    promise.then(resolve, reject);
    return () => undefined;
  });
}

/** A controller that aborts with its parent; `release` unties it. */
export function childController(parent: AbortSignal): { controller: AbortController; release: () => void } {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const abort = () => controller.abort(parent.reason);
  if (parent.aborted) abort();
  else parent.addEventListener('abort', abort, { once: true });
  return { controller, release: () => parent.removeEventListener('abort', abort) };
}

/**
 * Runs something under a time limit.
 * @param milliseconds undefined: no limit
 * @param overdue makes the error that ends it
 */
export async function withTimeLimit<Value>(
  timer: Timer,
  parent: AbortSignal,
  milliseconds: number | undefined,
  overdue: () => Error,
  run: (signal: AbortSignal) => Promise<Value>,
  purpose: TimerPurpose = 'limit',
): Promise<Value> {
  if (milliseconds === undefined) return unlessInterrupted(parent, run(parent));
  const { controller, release } = childController(parent);
  const done = new AbortController();
  timer.sleep(milliseconds, done.signal, purpose).then(
    () => controller.abort(overdue()),
    () => undefined,
  );
  try {
    return await unlessInterrupted(controller.signal, run(controller.signal));
  } finally {
    done.abort();
    release();
  }
}
