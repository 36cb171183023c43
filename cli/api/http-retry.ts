import { setTimeout as wait } from 'node:timers/promises';

/** Ten attempts under full jitter, capped at 20 s, bridge an outage of about a minute. */
const attempts = 10;
const firstDelayMs = 250;
const longestDelayMs = 20_000;

/** Wait before the attempt after the given one (from 1), full jitter: 0 to the cap that doubles each time. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1));
}

/** Answers worth another attempt; other 4xx say the same the next time. */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Error names of connections that failed before an answer came. */
const connectionErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'TimeoutError') return true;
  if ('code' in error && typeof error.code === 'string' && connectionErrors.has(error.code)) return true;
  return error.cause !== undefined && isConnectionError(error.cause);
}

export type Attempt<T> =
  | { readonly done: T }
  | { readonly retry: unknown; readonly afterMs?: number | undefined };

/** From this attempt on, two to four seconds in, the person should know what is being waited for. */
const toldFrom = 4;
const toldEveryMs = 10_000;

let tellPerson: (text: string) => void = () => undefined;
let lastToldAt = Number.NEGATIVE_INFINITY;

/** Takes what is said to the person while answers fail to come; at most a line every ten seconds. */
export function tellOfRetries(tell: (text: string) => void): void {
  tellPerson = tell;
}

function tellOfRetry(number: number): void {
  const now = performance.now();
  if (number < toldFrom || now - lastToldAt < toldEveryMs) return;
  lastToldAt = now;
  tellPerson(`No good answer so far (attempt ${number} of ${attempts}); trying again …`);
}

/**
 * Tries until an attempt is done. When all are used up, throws what the last one wanted retried.
 * @param attempt returns `{done}`, or `{retry: why}`; what it throws is not retried
 */
export async function retrying<T>(
  attempt: (number: number) => Promise<Attempt<T>>,
  signal?: AbortSignal,
): Promise<T> {
  for (let number = 1; ; number++) {
    const outcome = await attempt(number);
    if ('done' in outcome) return outcome.done;
    if (number >= attempts) throw outcome.retry;
    tellOfRetry(number);
    await wait(outcome.afterMs ?? backoffMs(number), undefined, signal ? { signal } : {});
  }
}

/** `Retry-After` in milliseconds, at most a minute; undefined where absent or a date. */
export function retryAfterMs(header: string | null | undefined): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(60, seconds) * 1000 : undefined;
}
