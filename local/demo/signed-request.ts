import { createHash, createHmac } from 'node:crypto';

/** What AWS tools know of a session; as `nmip credentials --format process` prints it. */
export interface SessionCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const hex = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Sends a request signed by Signature Version 4 for HealthImaging, written out here so that the platform is also asked
 * by a signer which is not its own. The path must hold only characters that are not escaped.
 */
export async function signedRequest(
  credentials: SessionCredentials,
  request: {
    readonly method: 'GET' | 'POST';
    readonly endpoint: string;
    readonly path: string;
    readonly region: string;
    readonly accept?: string;
  },
): Promise<Response> {
  const url = new URL(request.path, request.endpoint);
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${time.slice(0, 8)}/${request.region}/medical-imaging/aws4_request`;
  const headers: Record<string, string> = {
    host: url.host,
    'x-amz-content-sha256': hex(''),
    'x-amz-date': time,
    'x-amz-security-token': credentials.SessionToken,
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    request.method,
    url.pathname,
    url.searchParams.toString(),
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    hex(''),
  ].join('\n');
  const key = [time.slice(0, 8), request.region, 'medical-imaging', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${credentials.SecretAccessKey}`,
  );
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, hex(canonical)].join('\n')).toString('hex');
  const { host: _host, ...sent } = headers;
  return fetch(url, {
    method: request.method,
    headers: {
      ...sent,
      accept: request.accept ?? '*/*',
      authorization: `AWS4-HMAC-SHA256 Credential=${credentials.AccessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
    },
  });
}
