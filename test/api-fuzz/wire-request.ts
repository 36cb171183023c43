import { request } from 'node:http';

/** A request as it goes over the wire: the path is sent as it stands, a header may come several times. */
export interface WireRequest {
  readonly method: string;
  /** With the query. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | undefined;
}

export interface WireAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** Longer than any answer of the platform may take: a hang is a finding. */
const timeoutMs = 40_000;

/** Sends a request to a platform on loopback. */
export function sendOverWire(origin: string, wire: WireRequest): Promise<WireAnswer> {
  const { hostname, port, host } = new URL(origin);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        hostname,
        port,
        method: wire.method,
        path: wire.target,
        headers: [
          ...wire.headers.flat(),
          'host',
          host,
          ...(wire.body === undefined ? [] : ['content-length', String(wire.body.length)]),
        ],
        timeout: timeoutMs,
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? '',
            retryAfter: response.headers['retry-after'],
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer in ${timeoutMs} ms`)));
    outgoing.on('error', reject);
    outgoing.end(wire.body);
  });
}
