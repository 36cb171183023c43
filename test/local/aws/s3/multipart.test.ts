import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { ACCOUNT, accountKeyPolicy, allow, policy, TestPlatform } from '../test-platform';

let platform: TestPlatform;
let client: S3Client;
const Bucket = 'multipart';
const MEBIBYTE = 1 << 20;

beforeAll(async () => {
  platform = await TestPlatform.start();
  deploy();
});
afterAll(() => platform.stop());

function deploy(): void {
  platform.s3.createBucket({
    name: Bucket,
    lifecycle: [{ id: 'abort', enabled: true, abortMultipartDays: 2 }],
    eventBridge: true,
  });
  client = platform.s3Client(platform.as('storage', policy(allow('s3:*'))));
}

const create = async (Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}) =>
  (await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))).UploadId;
const part = (Key: string, UploadId: string | undefined, PartNumber: number, Body: Buffer) =>
  client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
const complete = (
  Key: string,
  UploadId: string | undefined,
  Parts: { PartNumber: number; ETag?: string; ChecksumCRC32?: string; ChecksumSHA256?: string }[],
  more: Partial<CompleteMultipartUploadCommandInput> = {},
) =>
  client.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }),
  );
const read = async (Key: string, more = {}) =>
  Buffer.from(
    (await (
      await client.send(new GetObjectCommand({ Bucket, Key, ...more }))
    ).Body?.transformToByteArray()) ?? [],
  );
const large = (text: string) => Buffer.alloc(5 * MEBIBYTE, text);

it('puts the parts together in the order of their numbers', async () => {
  const UploadId = await create('object');
  const second = await part('object', UploadId, 7, Buffer.from('end'));
  const first = await part('object', UploadId, 2, large('a'));
  const done = await complete('object', UploadId, [
    { PartNumber: 2, ETag: first.ETag },
    { PartNumber: 7, ETag: second.ETag },
  ]);
  expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
  const bytes = await read('object');
  expect(bytes.equals(Buffer.concat([large('a'), Buffer.from('end')]))).toBe(true);
  expect((await read('object', { PartNumber: 2 })).toString()).toBe('end');
  expect(platform.events.at(-1)).toMatchObject({ detail: { reason: 'CompleteMultipartUpload' } });
  expect(readdirSync(join(platform.dataFolder, 's3', Bucket, 'uploads'))).toEqual([]);
});

it.each<
  [
    CreateMultipartUploadCommandInput['ChecksumAlgorithm'],
    CreateMultipartUploadCommandInput['ChecksumType'],
    RegExp,
  ]
>([
  ['SHA256', 'COMPOSITE', /-3$/],
  ['CRC32', 'COMPOSITE', /-3$/],
  ['CRC64NVME', 'FULL_OBJECT', /^[^-]+$/],
  ['CRC32C', 'FULL_OBJECT', /^[^-]+$/],
])(
  'keeps a %s checksum as %s, through the upload manager of the SDK',
  async (ChecksumAlgorithm, ChecksumType, form) => {
    const Key = `managed-${ChecksumAlgorithm}`;
    const body = Buffer.concat([large('a'), large('b'), Buffer.from('c')]);
    await new Upload({ client, params: { Bucket, Key, Body: body, ChecksumAlgorithm, ChecksumType } }).done();
    const head = await client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    expect(head[`Checksum${ChecksumAlgorithm as 'SHA256'}`]).toMatch(form);
    expect(head.ChecksumType).toBe(ChecksumType);
    expect((await read(Key)).equals(body)).toBe(true);
  },
);

it('copies ranges of another object as parts', async () => {
  await client.send(
    new PutObjectCommand({
      Bucket,
      Key: 'source',
      Body: Buffer.concat([large('x'), Buffer.from('0123456789')]),
    }),
  );
  const UploadId = await create('copied');
  const copy = async (PartNumber: number, CopySourceRange: string) => {
    const { CopyPartResult } = await client.send(
      new UploadPartCopyCommand({
        Bucket,
        Key: 'copied',
        UploadId,
        PartNumber,
        CopySource: `${Bucket}/source`,
        CopySourceRange,
      }),
    );
    return { PartNumber, ETag: CopyPartResult?.ETag };
  };
  const parts = [
    await copy(1, `bytes=0-${5 * MEBIBYTE - 1}`),
    await copy(2, `bytes=${5 * MEBIBYTE + 2}-${5 * MEBIBYTE + 4}`),
  ];
  await complete('copied', UploadId, parts);
  expect((await read('copied')).subarray(5 * MEBIBYTE).toString()).toBe('234');
  await expect(copy(3, `bytes=0-${6 * MEBIBYTE}`)).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

it('lists parts, and uploads that are under way', async () => {
  const UploadId = await create('listed');
  await part('listed', UploadId, 1, Buffer.from('one'));
  await part('listed', UploadId, 1, Buffer.from('one again'));
  const listed = await client.send(new ListPartsCommand({ Bucket, Key: 'listed', UploadId }));
  expect(listed.Parts).toMatchObject([{ PartNumber: 1, Size: 9 }]);
  const uploads = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'listed' }));
  expect(uploads.Uploads).toMatchObject([{ Key: 'listed', UploadId }]);
  await client.send(new AbortMultipartUploadCommand({ Bucket, Key: 'listed', UploadId }));
  await expect(client.send(new ListPartsCommand({ Bucket, Key: 'listed', UploadId }))).rejects.toMatchObject({
    name: 'NoSuchUpload',
  });
});

describe('an upload of which S3 keeps the SHA-256 of each part', () => {
  const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('base64');
  // Sends what it is given and adds no checksum by itself.
  const plain = () =>
    platform.s3Client(platform.as('plain', policy(allow('s3:*'))), {
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
  const send = (UploadId: string | undefined, PartNumber: number, Body: Buffer, ChecksumSHA256?: string) =>
    plain().send(
      new UploadPartCommand({ Bucket, Key: 'digested', UploadId, PartNumber, Body, ChecksumSHA256 }),
    );

  it('takes no part without one, with another algorithm, or with other bytes', async () => {
    const UploadId = await create('digested', { ChecksumAlgorithm: 'SHA256' });
    await expect(send(UploadId, 1, Buffer.from('a'))).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining('expected checksum Type: sha256, actual checksum Type: null'),
    });
    await expect(
      plain().send(
        new UploadPartCommand({
          Bucket,
          Key: 'digested',
          UploadId,
          PartNumber: 1,
          Body: 'a',
          ChecksumAlgorithm: 'CRC32',
        }),
      ),
    ).rejects.toMatchObject({ message: expect.stringContaining('actual checksum Type: crc32') });
    await expect(send(UploadId, 1, Buffer.from('a'), sha256('b'))).rejects.toMatchObject({
      name: 'BadDigest',
    });
    const listed = await client.send(new ListPartsCommand({ Bucket, Key: 'digested', UploadId }));
    expect(listed.Parts ?? []).toEqual([]);
  });

  it('lists the digests, demands them at the end, and keeps the digest of them', async () => {
    const UploadId = await create('digested', { ChecksumAlgorithm: 'SHA256' });
    const bodies = [large('a'), Buffer.from('end')];
    const digests = bodies.map(sha256);
    for (const [index, body] of bodies.entries()) await send(UploadId, index + 1, body, digests[index]);
    const { Parts = [], ...listed } = await client.send(
      new ListPartsCommand({ Bucket, Key: 'digested', UploadId }),
    );
    expect(listed).toMatchObject({ ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' });
    expect(Parts.map(({ PartNumber, ChecksumSHA256 }) => [PartNumber, ChecksumSHA256])).toEqual(
      digests.map((digest, index) => [index + 1, digest]),
    );
    const parts = Parts.map(({ PartNumber = 0, ETag, ChecksumSHA256 }) => ({
      PartNumber,
      ETag,
      ChecksumSHA256,
    }));
    await expect(
      complete(
        'digested',
        UploadId,
        parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })),
      ),
    ).rejects.toMatchObject({ name: 'InvalidRequest' });
    await expect(
      complete(
        'digested',
        UploadId,
        parts.map((each) => ({ ...each, ChecksumSHA256: sha256('x') })),
      ),
    ).rejects.toMatchObject({ name: 'InvalidPart' });
    await complete('digested', UploadId, parts, { IfNoneMatch: '*', MpuObjectSize: large('a').length + 3 });
    const head = await client.send(
      new HeadObjectCommand({ Bucket, Key: 'digested', ChecksumMode: 'ENABLED' }),
    );
    const composite = sha256(Buffer.concat(digests.map((digest) => Buffer.from(digest, 'base64'))));
    expect(head).toMatchObject({ ChecksumSHA256: `${composite}-2`, ChecksumType: 'COMPOSITE' });
  });
});

it('answers a completion that is asked for again, at once or later, and makes one object', async () => {
  const UploadId = await create('again');
  const parts = [{ PartNumber: 1, ETag: (await part('again', UploadId, 1, large('x'))).ETag }];
  const before = platform.events.length;
  const [first, second] = await Promise.all([
    complete('again', UploadId, parts),
    complete('again', UploadId, parts),
  ]);
  const third = await complete('again', UploadId, parts);
  expect([second.ETag, third.ETag]).toEqual([first.ETag, first.ETag]);
  expect(platform.events.length).toBe(before + 1);
  await expect(complete('other', UploadId, parts)).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

describe('a completion is refused', () => {
  let UploadId: string | undefined;
  let first: { PartNumber: number; ETag?: string };
  let second: { PartNumber: number; ETag?: string };

  beforeEach(async () => {
    UploadId = await create('refused');
    first = { PartNumber: 1, ETag: (await part('refused', UploadId, 1, Buffer.from('small'))).ETag };
    second = { PartNumber: 2, ETag: (await part('refused', UploadId, 2, Buffer.from('last'))).ETag };
  });

  it('where a part but the last is under 5 MiB', async () => {
    await expect(complete('refused', UploadId, [first, second])).rejects.toMatchObject({
      name: 'EntityTooSmall',
    });
  });

  it('where parts are out of order, not there, or not those that were sent', async () => {
    await expect(complete('refused', UploadId, [second, first])).rejects.toMatchObject({
      name: 'InvalidPartOrder',
    });
    await expect(complete('refused', UploadId, [{ ...second, PartNumber: 3 }])).rejects.toMatchObject({
      name: 'InvalidPart',
    });
    await expect(complete('refused', UploadId, [{ ...second, ETag: first.ETag }])).rejects.toMatchObject({
      name: 'InvalidPart',
    });
  });

  it('where the object is there already and must not be', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'refused', Body: 'x' }));
    await expect(complete('refused', UploadId, [second], { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    });
    expect((await read('refused')).toString()).toBe('x');
  });

  it('where its size is not what was announced', async () => {
    await expect(complete('refused', UploadId, [second], { MpuObjectSize: 5 })).rejects.toMatchObject({
      name: 'InvalidRequest',
    });
  });

  it('where the upload is for another key or not there', async () => {
    await expect(complete('other', UploadId, [second])).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });
});

it('parts survive a restart; an upload that nobody ends is aborted by the lifecycle', async () => {
  const UploadId = await create('restarted', { ChecksumAlgorithm: 'SHA256', Metadata: { a: '1' } });
  const { ETag, ChecksumSHA256 } = await client.send(
    new UploadPartCommand({
      Bucket,
      Key: 'restarted',
      UploadId,
      PartNumber: 1,
      Body: 'part',
      ChecksumAlgorithm: 'SHA256',
    }),
  );
  const forgotten = await create('forgotten');
  await platform.restart();
  deploy();
  await complete('restarted', UploadId, [{ PartNumber: 1, ETag, ChecksumSHA256 }]);
  expect((await read('restarted')).toString()).toBe('part');
  await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'restarted' }))).resolves.toMatchObject({
    Metadata: { a: '1' },
  });
  const folder = join(platform.dataFolder, 's3', Bucket, 'uploads', forgotten ?? '');
  expect(existsSync(folder)).toBe(true);
  platform.s3.applyLifecycle(new Date(Date.now() + 4 * 86_400_000));
  expect(existsSync(folder)).toBe(false);
});

it('with a KMS key takes GenerateDataKey and Decrypt', async () => {
  const { arn } = platform.kms.createKey({ name: 'Multipart', policy: accountKeyPolicy });
  platform.s3.createBucket({ name: 'encrypted', kmsKeyArn: arn });
  const withKey = (name: string, ...actions: string[]) =>
    platform
      .s3Client(platform.as(name, policy(allow('s3:*'), allow(actions, `arn:aws:kms:*:${ACCOUNT}:key/*`))))
      .send(new CreateMultipartUploadCommand({ Bucket: 'encrypted', Key: 'k' }));
  await expect(withKey('both', 'kms:GenerateDataKey', 'kms:Decrypt')).resolves.toMatchObject({
    SSEKMSKeyId: arn,
  });
  await expect(withKey('one', 'kms:GenerateDataKey')).rejects.toMatchObject({ name: 'AccessDenied' });
});
