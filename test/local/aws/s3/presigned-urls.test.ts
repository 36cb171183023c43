import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { allow, policy, TestPlatform } from '../test-platform';

let platform: TestPlatform;
let signer: S3Client;
const Bucket = 'landing';
const body = Buffer.from('the bytes of one DICOM file');
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('base64');

beforeAll(async () => {
  platform = await TestPlatform.start();
  platform.s3.createBucket({
    name: Bucket,
    cors: [
      {
        allowedOrigins: ['http://127.0.0.1:8080'],
        allowedMethods: ['PUT'],
        allowedHeaders: ['*'],
        exposeHeaders: ['ETag'],
        maxAgeSeconds: 600,
      },
    ],
  });
  signer = platform.s3Client(platform.as('submissions', policy(allow('s3:*'))), {
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
});
afterAll(() => platform.stop());
beforeEach(() => {
  platform.ahead = 0;
});

interface Upload {
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** A URL bound to key, length, SHA-256, type and to there being no such object. */
async function presign(key: string, bytes = body, client = signer, expiresIn = 900): Promise<Upload> {
  const command = new PutObjectCommand({
    Bucket,
    Key: key,
    ContentType: 'application/dicom',
    ContentLength: bytes.length,
    ChecksumSHA256: sha256(bytes),
    IfNoneMatch: '*',
  });
  const url = await getSignedUrl(client, command, {
    expiresIn,
    unhoistableHeaders: new Set(['x-amz-checksum-sha256', 'if-none-match']),
    signableHeaders: new Set(['host', 'content-type', 'content-length', 'if-none-match']),
  });
  return {
    url,
    headers: {
      'content-type': 'application/dicom',
      'content-length': String(bytes.length),
      'x-amz-checksum-sha256': sha256(bytes),
      'if-none-match': '*',
    },
  };
}

function send(
  method: string,
  url: string,
  headers: Record<string, string>,
  bytes?: Buffer,
): Promise<{ status: number; code?: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method, headers, agent: false }, (incoming) => {
      let text = '';
      incoming.on('data', (piece) => {
        text += String(piece);
      });
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          code: /<Code>(.*?)<\/Code>/.exec(text)?.[1],
          headers: incoming.headers,
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}

const put = ({ url, headers }: Upload, bytes = body) => send('PUT', url, headers, bytes);
const isThere = (Key: string) =>
  signer.send(new HeadObjectCommand({ Bucket, Key })).then(
    () => true,
    () => false,
  );

it('signs exactly the headers that the sender sends', async () => {
  const { url } = await presign('s-1/000001');
  expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toBe(
    'content-length;content-type;host;if-none-match;x-amz-checksum-sha256',
  );
});

it('takes the bytes that it was made for, once', async () => {
  const upload = await presign('once');
  expect(await put(upload)).toMatchObject({ status: 200 });
  expect(await put(upload)).toMatchObject({ status: 412, code: 'PreconditionFailed' });
  const answer = await signer.send(new GetObjectCommand({ Bucket, Key: 'once' }));
  expect(await answer.Body?.transformToString()).toBe(body.toString());
});

it('refuses another key', async () => {
  const { url, headers } = await presign('this');
  expect(await put({ url: url.replace('/this?', '/that?'), headers })).toMatchObject({
    status: 403,
    code: 'SignatureDoesNotMatch',
  });
  expect(await isThere('that')).toBe(false);
});

it('refuses other bytes of the same length, and keeps nothing of them', async () => {
  const upload = await presign('bytes');
  const other = Buffer.from(body);
  other[0] = 0;
  expect(await put(upload, other)).toMatchObject({ status: 400, code: 'BadDigest' });
  expect(await isThere('bytes')).toBe(false);
  expect(await put(upload)).toMatchObject({ status: 200 });
});

it('refuses other bytes under their own checksum', async () => {
  const { url, headers } = await presign('checksum');
  const other = Buffer.from(body);
  other[0] = 0;
  const changed = { ...headers, 'x-amz-checksum-sha256': sha256(other) };
  expect(await put({ url, headers: changed }, other)).toMatchObject({
    status: 403,
    code: 'SignatureDoesNotMatch',
  });
  const { 'x-amz-checksum-sha256': _, ...without } = headers;
  expect(await put({ url, headers: without }, other)).toMatchObject({
    status: 403,
    code: 'SignatureDoesNotMatch',
  });
});

it('refuses another length', async () => {
  const { url, headers } = await presign('length');
  const longer = Buffer.concat([body, body]);
  const changed = { ...headers, 'content-length': String(longer.length) };
  expect(await put({ url, headers: changed }, longer)).toMatchObject({
    status: 403,
    code: 'SignatureDoesNotMatch',
  });
  expect(await isThere('length')).toBe(false);
});

it('refuses to be sent without If-None-Match, or with another type', async () => {
  const { url, headers } = await presign('headers');
  const { 'if-none-match': _, ...without } = headers;
  expect(await put({ url, headers: without })).toMatchObject({ status: 403 });
  expect(await put({ url, headers: { ...headers, 'content-type': 'text/plain' } })).toMatchObject({
    status: 403,
  });
});

it('refuses an x-amz header that was not signed', async () => {
  const { url, headers } = await presign('extra');
  expect(await put({ url, headers: { ...headers, 'x-amz-tagging': 'a=b' } })).toMatchObject({
    status: 403,
    code: 'AccessDenied',
  });
});

it('refuses another method', async () => {
  const { url, headers } = await presign('method');
  expect(await send('GET', url, { ...headers, 'content-length': '0' })).toMatchObject({ status: 403 });
});

it('refuses use after its expiry', async () => {
  const upload = await presign('expiry');
  platform.ahead = 901_000;
  expect(await put(upload)).toMatchObject({ status: 403, code: 'AccessDenied' });
  platform.ahead = 899_000;
  expect(await put(upload)).toMatchObject({ status: 200 });
});

it('ends with the credentials that made it, however long it was meant to hold', async () => {
  const short = platform.registry.createRoleSession(platform.role('short', policy(allow('s3:*'))), 's', 900);
  const client = platform.s3Client(short, { requestChecksumCalculation: 'WHEN_REQUIRED' });
  const upload = await presign('credentials', body, client, 3600);
  platform.ahead = 901_000;
  expect(await put(upload)).toMatchObject({ status: 400, code: 'ExpiredToken' });
  platform.ahead = 890_000;
  expect(await put(upload)).toMatchObject({ status: 200 });
});

it('is refused when an expiry over seven days is asked for', async () => {
  const { url, headers } = await presign('week');
  const changed = url.replace('X-Amz-Expires=900', 'X-Amz-Expires=604801');
  expect(await put({ url: changed, headers })).toMatchObject({
    status: 400,
    code: 'AuthorizationHeaderMalformed',
  });
});

it('a bucket policy can deny signatures by their age', async () => {
  platform.s3.createBucket({ name: 'aged' });
  platform.s3.putBucketPolicy(
    'aged',
    policy({
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:PutObject',
      Resource: 'arn:aws:s3:::aged/*',
      Condition: { NumericGreaterThan: { 's3:signatureAge': '600000' } },
    }),
  );
  const url = await getSignedUrl(signer, new PutObjectCommand({ Bucket: 'aged', Key: 'k' }), {
    expiresIn: 3600,
  });
  platform.ahead = 601_000;
  expect(await send('PUT', url, { 'content-length': '1' }, Buffer.from('x'))).toMatchObject({
    status: 403,
    code: 'AccessDenied',
  });
  platform.ahead = 590_000;
  expect(await send('PUT', url, { 'content-length': '1' }, Buffer.from('x'))).toMatchObject({ status: 200 });
});

describe('a write that comes in between', () => {
  const bucket = 'raced';
  const other = () => platform.s3Client(platform.as('other', policy(allow('s3:*'))));

  beforeAll(() => {
    platform.s3.createBucket({ name: bucket, versioned: true });
  });

  /** Sends half of a conditional upload, does something else, and sends the rest. */
  async function race(Key: string, meanwhile: () => Promise<unknown>): Promise<number> {
    const command = new PutObjectCommand({ Bucket: bucket, Key, IfNoneMatch: '*' });
    const url = await getSignedUrl(signer, command, { unhoistableHeaders: new Set(['if-none-match']) });
    const headers = { 'if-none-match': '*', 'content-length': String(body.length) };
    const incomingFolder = join(platform.dataFolder, 's3', bucket, 'incoming');
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(url, { method: 'PUT', headers, agent: false }, (incoming) => {
        incoming.resume();
        incoming.on('end', () => resolve(incoming.statusCode ?? 0));
      });
      outgoing.on('error', reject);
      outgoing.write(body.subarray(0, 5), async () => {
        while (readdirSync(incomingFolder).length === 0) await setImmediate();
        await meanwhile();
        outgoing.end(body.subarray(5));
      });
    });
  }

  it('makes the conditional write fail with 412', async () => {
    const status = await race('written', () =>
      other().send(new PutObjectCommand({ Bucket: bucket, Key: 'written', Body: 'first' })),
    );
    expect(status).toBe(412);
    const answer = await signer.send(new GetObjectCommand({ Bucket: bucket, Key: 'written' }));
    expect(await answer.Body?.transformToString()).toBe('first');
  });

  it('makes it fail with 409 where the key was deleted meanwhile', async () => {
    const status = await race('deleted', () =>
      other().send(new DeleteObjectCommand({ Bucket: bucket, Key: 'deleted' })),
    );
    expect(status).toBe(409);
  });

  it('does not disturb it where it concerns another key', async () => {
    const status = await race('alone', () =>
      other().send(new PutObjectCommand({ Bucket: bucket, Key: 'neighbour', Body: 'x' })),
    );
    expect(status).toBe(200);
  });
});

describe('CORS', () => {
  const origin = 'http://127.0.0.1:8080';

  it('answers the preflight of a page that the bucket allows', async () => {
    const { url } = await presign('cors');
    const answer = await send('OPTIONS', url, {
      origin,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-type, if-none-match, x-amz-checksum-sha256',
    });
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'PUT',
        'access-control-allow-headers': 'content-type, if-none-match, x-amz-checksum-sha256',
        'access-control-max-age': '600',
      },
    });
  });

  it.each([
    ['another origin', { origin: 'http://elsewhere.example', 'access-control-request-method': 'PUT' }],
    ['another method', { origin, 'access-control-request-method': 'DELETE' }],
  ])('refuses the preflight of %s', async (_what, headers) => {
    const { url } = await presign('cors');
    expect(await send('OPTIONS', url, headers)).toMatchObject({ status: 403, code: 'AccessForbidden' });
  });

  it('marks answers, refusals too, so that the page may read them', async () => {
    const { url, headers } = await presign('cors');
    const allowed = await send('PUT', url, { ...headers, origin }, body);
    expect(allowed).toMatchObject({
      status: 200,
      headers: { 'access-control-allow-origin': origin, 'access-control-expose-headers': 'ETag' },
    });
    const refused = await send('PUT', url, { ...headers, origin }, body);
    expect(refused).toMatchObject({ status: 412, headers: { 'access-control-allow-origin': origin } });
    const elsewhere = await send('PUT', url, { ...headers, origin: 'http://elsewhere.example' }, body);
    expect(elsewhere.headers['access-control-allow-origin']).toBeUndefined();
  });
});
