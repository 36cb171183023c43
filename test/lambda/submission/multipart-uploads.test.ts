import { createHash } from 'node:crypto';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { S3ObjectStore } from '../../../lambda/platform/object-store';
import { S3UrlSigner } from '../../../lambda/platform/presigned-urls';
import { hexToBase64 } from '../../../lambda/platform/s3-checksum';
import { createQuerySigningS3Client } from '../../../lambda/platform/s3-client';
import { S3MultipartUploads } from '../../../lambda/submission/multipart-uploads';
import { compositeDigest } from '../../../lambda/submission/parts.contract';
import { allow, policy, REGION, TestPlatform } from '../../local/aws/test-platform';

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const bucket = 'landing';
const bodies = [Buffer.alloc(5 * 1024 ** 2, 'a'), Buffer.from('the end')];
const digests = bodies.map(digest);

/** A bucket that takes what is signed in the query only, as landing buckets do, and the adapters over it. */
describe('multipart uploads into a bucket that takes writes by URL only', () => {
  let platform: TestPlatform;
  let uploads: S3MultipartUploads;
  let querySigned: ReturnType<typeof createQuerySigningS3Client>;
  let signer: S3UrlSigner;
  let objects: S3ObjectStore;
  let headerSigned: ReturnType<TestPlatform['s3Client']>;

  beforeAll(async () => {
    platform = await TestPlatform.start();
    platform.s3.createBucket({
      name: bucket,
      versioned: true,
      policy: policy({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: `arn:aws:s3:::${bucket}/*`,
        Condition: { StringNotEquals: { 's3:authType': 'REST-QUERY-STRING' } },
      }),
    });
    const credentials = platform.as('submission-api', policy(allow('s3:*')));
    const settings = { endpoint: platform.endpoint, region: REGION, credentials, forcePathStyle: true };
    headerSigned = platform.s3Client(credentials, { requestChecksumCalculation: 'WHEN_REQUIRED' });
    querySigned = createQuerySigningS3Client(settings);
    uploads = new S3MultipartUploads(headerSigned, querySigned);
    signer = new S3UrlSigner(headerSigned);
    objects = new S3ObjectStore(headerSigned);
  });
  afterAll(async () => {
    querySigned.destroy();
    await platform.stop();
  });

  const put = async (
    place: { bucket: string; key: string },
    uploadId: string,
    part: number,
    body = bodies[part - 1] as Buffer,
  ): Promise<number> => {
    const { url, headers } = await signer.signPart({
      place,
      uploadId,
      part,
      bytes: bodies[part - 1]?.length ?? 0,
      sha256: digests[part - 1] ?? '',
    });
    const { 'content-length': _, ...others } = headers;
    const answer = await fetch(url, { method: 'PUT', headers: others, body: new Uint8Array(body) });
    await answer.arrayBuffer();
    return answer.status;
  };

  it('put together what was sent by presigned URLs, once', async () => {
    const place = { bucket, key: 's-1/000001' };
    const uploadId = await uploads.create(place, 'application/dicom');
    expect(await put(place, uploadId, 2)).toBe(200);
    expect(await put(place, uploadId, 1)).toBe(200);
    const parts = (await uploads.listParts(place, uploadId)) ?? [];
    expect(parts.map(({ part, bytes, sha256 }) => ({ part, bytes, sha256 }))).toEqual(
      digests.map((sha256, index) => ({ part: index + 1, bytes: bodies[index]?.length, sha256 })),
    );
    expect(await uploads.complete(place, uploadId, parts)).toBe('completed');
    expect(await objects.head(place)).toMatchObject({
      bytes: 5 * 1024 ** 2 + 7,
      sha256: null,
      composite: { parts: 2, sha256: compositeDigest(digests) },
    });
    const { ContentType } = await headerSigned.send(
      new HeadObjectCommand({ Bucket: bucket, Key: place.key }),
    );
    expect(ContentType).toBe('application/dicom');
    expect(await uploads.listParts(place, uploadId)).toBeNull();
    // S3 answers a repetition as it answered the first time.
    expect(await uploads.complete(place, uploadId, parts)).toBe('completed');
  });

  it('take no part of other bytes, of another number or for another upload than was signed', async () => {
    const place = { bucket, key: 's-1/000002' };
    const uploadId = await uploads.create(place, 'application/dicom');
    const corrupted = Buffer.from(bodies[1] as Buffer).fill('x', 0, 1);
    expect(await put(place, uploadId, 2, corrupted)).toBe(400);
    const { url, headers } = await signer.signPart({
      place,
      uploadId,
      part: 2,
      bytes: 7,
      sha256: digests[1] ?? '',
    });
    const { 'content-length': _, ...others } = headers;
    for (const other of [
      url.replace('partNumber=2', 'partNumber=1'),
      url.replace(/uploadId=[^&]+/, 'uploadId=other'),
    ]) {
      const answer = await fetch(other, { method: 'PUT', headers: others, body: bodies[1] as never });
      await answer.arrayBuffer();
      expect(answer.status).toBe(403);
    }
    expect(await uploads.listParts(place, uploadId)).toEqual([]);
    await uploads.abort(place, uploadId);
    await uploads.abort(place, uploadId);
    expect(await uploads.listParts(place, uploadId)).toBeNull();
    const part = { part: 1, bytes: 7, sha256: digests[1] ?? '', etag: '"0"' };
    expect(await uploads.complete(place, uploadId, [part])).toBe('gone');
  });

  it('leave an object whose copy in the same parts has the same digest', async () => {
    platform.s3.createBucket({ name: 'quarantine' });
    const from = { bucket, key: 's-1/000001' };
    const to = { bucket: 'quarantine', key: 'copy' };
    expect(await objects.copy(from, to, { code: 'X' }, 5 * 1024 ** 2)).toBe(true);
    expect((await objects.head(to))?.composite).toEqual({ parts: 2, sha256: compositeDigest(digests) });
    expect(await objects.copy({ bucket, key: 'nothing' }, to, {}, 5 * 1024 ** 2)).toBe(false);
  });

  it('do not replace an object', async () => {
    const place = { bucket, key: 's-1/000003' };
    const uploadId = await uploads.create(place, 'application/dicom');
    await put(place, uploadId, 1);
    const parts = (await uploads.listParts(place, uploadId)) ?? [];
    const single = await signer.signUpload({
      place,
      bytes: 7,
      sha256: digests[1] ?? '',
      contentType: 'application/dicom',
    });
    const { 'content-length': _, ...headers } = single.headers;
    await fetch(single.url, { method: 'PUT', headers, body: bodies[1] as never });
    expect(await uploads.complete(place, uploadId, parts)).toBe('exists');
    expect((await objects.head(place))?.sha256).toBe(digests[1]);
  });

  it('need the signature in the query: a write that is signed by header is refused', async () => {
    await expect(
      headerSigned.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: 's-1/000004',
          Body: 'x',
          ChecksumSHA256: hexToBase64(digest(Buffer.from('x'))),
        }),
      ),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
