import { createHash } from 'node:crypto';
import { linkSync } from 'node:fs';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
  type UploadPartCopyCommandInput,
} from '@aws-sdk/client-s3';
import { accountKeyPolicy, allow, policy, TestPlatform } from '../test-platform';

jest.mock('node:fs', () => {
  const fs = jest.requireActual('node:fs');
  return { ...fs, linkSync: jest.fn(fs.linkSync) };
});

const mebibyte = 1 << 20;
const keys = { landing: '', clean: '' };
const source = Buffer.from(Array.from({ length: 7 * mebibyte }, (_, index) => (index * 7919) >> 8));

let platform: TestPlatform;
let client: S3Client;

function deploy(): void {
  for (const name of ['landing', 'clean'] as const) {
    keys[name] = platform.kms.createKey({ name, policy: accountKeyPolicy }).arn;
    platform.s3.createBucket({ name, kmsKeyArn: keys[name], versioned: true, bucketKey: true });
  }
  client = platform.s3Client(platform.as('all', policy(allow(['s3:*', 'kms:*']))));
}

beforeAll(async () => {
  platform = await TestPlatform.start();
  deploy();
  await client.send(new PutObjectCommand({ Bucket: 'landing', Key: 'file', Body: source }));
});
afterAll(() => platform.stop());

const start = async (Key: string) =>
  (await client.send(new CreateMultipartUploadCommand({ Bucket: 'clean', Key, ChecksumAlgorithm: 'SHA256' })))
    .UploadId;

const copy = async (
  Key: string,
  UploadId: string | undefined,
  PartNumber: number,
  more: Partial<UploadPartCopyCommandInput> = {},
  by = client,
) => {
  const { CopyPartResult } = await by.send(
    new UploadPartCopyCommand({
      Bucket: 'clean',
      Key,
      UploadId,
      PartNumber,
      CopySource: 'landing/file',
      ...more,
    }),
  );
  return { PartNumber, ETag: CopyPartResult?.ETag, ChecksumSHA256: CopyPartResult?.ChecksumSHA256 };
};

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');

const complete = (Key: string, UploadId: string | undefined, Parts: object[], MpuObjectSize: number) =>
  client.send(
    new CompleteMultipartUploadCommand({
      Bucket: 'clean',
      Key,
      UploadId,
      MultipartUpload: { Parts },
      MpuObjectSize,
    }),
  );

const read = async (Key: string): Promise<Buffer> => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'clean', Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};

it.each(['linked', 'copied where files cannot be linked'])(
  'gives the checksum of each range, and keeps the bytes when the source goes: %s',
  async (way) => {
    if (way !== 'linked')
      jest.mocked(linkSync).mockImplementation(() => {
        throw Object.assign(new Error('EXDEV'), { code: 'EXDEV' });
      });
    const Body = Buffer.concat([source, Buffer.from(way)]);
    await client.send(new PutObjectCommand({ Bucket: 'landing', Key: way, Body }));
    const CopySource = `landing/${encodeURIComponent(way)}`;
    const UploadId = await start(way);
    const head = await client.send(
      new UploadPartCommand({
        Bucket: 'clean',
        Key: way,
        UploadId,
        PartNumber: 1,
        Body: Buffer.alloc(5 * mebibyte, 1),
        ChecksumAlgorithm: 'SHA256',
      }),
    );
    const end = 6 * mebibyte;
    const second = await copy(way, UploadId, 2, { CopySource, CopySourceRange: `bytes=3-${end - 1}` });
    const third = await copy(way, UploadId, 3, {
      CopySource,
      CopySourceRange: `bytes=${end}-${Body.length - 1}`,
    });
    expect(second.ChecksumSHA256).toBe(sha256(Body.subarray(3, end)));
    expect(third.ChecksumSHA256).toBe(sha256(Body.subarray(end)));
    await client.send(new DeleteObjectCommand({ Bucket: 'landing', Key: way }));
    await platform.restart();
    deploy();
    const first = { PartNumber: 1, ETag: head.ETag, ChecksumSHA256: head.ChecksumSHA256 };
    const expected = Buffer.concat([Buffer.alloc(5 * mebibyte, 1), Body.subarray(3)]);
    await complete(way, UploadId, [first, second, third], expected.length);
    expect((await read(way)).equals(expected)).toBe(true);
    jest.mocked(linkSync).mockImplementation(jest.requireActual('node:fs').linkSync);
  },
);

it('refuses ranges outside of the object, ranges of small objects, and part numbers that are none', async () => {
  const UploadId = await start('refused');
  await expect(
    copy('refused', UploadId, 1, { CopySourceRange: `bytes=0-${source.length}` }),
  ).rejects.toMatchObject({ name: 'InvalidArgument' });
  await client.send(new PutObjectCommand({ Bucket: 'landing', Key: 'small', Body: 'small' }));
  const small = { CopySource: 'landing/small' };
  await expect(
    copy('refused', UploadId, 1, { ...small, CopySourceRange: 'bytes=0-1' }),
  ).rejects.toMatchObject({ name: 'InvalidRequest' });
  expect((await copy('refused', UploadId, 1, small)).ChecksumSHA256).toBe(sha256(Buffer.from('small')));
  await expect(copy('refused', UploadId, 0)).rejects.toMatchObject({ name: 'InvalidArgument' });
});

it('refuses a source that is not the one whose tag was named', async () => {
  const UploadId = await start('conditional');
  const { ETag } = await client.send(new HeadObjectCommand({ Bucket: 'landing', Key: 'file' }));
  await copy('conditional', UploadId, 1, { CopySourceIfMatch: ETag });
  await expect(
    copy('conditional', UploadId, 2, { CopySourceIfMatch: `"${'0'.repeat(32)}"` }),
  ).rejects.toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
});

it('asks for the right to read the source, its key included, and to write the object', async () => {
  const UploadId = await start('guarded');
  const readLanding = allow(['s3:GetObject'], 'arn:aws:s3:::landing/*');
  const writeClean = allow(['s3:PutObject'], 'arn:aws:s3:::clean/*');
  const useLanding = allow('kms:Decrypt', keys.landing);
  const by = (name: string, ...statements: ReturnType<typeof allow>[]) =>
    copy('guarded', UploadId, 1, {}, platform.s3Client(platform.as(name, policy(...statements))));
  const denied = { name: 'AccessDenied' };
  await expect(by('no-source', writeClean, useLanding)).rejects.toMatchObject(denied);
  await expect(by('no-key', writeClean, readLanding)).rejects.toMatchObject(denied);
  await expect(by('no-target', readLanding, useLanding)).rejects.toMatchObject(denied);
  await expect(by('enough', readLanding, writeClean, useLanding)).resolves.toMatchObject({ PartNumber: 1 });
});
