import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { allow, policy, TestPlatform } from '../test-platform';

let platform: TestPlatform;
let client: S3Client;
const Bucket = 'bucket';

beforeAll(async () => {
  platform = await TestPlatform.start();
  platform.s3.createBucket({ name: Bucket });
  client = platform.s3Client(platform.as('storage', policy(allow('s3:*'))));
});
afterAll(() => platform.stop());

const put = (
  Key: string,
  Body: PutObjectCommandInput['Body'] = 'content',
  more: Partial<PutObjectCommandInput> = {},
) => client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = async (Key: string, more = {}) => {
  const answer = await client.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...answer, text: (await answer.Body?.transformToString()) ?? '' };
};
const onDisk = (path: string) => join(platform.s3.objectsFolder(Bucket), path);

describe('an object', () => {
  it('comes back with its metadata, type and checksum', async () => {
    const written = await put('folder/a.dcm', 'pixels', {
      ContentType: 'application/dicom',
      CacheControl: 'no-store',
      Metadata: { ordinal: '000001' },
      ChecksumAlgorithm: 'SHA256',
    });
    const expected = createHash('sha256').update('pixels').digest('base64');
    expect(written).toMatchObject({
      ETag: `"${createHash('md5').update('pixels').digest('hex')}"`,
      ChecksumSHA256: expected,
      ChecksumType: 'FULL_OBJECT',
      ServerSideEncryption: 'AES256',
    });
    expect(await get('folder/a.dcm', { ChecksumMode: 'ENABLED' })).toMatchObject({
      text: 'pixels',
      ETag: written.ETag,
      ContentType: 'application/dicom',
      CacheControl: 'no-store',
      ContentLength: 6,
      Metadata: { ordinal: '000001' },
      ChecksumSHA256: expected,
    });
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'folder/a.dcm' }))).resolves.toMatchObject({
      ContentLength: 6,
      LastModified: expect.any(Date),
    });
  });

  it('stands under its key as a plain file, and goes with it', async () => {
    await put('view/deep/file.txt', 'for people');
    expect(readFileSync(onDisk('view/deep/file.txt'), 'utf8')).toBe('for people');
    await put('view/deep/file.txt', 'replaced');
    expect(readFileSync(onDisk('view/deep/file.txt'), 'utf8')).toBe('replaced');
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'view/deep/file.txt' }));
    expect(existsSync(onDisk('view'))).toBe(false);
  });

  it.each([
    '../outside',
    'a/../../outside',
    './here',
    '/leading',
    'trailing/',
    'double//slash',
    '100%/a%2Fb',
    'back\\slash',
    'ünïcode/€/😀',
    'spaces and + & ? # signs',
    `long/${'x'.repeat(300)}`,
    'quotes "\' <xml> &amp;',
  ])('may have the key %s', async (Key) => {
    await put(Key, Key);
    expect((await get(Key)).text).toBe(Key);
    await client.send(new DeleteObjectCommand({ Bucket, Key }));
    await expect(get(Key)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('may have a key that is a prefix of another', async () => {
    await put('prefix', 'short');
    await put('prefix/longer', 'long');
    await put('other/longer', 'long');
    await put('other', 'short');
    for (const [Key, text] of [
      ['prefix', 'short'],
      ['prefix/longer', 'long'],
      ['other', 'short'],
      ['other/longer', 'long'],
    ] as const) {
      expect((await get(Key)).text).toBe(text);
    }
    await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: ['prefix', 'other'].map((Key) => ({ Key })) } }),
    );
    expect((await get('prefix/longer')).text).toBe('long');
    expect((await get('other/longer')).text).toBe('long');
  });

  it('may be empty, and may be streamed', async () => {
    await put('empty', '', { ContentLength: 0 });
    expect((await get('empty')).text).toBe('');
    await put('streamed', Readable.from([Buffer.alloc(100_000, 1), Buffer.alloc(50_000, 2)]), {
      ContentLength: 150_000,
    });
    expect((await get('streamed')).text).toHaveLength(150_000);
  });

  it('is as large as it says, over several writes', async () => {
    const body = Buffer.alloc(5_000_001, 'abcdefg');
    await put('large', body);
    const answer = await client.send(new GetObjectCommand({ Bucket, Key: 'large' }));
    expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
  });
});

describe('answers at the same time', () => {
  it('have the bytes of their own object, whoever reads slowly or goes away', async () => {
    const bodyOf = (index: number) => Buffer.alloc(700_000 + index, index);
    const indexes = Array.from({ length: 20 }, (_, index) => index);
    for (const index of indexes) await put(`at-once/${index}`, bodyOf(index));
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(
        indexes.map((index) => client.send(new GetObjectCommand({ Bucket, Key: `at-once/${index}` }))),
      );
      for (const index of indexes.toReversed()) {
        const body = answers[index]?.Body;
        if (index === 10 && body instanceof Readable) body.destroy();
        else expect(Buffer.from((await body?.transformToByteArray()) ?? []).equals(bodyOf(index))).toBe(true);
      }
    }
  });
});

describe('checksums are verified', () => {
  const wrong = {
    ChecksumSHA256: createHash('sha256').update('x').digest('base64'),
    ChecksumSHA1: createHash('sha1').update('x').digest('base64'),
    ChecksumCRC32: 'AAAAAA==',
    ChecksumCRC32C: 'AAAAAA==',
    ChecksumCRC64NVME: 'AAAAAAAAAAA=',
    ContentMD5: createHash('md5').update('x').digest('base64'),
  };

  it.each(Object.entries(wrong))('a wrong %s leaves no object', async (name, value) => {
    await expect(put('wrong', 'content', { [name]: value })).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(get('wrong')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  /** Check values of the string "123456789" in the catalogue of parametrised CRC algorithms (reveng). */
  it.each([
    ['ChecksumCRC32', 'cbf43926'],
    ['ChecksumCRC32C', 'e3069283'],
    ['ChecksumCRC64NVME', 'ae8b14860a799888'],
  ])('the right %s is kept', async (name, hex) => {
    const value = Buffer.from(hex, 'hex').toString('base64');
    expect(await put('right', '123456789', { [name]: value })).toMatchObject({ [name]: value });
  });

  it('one that is not of its algorithm is refused', async () => {
    await expect(put('odd', 'content', { ContentMD5: 'abc' })).rejects.toMatchObject({
      name: 'InvalidDigest',
    });
    await expect(put('odd', 'content', { ChecksumSHA256: 'AAAA' })).rejects.toMatchObject({
      name: 'InvalidRequest',
    });
  });
});

describe('ranges', () => {
  beforeAll(async () => {
    await put('digits', '0123456789');
  });

  it.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=8-', '89', 'bytes 8-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=5-100', '56789', 'bytes 5-9/10'],
    ['bytes=-100', '0123456789', 'bytes 0-9/10'],
  ])('%s gives %s', async (Range, text, ContentRange) => {
    expect(await get('digits', { Range })).toMatchObject({ text, ContentRange });
  });

  it('outside the object is refused; what is no single range gives the whole', async () => {
    await expect(get('digits', { Range: 'bytes=10-' })).rejects.toMatchObject({
      name: 'InvalidRange',
      $metadata: { httpStatusCode: 416 },
    });
    expect((await get('digits', { Range: 'bytes=0-1,4-5' })).text).toBe('0123456789');
  });
});

describe('conditional reads', () => {
  it('follow the ETag and the time', async () => {
    const { ETag } = await put('conditional', 'x');
    expect((await get('conditional', { IfMatch: ETag })).text).toBe('x');
    await expect(get('conditional', { IfMatch: '"other"' })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 412 },
    });
    await expect(get('conditional', { IfNoneMatch: ETag })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    const tomorrow = new Date(Date.now() + 86_400_000);
    await expect(get('conditional', { IfModifiedSince: tomorrow })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    await expect(get('conditional', { IfUnmodifiedSince: new Date(0) })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 412 },
    });
  });
});

describe('tags', () => {
  it('come with the object, are replaced and removed', async () => {
    await put('tagged', 'x', { Tagging: 'code=UID_CONFLICT&b=%20' });
    const tags = async () =>
      (await client.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }))).TagSet;
    expect(await tags()).toEqual([
      { Key: 'code', Value: 'UID_CONFLICT' },
      { Key: 'b', Value: ' ' },
    ]);
    expect(await get('tagged')).toMatchObject({ TagCount: 2 });
    await client.send(
      new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: { TagSet: [{ Key: 'k', Value: 'v' }] } }),
    );
    expect(await tags()).toEqual([{ Key: 'k', Value: 'v' }]);
    await client.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'tagged' }));
    expect(await tags()).toEqual([]);
  });

  it('are ten at most', async () => {
    const Tagging = Array.from({ length: 11 }, (_, index) => `k${index}=v`).join('&');
    await expect(put('tagged', 'x', { Tagging })).rejects.toMatchObject({ name: 'InvalidTag' });
  });
});

describe('copies', () => {
  it('take over metadata and tags, or replace them', async () => {
    await put('source & co', 'to be copied', { Metadata: { a: '1' }, Tagging: 't=1' });
    const CopySource = encodeURI(`${Bucket}/source & co`);
    await client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
    expect(await get('copy')).toMatchObject({ text: 'to be copied', Metadata: { a: '1' }, TagCount: 1 });
    await client.send(
      new CopyObjectCommand({
        Bucket,
        Key: 'copy',
        CopySource,
        Metadata: { b: '2' },
        MetadataDirective: 'REPLACE',
        TaggingDirective: 'REPLACE',
      }),
    );
    const replaced = await get('copy');
    expect(replaced).toMatchObject({ text: 'to be copied', Metadata: { b: '2' } });
    expect(replaced.TagCount).toBeUndefined();
  });

  it('of what is not there, or onto itself, are refused', async () => {
    await expect(
      client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/none` })),
    ).rejects.toMatchObject({ name: 'NoSuchKey' });
    await put('self', 'x');
    await expect(
      client.send(new CopyObjectCommand({ Bucket, Key: 'self', CopySource: `${Bucket}/self` })),
    ).rejects.toMatchObject({ name: 'InvalidRequest' });
  });
});

describe('refusals', () => {
  it.each<[string, Partial<PutObjectCommandInput>, string]>([
    ['a public ACL', { ACL: 'public-read' }, 'AccessControlListNotSupported'],
    ['another storage class', { StorageClass: 'GLACIER' }, 'NotImplemented'],
    ['customer keys', { SSECustomerAlgorithm: 'AES256', SSECustomerKey: 'a'.repeat(32) }, 'NotImplemented'],
    ['Object Lock without a lock on the bucket', { ObjectLockLegalHoldStatus: 'ON' }, 'InvalidRequest'],
    ['too much metadata', { Metadata: { a: 'x'.repeat(2048) } }, 'MetadataTooLarge'],
    ['a write if another ETag is not there', { IfNoneMatch: '"abc"' }, 'NotImplemented'],
    ['another account as owner', { ExpectedBucketOwner: '999999999999' }, 'AccessDenied'],
  ])('%s', async (_what, more, name) => {
    await expect(put('refused', 'x', more)).rejects.toMatchObject({ name });
  });

  it('a key over 1,024 bytes, a bucket that is not there', async () => {
    await expect(put('x'.repeat(1025))).rejects.toMatchObject({ name: 'KeyTooLongError' });
    await expect(put('x', 'x', { Bucket: 'no-such-bucket' })).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it('operations that are not known, by name', async () => {
    await expect(client.send(new GetBucketAclCommand({ Bucket }))).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('GET bucket?acl'),
    });
    await expect(client.send(new ListObjectsCommand({ Bucket }))).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('GET bucket'),
    });
  });
});
