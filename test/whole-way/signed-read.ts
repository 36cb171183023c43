import { createHash, createHmac } from 'node:crypto';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** The digest that the signer of the AWS clients asks for, on Node's own crypto. */
class Sha256 {
  private readonly digester;

  constructor(secret?: string | Uint8Array) {
    this.digester = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }

  update(data: string | Uint8Array): void {
    this.digester.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.digester.digest();
  }
}

/** Sends a request to the AWS endpoint, signed at `at` by the signer of the AWS clients; returns status, body and error type. */
export async function signedRead(
  credentials: Credentials,
  request: {
    readonly endpoint: string;
    readonly path: string;
    readonly service?: string;
    readonly method?: string;
    readonly at?: Date;
  },
): Promise<{ status: number; text: string; errorType: string | null }> {
  const url = new URL(request.path, request.endpoint);
  const method = request.method ?? 'GET';
  const signer = new SignatureV4({
    credentials,
    region: 'eu-west-2',
    service: request.service ?? 'medical-imaging',
    sha256: Sha256 as never,
  });
  const signed = await signer.sign(
    new HttpRequest({
      method,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host, accept: '*/*' },
    }),
    { signingDate: request.at ?? new Date() },
  );
  const { host: _host, ...headers } = signed.headers;
  const response = await fetch(url, { method, headers });
  return {
    status: response.status,
    text: Buffer.from(await response.arrayBuffer()).toString('latin1'),
    errorType: response.headers.get('x-amzn-errortype'),
  };
}
