import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { isConnectionError, isRetryableStatus, retryAfterMs, retrying } from '../api/http-retry';
import type { ProjectCredentials } from '../credentials/credential-cache';
import { CommandError, exitCode } from '../terminal/exit-code';

/** SHA-256, plain or keyed, in the shape that the signer asks for. */
class NodeSha256 {
  private readonly hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}

/** No answer within this time: the request is sent again. Bodies may take longer. */
const answerTimeoutMs = 60_000;

/** A refusal of the image store. */
export class DicomwebRefusal extends Error {
  override readonly name = 'DicomwebRefusal';

  constructor(
    readonly status: number,
    /** E.g. `AccessDeniedException`; null where the answer names none. */
    readonly code: string | null,
  ) {
    super(`The image store answered ${status}${code ? ` ${code}` : ''}.`);
  }
}

/** A DICOMweb data store of AWS HealthImaging, asked with requests signed by SigV4 (service `medical-imaging`). */
export class DicomwebClient {
  /**
   * @param credentials asked before each request: answers from a cache, and with new ones when they expire
   * @param endpoint in place of the one that the credentials name, e.g. a VPC endpoint
   */
  constructor(
    private readonly credentials: () => Promise<ProjectCredentials>,
    private readonly endpoint: string | undefined,
  ) {}

  /**
   * GET below the data store.
   * @param path e.g. `/studies/1.2.3/series/1.2.3.4/metadata`
   * @returns the answer, its body not yet read
   * @throws DicomwebRefusal for 4xx; CommandError (exit 4) where the network gives up
   */
  async get(path: string, accept: string): Promise<Response> {
    try {
      return await retrying<Response>(async () => {
        let response: Response;
        try {
          response = await this.sendOnce(path, accept);
        } catch (error) {
          if (isConnectionError(error)) return { retry: error };
          throw error;
        }
        if (response.ok) return { done: response };
        const refusal = new DicomwebRefusal(response.status, await errorCode(response));
        if (isRetryableStatus(response.status))
          return { retry: refusal, afterMs: retryAfterMs(response.headers.get('retry-after')) };
        throw refusal;
      });
    } catch (error) {
      if (error instanceof CommandError) throw error;
      if (error instanceof DicomwebRefusal && !isRetryableStatus(error.status)) throw error;
      throw new CommandError('The image store cannot be reached.', exitCode.network, {
        code: 'NETWORK',
        detail: error instanceof Error ? error.message : undefined,
        fix: 'Check the network, then run the same command again: it goes on where it stopped.',
      });
    }
  }

  private async sendOnce(path: string, accept: string): Promise<Response> {
    const credentials = await this.credentials();
    const url = new URL(
      `${this.endpoint ?? credentials.dicomwebEndpoint}/datastore/${credentials.datastoreId}${path}`,
    );
    const signer = new SignatureV4({
      service: 'medical-imaging',
      region: credentials.region,
      credentials: {
        accessKeyId: credentials.accessKeyId,
        secretAccessKey: credentials.secretAccessKey,
        sessionToken: credentials.sessionToken,
      },
      sha256: NodeSha256,
    });
    const signed = await signer.sign({
      method: 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port ? { port: Number(url.port) } : {}),
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host, accept },
    });
    const { host: _host, ...headers } = signed.headers;
    const timeout = new AbortController();
    const timer = setTimeout(
      () => timeout.abort(Object.assign(new Error('no answer'), { name: 'TimeoutError' })),
      answerTimeoutMs,
    );
    try {
      return await fetch(url, { headers, signal: timeout.signal, redirect: 'error' });
    } finally {
      clearTimeout(timer);
    }
  }
}

async function errorCode(response: Response): Promise<string | null> {
  const header = response.headers.get('x-amzn-errortype');
  const text = await response.text().catch(() => '');
  if (header) return header.split(':')[0] ?? null;
  return /"(?:__type|code|Code)"\s*:\s*"(?:[^"#]*#)?([A-Za-z]+)/.exec(text)?.[1] ?? null;
}
