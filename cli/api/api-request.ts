import type * as z from 'zod';
import { CommandError, exitCode } from '../terminal/exit-code';
import { type HttpAnswer, httpText, isSuccess } from './http-request';
import { isConnectionError, isRetryableStatus, retryAfterMs, retrying } from './http-retry';
import { problemError } from './problem';

const requestTimeoutMs = 60_000;

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below the API's base address, e.g. `/v1/me`. */
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  /** Sent as Idempotency-Key: the same again is not done twice. */
  readonly key?: string | undefined;
  /** Version that is changed, sent as If-Match; of what is not there yet, 0. */
  readonly version?: number | undefined;
}

function address(api: string, { path, query }: Call): string {
  const url = new URL(`${api}${path}`);
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return url.toString();
}

/** Sends one request until it is answered for good; 401 asks for a new access token once. */
export async function send(
  api: string,
  call: Call,
  token: ((fresh: boolean) => Promise<string>) | null,
  onAnswer: (answer: HttpAnswer) => void = () => undefined,
): Promise<string> {
  let renewed = false;
  const url = address(api, call);
  try {
    return await retrying<string>(async () => {
      const headers: Record<string, string> = { accept: 'application/json' };
      if (token) headers.authorization = `Bearer ${await token(renewed)}`;
      if (call.body !== undefined) headers['content-type'] = 'application/json';
      if (call.key !== undefined) headers['idempotency-key'] = call.key;
      if (call.version !== undefined) headers['if-match'] = `"${call.version}"`;
      let answer: HttpAnswer;
      try {
        answer = await httpText(url, {
          method: call.method,
          headers,
          timeoutMs: requestTimeoutMs,
          ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        });
      } catch (error) {
        if (isConnectionError(error)) return { retry: error };
        throw error;
      }
      const { status, text } = answer;
      onAnswer(answer);
      if (isSuccess(answer)) return { done: text };
      if (isRetryableStatus(status))
        return {
          retry: problemError(status, text),
          afterMs: retryAfterMs(answer.headers['retry-after']),
        };
      if (status === 401 && token && !renewed) {
        renewed = true;
        return { retry: problemError(401, text), afterMs: 0 };
      }
      throw problemError(status, text);
    });
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`Cannot reach ${new URL(api).origin}.`, exitCode.network, {
      code: 'NETWORK',
      fix: 'Check the network and the address, then run the same command again.',
    });
  }
}

/** The answer to a call, checked. */
export function parse<T>(schema: z.ZodType<T>, text: string, call: Call): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CommandError(
    `The service answered ${call.method} ${call.path} in an unknown form.`,
    exitCode.network,
    {
      code: 'UNKNOWN_ANSWER',
      detail: issue ? `${issue.path.join('.') || 'answer'}: ${issue.message}` : undefined,
      fix: 'Install the version of nmip that belongs to this platform.',
    },
  );
}

/** A GET that needs no sign-in. */
export async function getPublic<T>(api: string, path: string, schema: z.ZodType<T>): Promise<T> {
  const call: Call = { method: 'GET', path };
  return parse(schema, await send(api, call, null), call);
}
