import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { GetObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { DirectS3 } from '../../../lambda/platform/direct-s3';
import { S3ObjectStore } from '../../../lambda/platform/object-store';

interface SentRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | Readable;
}

interface Answer {
  readonly statusCode: number;
  readonly body?: string;
}

/** A client whose requests are kept and answered here, and not sent. */
function recordingClient(answer: (request: SentRequest) => Answer, settings: S3ClientConfig = {}) {
  const sent: SentRequest[] = [];
  const handle = async (request: SentRequest) => {
    sent.push(request);
    const { statusCode, body = '' } = answer(request);
    return { response: { statusCode, headers: {}, body: Readable.from([Buffer.from(body)]) } };
  };
  const s3 = new S3Client({
    region: 'eu-west-2',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' },
    requestHandler: { handle } as never,
    maxAttempts: 1,
    ...settings,
  });
  return { s3, sent };
}

const ok = (body = ''): Answer => ({ statusCode: 200, body });
const place = { bucket: 'nmip-landing', key: 's-01/000001' };

function signedHeaders(request: SentRequest | undefined): string[] {
  return /SignedHeaders=([^,]+)/.exec(request?.headers.authorization ?? '')?.[1]?.split(';') ?? [];
}

describe('a direct request to S3', () => {
  it('reads an object at the bucket’s host, signed with the session of the role', async () => {
    const { s3, sent } = recordingClient(() => ok('pixels'));
    const stream = await new DirectS3(s3).get(place);
    expect(await text(stream ?? Readable.from([]))).toBe('pixels');
    expect(sent[0]).toMatchObject({
      method: 'GET',
      protocol: 'https:',
      hostname: 'nmip-landing.s3.eu-west-2.amazonaws.com',
      path: '/s-01/000001',
    });
    expect(sent[0]?.headers['x-amz-security-token']).toBe('session');
    expect(signedHeaders(sent[0])).toEqual(
      expect.arrayContaining(['host', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token']),
    );
  });

  it('reads no further than the last byte asked for', async () => {
    const { s3, sent } = recordingClient(() => ({ statusCode: 206, body: 'pix' }));
    expect(await new DirectS3(s3).get(place, 2)).not.toBeNull();
    expect(sent[0]?.headers.range).toBe('bytes=0-2');
  });

  it('binds a body by its digest in the signature and as checksum', async () => {
    const { s3, sent } = recordingClient(() => ok());
    const body = Buffer.from('de-identified');
    const digest = createHash('sha256').update(body);
    const sha256 = digest.copy().digest('hex');
    expect(
      await new DirectS3(s3).put(place, [body.subarray(0, 5), body.subarray(5)], sha256, 'application/dicom'),
    ).toBe(true);
    expect(sent[0]?.method).toBe('PUT');
    expect(await buffer(sent[0]?.body as Readable)).toEqual(body);
    expect(sent[0]?.headers).toMatchObject({
      'content-length': '13',
      'content-type': 'application/dicom',
      'x-amz-content-sha256': sha256,
      'x-amz-checksum-sha256': digest.digest('base64'),
    });
    expect(signedHeaders(sent[0])).toEqual(
      expect.arrayContaining(['content-length', 'x-amz-checksum-sha256', 'x-amz-content-sha256']),
    );
  });

  it('goes to the same host and path as the SDK’s, whatever the key', async () => {
    const { s3, sent } = recordingClient(() => ok());
    const direct = new DirectS3(s3);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), async (key) => {
        sent.length = 0;
        await direct.get({ bucket: 'nmip-landing', key });
        await s3.send(new GetObjectCommand({ Bucket: 'nmip-landing', Key: key }));
        const [ours, theirs] = sent;
        expect(ours?.hostname).toBe(theirs?.hostname);
        expect(ours?.path).toBe(theirs?.path);
      }),
    );
  });

  it('goes to an endpoint that is configured, with the bucket in the path', async () => {
    const { s3, sent } = recordingClient(() => ok(), { endpoint: 'http://127.0.0.1:8081' });
    await new DirectS3(s3).get(place);
    expect(sent[0]).toMatchObject({ protocol: 'http:', hostname: '127.0.0.1', port: 8081 });
    expect(sent[0]?.path).toBe('/nmip-landing/s-01/000001');
    expect(sent[0]?.headers.host).toBe('127.0.0.1:8081');
  });

  it.each([301, 403, 404, 412, 500, 503])('leaves an answer of status %i to the SDK', async (statusCode) => {
    const { s3 } = recordingClient(() => ({ statusCode }));
    const direct = new DirectS3(s3);
    expect(await direct.get(place)).toBeNull();
    expect(await direct.put(place, [], '00'.repeat(32), 'application/dicom')).toBe(false);
  });

  it('leaves a connection that fails to the SDK', async () => {
    const { s3 } = recordingClient(() => {
      throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    });
    expect(await new DirectS3(s3).get(place)).toBeNull();
  });
});

describe('a store that reads a file', () => {
  const digesting = { responseChecksumValidation: 'WHEN_REQUIRED' } as const;
  const isSdk = (request: SentRequest | undefined) => request?.headers['amz-sdk-invocation-id'] !== undefined;

  it('asks the SDK after a direct request that failed, and says what the SDK says', async () => {
    const { s3, sent } = recordingClient(
      () => ({ statusCode: 404, body: '<Error><Code>NoSuchKey</Code></Error>' }),
      digesting,
    );
    expect(await new S3ObjectStore(s3).readStream(place)).toBeNull();
    expect(sent.map(isSdk)).toEqual([false, true]);
  });

  it('reads a whole file by the SDK, which compares its checksum, unless the client leaves that to the caller', async () => {
    const checked = recordingClient(() => ok('a'));
    await new S3ObjectStore(checked.s3).readStream(place);
    expect(checked.sent.map(isSdk)).toEqual([true]);
    const unchecked = recordingClient(() => ok('a'), digesting);
    await new S3ObjectStore(unchecked.s3).readStream(place);
    expect(unchecked.sent.map(isSdk)).toEqual([false]);
  });
});
