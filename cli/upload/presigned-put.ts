import { createReadStream } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** No byte for this long: the connection counts as lost. */
const idleTimeoutMs = 60_000;

/** Bytes read at once: what a file on its way takes of memory. */
const readBytes = 256 * 1024;

/** Bodies above this are sent only after the store has asked for them: a refusal then costs no transfer. */
const askFirstBytes = 1_000_000;

/** Proxies may keep the store's word to themselves: after this long the body goes out all the same (RFC 9110 §10.1.1). */
const longestAskMs = 1_000;

/** A file of the given length, or of a longer one the part that begins at `start`. */
export interface FileBody {
  readonly location: Buffer;
  readonly bytes: number;
  readonly start?: number;
}

/** A presigned PUT: the headers are part of the signature and go out as they are. */
export interface PresignedPut {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface PutAnswer {
  readonly status: number;
  /** `Code` of S3's error answer, null where there is none. */
  readonly code: string | null;
}

/** Connections kept open between the files of an upload. */
export class PutConnections {
  private readonly http: HttpAgent;
  private readonly https: HttpsAgent;

  constructor(connections: number) {
    const options = { keepAlive: true, maxSockets: connections };
    this.http = new HttpAgent(options);
    this.https = new HttpsAgent(options);
  }

  /**
   * Sends a file, a part of one, or bytes.
   * @param onSent called for every piece that goes out
   * @throws FileLengthError where the file has another length by now
   * @throws the connection's error
   */
  async put(
    target: PresignedPut,
    body: FileBody | Buffer,
    signal: AbortSignal,
    onSent: (bytes: number) => void = () => {},
  ): Promise<PutAnswer> {
    const url = new URL(target.url);
    const secure = url.protocol === 'https:';
    const length = Buffer.isBuffer(body) ? body.length : body.bytes;
    const sender = secure ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const asksFirst = length > askFirstBytes;
      const outgoing = sender(url, {
        method: 'PUT',
        agent: secure ? this.https : this.http,
        headers: {
          ...target.headers,
          'content-length': length,
          ...(asksFirst ? { expect: '100-continue' } : {}),
        },
        timeout: idleTimeoutMs,
        signal,
      });
      outgoing.on('timeout', () =>
        outgoing.destroy(Object.assign(new Error('the connection stands still'), { code: 'ETIMEDOUT' })),
      );
      outgoing.on('error', reject);
      let begun = false;
      const begin = () => {
        clearTimeout(patience);
        if (begun || outgoing.destroyed) return;
        begun = true;
        if (Buffer.isBuffer(body)) outgoing.end(body);
        else
          sendFile(body, outgoing, onSent).catch((error: Error) => {
            outgoing.destroy(error);
            reject(error);
          });
      };
      const patience = asksFirst ? setTimeout(begin, longestAskMs) : undefined;
      outgoing.on('continue', begin);
      outgoing.on('close', () => clearTimeout(patience));
      outgoing.on('response', (response) => {
        clearTimeout(patience);
        // An answer before the end of the body is a refusal: the rest need not go out.
        const early = !outgoing.writableEnded;
        begun = true;
        readAnswer(response).then((answer) => {
          if (early) outgoing.destroy();
          resolve(answer);
        }, reject);
      });
      if (!asksFirst) begin();
    });
  }

  close(): void {
    this.http.destroy();
    this.https.destroy();
  }
}

/** A file is shorter or longer than when its digest was taken. */
export class FileLengthError extends Error {
  override readonly name = 'FileLengthError';
}

async function sendFile(
  { location, start, bytes }: FileBody,
  outgoing: NodeJS.WritableStream & { readonly destroyed?: boolean },
  onSent: (bytes: number) => void,
): Promise<void> {
  let sent = 0;
  const range = start === undefined ? {} : { start, end: start + bytes - 1 };
  for await (const chunk of createReadStream(location, { ...range, highWaterMark: readBytes })) {
    sent += chunk.length;
    if (sent > bytes) throw new FileLengthError();
    // An answer before the end of the body (a refusal) destroys the request.
    if (outgoing.destroyed) return;
    onSent(chunk.length);
    if (!outgoing.write(chunk)) await drained(outgoing);
  }
  if (sent < bytes) throw new FileLengthError();
  outgoing.end();
}

function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.removeListener('drain', done);
      stream.removeListener('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}

/** S3's error answers are short; more is not read. */
const mostAnswerBytes = 16_384;

async function readAnswer(response: IncomingMessage): Promise<PutAnswer> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) if (text.length < mostAnswerBytes) text += chunk;
  const code = /<Code>([A-Za-z0-9]+)<\/Code>/.exec(text)?.[1] ?? null;
  return { status: response.statusCode ?? 0, code };
}
