import { setTimeout as pause } from 'node:timers/promises';

/** A request is tried for so long; a restart of the platform takes seconds. */
const patienceMilliseconds = 120_000;
const firstPauseMilliseconds = 100;
const longestPauseMilliseconds = 2_000;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface SteadyRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** One attempt. @throws what `fetch` throws */
export async function once(url: string, { method, headers, body }: SteadyRequest): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  });
  return { status: response.status, text: await response.text() };
}

/**
 * Tries until there is an answer that is none of a passing fault (429, 5xx, no connection), as clients have to.
 * @throws Error where none came in time
 */
export async function steadily(url: string, request: SteadyRequest): Promise<Answer> {
  const until = Date.now() + patienceMilliseconds;
  for (let wait = firstPauseMilliseconds; ; wait = Math.min(2 * wait, longestPauseMilliseconds)) {
    let problem: string;
    try {
      const answer = await once(url, request);
      if (answer.status !== 429 && answer.status < 500) return answer;
      problem = `status ${answer.status}`;
    } catch (error) {
      problem = String((error as Error).cause ?? error);
    }
    if (Date.now() > until)
      throw new Error(`${request.method} ${new URL(url).pathname} got no answer: ${problem}`);
    await pause(wait);
  }
}
