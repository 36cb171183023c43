import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The answer has to be there in full within this time. */
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Redirections (RFC 9110 §15.4): nobody but the address that was asked may answer. */
const redirections = new Set([301, 302, 303, 307, 308]);

export function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

/**
 * One request and its answer as text. By `node:http`, since the global `fetch` takes longer to load than most commands
 * run.
 * @throws the connection's error; `TimeoutError` where the time was up; an error where the answer is a redirection
 */
export async function httpText(
  url: string,
  { method, headers, body, timeoutMs }: HttpRequest,
): Promise<HttpAnswer> {
  const target = new URL(url);
  const sender = target.protocol === 'https:' ? httpsRequest : httpRequest;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await new Promise<HttpAnswer>((resolve, reject) => {
      const outgoing = sender(target, {
        method,
        signal,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
        },
      });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          if (redirections.has(status)) reject(new Error(`answered by a redirection (${status})`));
          else resolve({ status, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') });
        });
      });
      outgoing.end(body);
    });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}
