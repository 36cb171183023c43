import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { Sha256 } from '@aws-crypto/sha256-js';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import type { SessionCredentials } from '../../../../local/aws/iam/session';
import { allow, policy, REGION, TestPlatform } from '../test-platform';

let platform: TestPlatform;
let credentials: SessionCredentials;

beforeAll(async () => {
  platform = await TestPlatform.start();
  platform.s3.createBucket({ name: 'bucket' });
  credentials = platform.as('storage', policy(allow('s3:*')));
});
afterAll(() => platform.stop());
beforeEach(() => {
  platform.ahead = 0;
});

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly code?: string;
}

function send(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: Buffer | string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(platform.endpoint + path, { method, headers, agent: false }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (piece: string) => {
        text += piece;
      });
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          body: text,
          code: /<Code>(.*?)<\/Code>|"__type":"(.*?)"/.exec(text)?.slice(1).find(Boolean),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

interface Signing {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly service?: string;
  readonly region?: string;
  readonly date?: Date;
  readonly secretAccessKey?: string;
}

/** Headers as the SDK's own signer makes them. */
async function sign(options: Signing): Promise<Record<string, string>> {
  const { host } = new URL(platform.endpoint);
  const service = options.service ?? 's3';
  const signer = new SignatureV4({
    credentials: { ...credentials, secretAccessKey: options.secretAccessKey ?? credentials.secretAccessKey },
    region: options.region ?? REGION,
    service,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
    applyChecksum: service === 's3',
  });
  const signed = await signer.sign(
    {
      method: options.method ?? 'GET',
      protocol: 'http:',
      hostname: host,
      path: options.path ?? '/bucket',
      query: options.query ?? {},
      headers: { host, ...options.headers },
      body: options.body,
    },
    { signingDate: options.date ?? new Date() },
  );
  return signed.headers;
}

const list = { path: '/bucket', query: { 'list-type': '2' } };
const listPath = '/bucket?list-type=2';

it('accepts what the SDK signs', async () => {
  expect(await send('GET', listPath, await sign(list))).toMatchObject({ status: 200 });
});

it.each<[string, Signing, (headers: Record<string, string>) => Record<string, string>, number, string]>([
  [
    'another secret key',
    { secretAccessKey: 'x'.repeat(40) },
    (headers) => headers,
    403,
    'SignatureDoesNotMatch',
  ],
  ['another region', { region: 'us-east-1' }, (headers) => headers, 400, 'AuthorizationHeaderMalformed'],
  [
    'a header changed after signing',
    { headers: { 'x-amz-meta-a': '1' } },
    (headers) => ({ ...headers, 'x-amz-meta-a': '2' }),
    403,
    'SignatureDoesNotMatch',
  ],
  [
    'an x-amz header that is not signed',
    {},
    (headers) => ({ ...headers, 'x-amz-meta-a': '1' }),
    403,
    'AccessDenied',
  ],
  ['no token', {}, ({ 'x-amz-security-token': _, ...headers }) => headers, 403, 'InvalidAccessKeyId'],
  [
    'an access key id that is not there',
    {},
    (headers) => ({
      ...headers,
      authorization: headers.authorization?.replace(/ASIA\w{16}/, 'ASIAAAAAAAAAAAAAAAAA') ?? '',
    }),
    403,
    'InvalidAccessKeyId',
  ],
  ['no signature at all', {}, () => ({}), 403, 'AccessDenied'],
  ['a bearer token for S3', {}, () => ({ authorization: 'Bearer abc' }), 403, 'AccessDenied'],
  [
    'half an Authorization header',
    {},
    (headers) => ({ ...headers, authorization: headers.authorization?.replace(/, Signature.*/, '') ?? '' }),
    400,
    'AuthorizationHeaderMalformed',
  ],
])('refuses %s', async (_what, signing, change, status, code) => {
  const headers = change(await sign({ ...list, ...signing }));
  expect(await send('GET', listPath, headers)).toMatchObject({ status, code });
});

it.each([
  [6 * 60_000, 403],
  [4 * 60_000, 200],
  [-4 * 60_000, 200],
  [-6 * 60_000, 403],
])('a clock that is %d ms off answers %d', async (off, status) => {
  const headers = await sign({ ...list, date: new Date(Date.now() + off) });
  const answer = await send('GET', listPath, headers);
  expect(answer.status).toBe(status);
  if (status !== 200) expect(answer.code).toBe('RequestTimeTooSkewed');
});

it('another query than was signed is refused', async () => {
  expect(await send('GET', `${listPath}&prefix=a`, await sign(list))).toMatchObject({
    status: 403,
    code: 'SignatureDoesNotMatch',
  });
});

it('a body that is not the one that was hashed leaves no object', async () => {
  const path = '/bucket/mismatch';
  const headers = await sign({
    method: 'PUT',
    path,
    body: 'what was signed',
    headers: { 'content-length': '15' },
  });
  expect(await send('PUT', path, headers, 'what is sent!!!')).toMatchObject({
    status: 400,
    code: 'XAmzContentSHA256Mismatch',
  });
  const get = await sign({ path });
  expect(await send('GET', path, get)).toMatchObject({ status: 404, code: 'NoSuchKey' });
  expect(platform.faults).toEqual([]);
});

it('S3 demands x-amz-content-sha256', async () => {
  const { 'x-amz-content-sha256': _, ...headers } = await sign(list);
  expect(await send('GET', listPath, headers)).toMatchObject({ status: 400, code: 'InvalidRequest' });
});

it('a JSON service without x-amz-content-sha256 has its body hashed and verified', async () => {
  const body = JSON.stringify({ KeyId: 'alias/none' });
  const headers = {
    'x-amz-target': 'TrentService.DescribeKey',
    'content-type': 'application/x-amz-json-1.1',
  };
  const signed = await sign({ method: 'POST', path: '/', service: 'kms', headers, body });
  expect(signed['x-amz-content-sha256']).toBeUndefined();
  expect(await send('POST', '/', signed, body)).toMatchObject({ status: 400, code: 'NotFoundException' });
  expect(await send('POST', '/', signed, body.replace('none', 'more'))).toMatchObject({
    status: 400,
    code: 'InvalidSignatureException',
  });
});

it('a service that is not there is named', async () => {
  const answer = await send('GET', '/', await sign({ path: '/', service: 'glacier' }));
  expect(answer).toMatchObject({ status: 404, body: expect.stringContaining('glacier') });
});

it('credentials are refused from their end on', async () => {
  const short = platform.registry.createRoleSession(
    platform.role('storage', policy(allow('s3:*'))),
    's',
    900,
  );
  const client = platform.s3Client(short);
  const listing = new ListObjectsV2Command({ Bucket: 'bucket' });
  await expect(client.send(listing)).resolves.toBeDefined();
  platform.ahead = 900_000;
  client.config.systemClockOffset = 900_000;
  await expect(client.send(listing)).rejects.toMatchObject({ name: 'ExpiredToken' });
});

describe('STREAMING-UNSIGNED-PAYLOAD-TRAILER', () => {
  const content = 'streamed content';
  const sha256 = createHash('sha256').update(content).digest('base64');

  async function put(key: string, trailer: string, announced = String(content.length)) {
    const path = `/bucket/${key}`;
    const body = `${content.length.toString(16)}\r\n${content}\r\n0\r\n${trailer}\r\n`;
    const headers = await sign({
      method: 'PUT',
      path,
      headers: {
        'content-encoding': 'aws-chunked',
        'content-length': String(Buffer.byteLength(body)),
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length': announced,
        'x-amz-trailer': 'x-amz-checksum-sha256',
      },
    });
    return send('PUT', path, headers, body);
  }

  it('stores the content without its framing', async () => {
    expect(await put('streamed', `x-amz-checksum-sha256:${sha256}\r\n`)).toMatchObject({ status: 200 });
    expect(await send('GET', '/bucket/streamed', await sign({ path: '/bucket/streamed' }))).toMatchObject({
      status: 200,
      body: content,
    });
  });

  it.each([
    [
      'another checksum',
      `x-amz-checksum-sha256:${createHash('sha256').update('x').digest('base64')}\r\n`,
      undefined,
      'BadDigest',
    ],
    ['no checksum', '', undefined, 'MalformedTrailerError'],
    ['another trailer', `x-amz-checksum-sha1:abc\r\n`, undefined, 'MalformedTrailerError'],
    ['another length', `x-amz-checksum-sha256:${sha256}\r\n`, '15', 'IncompleteBody'],
  ])('with %s nothing is stored', async (_what, trailer, announced, code) => {
    expect(await put('refused', trailer, announced)).toMatchObject({ status: 400, code });
    expect((await send('GET', '/bucket/refused', await sign({ path: '/bucket/refused' }))).status).toBe(404);
  });
});
