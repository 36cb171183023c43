import { createReadStream } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** No byte for this long: the connection counts as lost. */
const idleTimeoutMs = 60_000;

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
   * Sends a file of the given length, or bytes.
   * @throws FileLengthError where the file has another length by now
   * @throws the connection's error
   */
  async put(
    target: PresignedPut,
    body: { readonly location: Buffer; readonly bytes: number } | Buffer,
    signal: AbortSignal,
  ): Promise<PutAnswer> {
    const url = new URL(target.url);
    const secure = url.protocol === 'https:';
    const length = Buffer.isBuffer(body) ? body.length : body.bytes;
    const sender = secure ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const outgoing = sender(url, {
        method: 'PUT',
        agent: secure ? this.https : this.http,
        headers: { ...target.headers, 'content-length': length },
        timeout: idleTimeoutMs,
        signal,
      });
      outgoing.on('timeout', () =>
        outgoing.destroy(Object.assign(new Error('the connection stands still'), { code: 'ETIMEDOUT' })),
      );
      outgoing.on('error', reject);
      outgoing.on('response', (response) => readAnswer(response).then(resolve, reject));
      if (Buffer.isBuffer(body)) outgoing.end(body);
      else
        sendFile(body, outgoing).catch((error: Error) => {
          outgoing.destroy(error);
          reject(error);
        });
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
  file: { readonly location: Buffer; readonly bytes: number },
  outgoing: NodeJS.WritableStream & { readonly destroyed?: boolean },
): Promise<void> {
  let sent = 0;
  for await (const chunk of createReadStream(file.location, { highWaterMark: 256 * 1024 })) {
    sent += chunk.length;
    if (sent > file.bytes) throw new FileLengthError();
    // An answer before the end of the body (a refusal) destroys the request.
    if (outgoing.destroyed) return;
    if (!outgoing.write(chunk)) await drained(outgoing);
  }
  if (sent < file.bytes) throw new FileLengthError();
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
