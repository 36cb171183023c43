import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { PolicyDocument } from '../../../../local/aws/iam/policy';
import { ACCOUNT, accountKeyPolicy, allow, policy, TestPlatform } from '../test-platform';

let platform: TestPlatform;
let keyArn: string;
let otherKeyArn: string;

beforeAll(async () => {
  platform = await TestPlatform.start();
  keyArn = platform.kms.createKey({ name: 'Landing', policy: accountKeyPolicy }).arn;
  otherKeyArn = platform.kms.createKey({ name: 'Other', policy: accountKeyPolicy }).arn;
  platform.s3.createBucket({ name: 'plain' });
  platform.s3.createBucket({ name: 'encrypted', kmsKeyArn: keyArn, bucketKey: true });
  const all = platform.caller('setup', policy(allow('*')));
  for (const bucket of ['plain', 'encrypted'])
    await platform.s3.putObject(all, bucket, 'there', Buffer.from('x'));
});
afterAll(() => platform.stop());

const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };
let number = 0;
const as = (document: PolicyDocument): S3Client =>
  platform.s3Client(platform.as(`role-${++number}`, document));
const get = (client: S3Client, Bucket = 'plain', Key = 'there') =>
  client.send(new GetObjectCommand({ Bucket, Key }));
const put = (client: S3Client, Bucket = 'plain', more: Partial<PutObjectCommandInput> = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key: 'new', Body: 'x', ...more }));

it('reading and writing take an action each, on the object', async () => {
  const reader = as(policy(allow('s3:GetObject', 'arn:aws:s3:::plain/*')));
  await expect(get(reader)).resolves.toBeDefined();
  await expect(put(reader)).rejects.toMatchObject(denied);
  await expect(get(as(policy(allow('s3:GetObject', 'arn:aws:s3:::plain'))))).rejects.toMatchObject(denied);
});

it('who may not list is not told whether a key is there', async () => {
  const reader = as(policy(allow('s3:GetObject')));
  await expect(get(reader, 'plain', 'not-there')).rejects.toMatchObject(denied);
  const lister = as(policy(allow(['s3:GetObject', 's3:ListBucket'])));
  await expect(get(lister, 'plain', 'not-there')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

it('listing can be bound to a prefix', async () => {
  const lister = as(
    policy({
      ...allow('s3:ListBucket', 'arn:aws:s3:::plain'),
      Condition: { StringLike: { 's3:prefix': 's-1/*' } },
    }),
  );
  const list = (Prefix?: string) => lister.send(new ListObjectsV2Command({ Bucket: 'plain', Prefix }));
  await expect(list('s-1/')).resolves.toMatchObject({ KeyCount: 0 });
  await expect(list('s-2/')).rejects.toMatchObject(denied);
  await expect(list()).rejects.toMatchObject(denied);
});

it('tags take an action of their own and are condition keys', async () => {
  const Tagging = 'code=UID_CONFLICT';
  await expect(put(as(policy(allow('s3:PutObject'))), 'plain', { Tagging })).rejects.toMatchObject(denied);
  const tagger = as(
    policy(allow('s3:PutObject'), {
      ...allow('s3:PutObjectTagging'),
      Condition: { StringEquals: { 's3:RequestObjectTag/code': ['UID_CONFLICT'] } },
    }),
  );
  await expect(put(tagger, 'plain', { Tagging })).resolves.toBeDefined();
  await expect(put(tagger, 'plain', { Tagging: 'code=OTHER' })).rejects.toMatchObject(denied);
  const byTag = as(
    policy({
      ...allow('s3:GetObject'),
      Condition: { StringEquals: { 's3:ExistingObjectTag/code': 'UID_CONFLICT' } },
    }),
  );
  await expect(get(byTag, 'plain', 'new')).resolves.toBeDefined();
  await expect(get(byTag, 'plain', 'there')).rejects.toMatchObject(denied);
});

describe("the caller's permission on the bucket's key", () => {
  it('is kms:GenerateDataKey for a write and kms:Decrypt for a read', async () => {
    const storage = allow('s3:*');
    await expect(put(as(policy(storage)), 'encrypted')).rejects.toMatchObject(denied);
    await expect(get(as(policy(storage)), 'encrypted')).rejects.toMatchObject(denied);
    const writer = as(policy(storage, allow('kms:GenerateDataKey', keyArn)));
    await expect(put(writer, 'encrypted')).resolves.toMatchObject({
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: keyArn,
      BucketKeyEnabled: true,
    });
    await expect(get(writer, 'encrypted')).rejects.toMatchObject(denied);
    await expect(get(as(policy(storage, allow('kms:Decrypt', keyArn))), 'encrypted')).resolves.toBeDefined();
  });

  it('may be bound to the way through S3', async () => {
    const through = (service: string) =>
      as(
        policy(allow('s3:*'), {
          ...allow('kms:Decrypt', keyArn),
          Condition: {
            StringEquals: {
              'kms:ViaService': service,
              'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::encrypted',
            },
          },
        }),
      );
    await expect(get(through('s3.eu-west-2.amazonaws.com'), 'encrypted')).resolves.toBeDefined();
    await expect(get(through('dynamodb.eu-west-2.amazonaws.com'), 'encrypted')).rejects.toMatchObject(denied);
  });

  it('ends when the key is disabled', async () => {
    const reader = as(policy(allow(['s3:*', 'kms:*'])));
    platform.kms.keys.setEnabled(keyArn, false);
    await expect(get(reader, 'encrypted')).rejects.toMatchObject({ name: 'KMS.DisabledException' });
    platform.kms.keys.setEnabled(keyArn, true);
    await expect(get(reader, 'encrypted')).resolves.toBeDefined();
  });

  it('another key may be named, and a bucket policy may forbid it', async () => {
    const writer = as(policy(allow(['s3:*', 'kms:*'])));
    const named = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: otherKeyArn } as const;
    await expect(put(writer, 'encrypted', named)).resolves.toMatchObject({ SSEKMSKeyId: otherKeyArn });
    platform.s3.createBucket({ name: 'strict', kmsKeyArn: keyArn });
    platform.s3.putBucketPolicy(
      'strict',
      policy({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: 'arn:aws:s3:::strict/*',
        Condition: { StringNotEqualsIfExists: { 's3:x-amz-server-side-encryption-aws-kms-key-id': keyArn } },
      }),
    );
    await expect(put(writer, 'strict', named)).rejects.toMatchObject(denied);
  });

  it('the ETag of an encrypted object is no digest of its bytes', async () => {
    const writer = as(policy(allow(['s3:*', 'kms:*'])));
    const first = await put(writer, 'encrypted');
    const second = await put(writer, 'encrypted');
    expect(first.ETag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(second.ETag).not.toBe(first.ETag);
  });
});

describe('bucket policies', () => {
  it('allow a role of the account by themselves', async () => {
    platform.s3.createBucket({
      name: 'granted',
      policy: policy({
        ...allow('s3:PutObject', 'arn:aws:s3:::granted/*'),
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/granted-role` },
      }),
    });
    const role = platform.s3Client(platform.as('granted-role', policy()));
    await expect(put(role, 'granted')).resolves.toBeDefined();
    await expect(put(as(policy()), 'granted')).rejects.toMatchObject(denied);
  });

  it('deny whatever the identity policies allow', async () => {
    platform.s3.createBucket({ name: 'secure' });
    platform.s3.putBucketPolicy(
      'secure',
      policy(
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: ['arn:aws:s3:::secure', 'arn:aws:s3:::secure/*'],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 's3:PutObject',
          Resource: 'arn:aws:s3:::secure/*',
          Condition: { Null: { 's3:if-none-match': 'true' } },
        },
      ),
    );
    const writer = as(policy(allow('s3:*')));
    await expect(put(writer, 'secure')).rejects.toMatchObject(denied);
    await expect(put(writer, 'secure', { IfNoneMatch: '*' })).resolves.toBeDefined();
  });

  it('are read when they are put, not when they are used', () => {
    expect(() =>
      platform.s3.putBucketPolicy('plain', policy({ Effect: 'Deny', Principal: '*', Action: '*' })),
    ).toThrow(expect.objectContaining({ code: 'MalformedPolicyDocument' }));
  });
});

it('in process the same permissions are asked for', async () => {
  const reader = platform.caller('in-process', policy(allow('s3:GetObject', 'arn:aws:s3:::plain/*')));
  const { body, bytes } = await platform.s3.getObject(reader, 'plain', 'there');
  expect(bytes).toBe(1);
  body.destroy();
  await expect(platform.s3.putObject(reader, 'plain', 'k', Buffer.from('x'))).rejects.toMatchObject({
    code: 'AccessDenied',
  });
  await expect(platform.s3.listKeys(reader, 'plain', '')).rejects.toMatchObject({ code: 'AccessDenied' });
  await expect(platform.s3.getObject(reader, 'encrypted', 'there')).rejects.toMatchObject({
    code: 'AccessDenied',
  });
});
