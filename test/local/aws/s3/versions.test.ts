import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectRetentionCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { BucketDefinition } from '../../../../local/aws/s3/bucket';
import { allow, policy, TestPlatform } from '../test-platform';

let platform: TestPlatform;
let client: S3Client;
let number = 0;

beforeAll(async () => {
  platform = await TestPlatform.start();
  client = platform.s3Client(platform.as('storage', policy(allow('s3:*'))));
});
afterAll(() => platform.stop());
beforeEach(() => {
  platform.ahead = 0;
  platform.events.length = 0;
});

const DAY = 86_400_000;

function bucket(definition: Partial<BucketDefinition> = {}): string {
  const name = `versions-${++number}`;
  platform.s3.createBucket({ name, versioned: true, ...definition });
  return name;
}
const put = async (Bucket: string, Key: string, Body: string) =>
  (await client.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;
const read = async (Bucket: string, Key: string, VersionId?: string) =>
  (await client.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body?.transformToString();
const remove = (Bucket: string, Key: string, VersionId?: string) =>
  client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
const versions = (Bucket: string) => client.send(new ListObjectVersionsCommand({ Bucket }));

describe('versions', () => {
  it('are all readable, the newest without saying so', async () => {
    const Bucket = bucket();
    const first = await put(Bucket, 'k', 'one');
    const second = await put(Bucket, 'k', 'two');
    expect(await read(Bucket, 'k')).toBe('two');
    expect(await read(Bucket, 'k', first)).toBe('one');
    expect((await versions(Bucket)).Versions).toMatchObject([
      { Key: 'k', VersionId: second, IsLatest: true },
      { Key: 'k', VersionId: first, IsLatest: false },
    ]);
  });

  it('a delete puts a marker, and removing the marker brings the object back', async () => {
    const Bucket = bucket();
    await put(Bucket, 'k', 'one');
    const marker = await remove(Bucket, 'k');
    expect(marker).toMatchObject({ DeleteMarker: true, VersionId: expect.any(String) });
    await expect(read(Bucket, 'k')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(read(Bucket, 'k', marker.VersionId)).rejects.toMatchObject({ name: 'MethodNotAllowed' });
    expect((await client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    expect((await versions(Bucket)).DeleteMarkers).toMatchObject([{ Key: 'k', IsLatest: true }]);
    await remove(Bucket, 'k', marker.VersionId);
    expect(await read(Bucket, 'k')).toBe('one');
  });

  it('removing the newest version brings back the one before', async () => {
    const Bucket = bucket();
    await put(Bucket, 'k', 'one');
    const second = await put(Bucket, 'k', 'two');
    await remove(Bucket, 'k', second);
    expect(await read(Bucket, 'k')).toBe('one');
  });

  it('are listed page by page without loss or repetition', async () => {
    const Bucket = bucket();
    for (let index = 0; index < 4; index++)
      for (const key of ['a', 'b', 'c']) await put(Bucket, key, `${index}`);
    const seen: string[] = [];
    let KeyMarker: string | undefined;
    let VersionIdMarker: string | undefined;
    do {
      const page = await client.send(
        new ListObjectVersionsCommand({ Bucket, MaxKeys: 5, KeyMarker, VersionIdMarker }),
      );
      for (const { Key, VersionId } of page.Versions ?? []) seen.push(`${Key}/${VersionId}`);
      ({ NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page);
    } while (KeyMarker !== undefined);
    expect(seen).toHaveLength(12);
    expect(new Set(seen).size).toBe(12);
  });

  it('a version that is not there is named', async () => {
    const Bucket = bucket();
    await put(Bucket, 'k', 'one');
    await expect(read(Bucket, 'k', 'x'.repeat(32))).rejects.toMatchObject({ name: 'NoSuchVersion' });
  });

  it('survive a redeployment, which cannot switch them off', async () => {
    const Bucket = bucket({ tags: { a: '1' } });
    const first = await put(Bucket, 'k', 'one');
    platform.s3.createBucket({ name: Bucket, versioned: true, tags: { a: '2' } });
    expect(await read(Bucket, 'k', first)).toBe('one');
    expect(() => platform.s3.createBucket({ name: Bucket })).toThrow(
      expect.objectContaining({ code: 'InvalidBucketState' }),
    );
  });
});

describe('Object Lock', () => {
  const locked = () => bucket({ objectLock: { defaultRetention: { mode: 'COMPLIANCE', days: 1 } } });

  it('lets nobody remove a version before its time, and everybody put a marker', async () => {
    const Bucket = locked();
    const version = await put(Bucket, 'event', 'e');
    await expect(remove(Bucket, 'event', version)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(
      client.send(
        new DeleteObjectCommand({
          Bucket,
          Key: 'event',
          VersionId: version,
          BypassGovernanceRetention: true,
        }),
      ),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
    const many = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'event', VersionId: version }] } }),
    );
    expect(many.Errors).toMatchObject([{ Key: 'event', Code: 'AccessDenied' }]);
    await remove(Bucket, 'event');
    expect(await read(Bucket, 'event', version)).toBe('e');
    platform.ahead = DAY + 1000;
    const later = platform.s3Client(platform.as('storage', policy(allow('s3:*'))), {
      systemClockOffset: platform.ahead,
    });
    await later.send(new DeleteObjectCommand({ Bucket, Key: 'event', VersionId: version }));
    platform.ahead = 0;
    await expect(read(Bucket, 'event', version)).rejects.toMatchObject({ name: 'NoSuchVersion' });
  });

  it('can be made longer and not shorter', async () => {
    const Bucket = locked();
    const VersionId = await put(Bucket, 'event', 'e');
    const retain = (days: number, Mode: 'COMPLIANCE' | 'GOVERNANCE' = 'COMPLIANCE') =>
      client.send(
        new PutObjectRetentionCommand({
          Bucket,
          Key: 'event',
          VersionId,
          Retention: { Mode, RetainUntilDate: new Date(Date.now() + days * DAY) },
        }),
      );
    await expect(retain(0.5)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(retain(3, 'GOVERNANCE')).rejects.toMatchObject({ name: 'AccessDenied' });
    await retain(3);
    const { Retention } = await client.send(new GetObjectRetentionCommand({ Bucket, Key: 'event' }));
    expect(Retention?.RetainUntilDate?.getTime()).toBeGreaterThan(Date.now() + 2.9 * DAY);
  });

  it('in GOVERNANCE mode gives way to who may bypass it and says so', async () => {
    const Bucket = bucket({ objectLock: { defaultRetention: { mode: 'GOVERNANCE', days: 1 } } });
    const VersionId = await put(Bucket, 'event', 'e');
    await expect(remove(Bucket, 'event', VersionId)).rejects.toMatchObject({ name: 'AccessDenied' });
    const bypass = new DeleteObjectCommand({
      Bucket,
      Key: 'event',
      VersionId,
      BypassGovernanceRetention: true,
    });
    const without = platform.s3Client(platform.as('plain', policy(allow('s3:DeleteObjectVersion'))));
    await expect(without.send(bypass)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(client.send(bypass)).resolves.toBeDefined();
  });

  it('a legal hold keeps a version until it is lifted', async () => {
    const Bucket = bucket({ objectLock: {} });
    const VersionId = await put(Bucket, 'event', 'e');
    const hold = (Status: 'ON' | 'OFF') =>
      client.send(new PutObjectLegalHoldCommand({ Bucket, Key: 'event', LegalHold: { Status } }));
    await hold('ON');
    await expect(remove(Bucket, 'event', VersionId)).rejects.toMatchObject({ name: 'AccessDenied' });
    await hold('OFF');
    await expect(remove(Bucket, 'event', VersionId)).resolves.toBeDefined();
  });

  it('demands versions', () => {
    expect(() => platform.s3.createBucket({ name: 'unversioned', objectLock: {} })).toThrow(
      /demands versioning/,
    );
  });
});

describe('lifecycle', () => {
  const apply = (Bucket: string, days: number) =>
    platform.s3.applyLifecycle(new Date(Date.now() + days * DAY)).get(Bucket);

  it('expires objects under its prefix', async () => {
    const Bucket = bucket({
      versioned: false,
      lifecycle: [{ id: 'raw', enabled: true, prefix: 'raw/', expirationDays: 30 }],
    });
    await put(Bucket, 'raw/a', 'x');
    await put(Bucket, 'kept/a', 'x');
    expect(apply(Bucket, 29)).toMatchObject({ expired: 0 });
    expect(apply(Bucket, 32)).toMatchObject({ expired: 1 });
    expect((await client.send(new ListObjectsV2Command({ Bucket }))).Contents).toMatchObject([
      { Key: 'kept/a' },
    ]);
  });

  it('in a versioned bucket puts a marker, then removes what is noncurrent, then the marker', async () => {
    const Bucket = bucket({
      lifecycle: [
        { id: 'all', enabled: true, expirationDays: 10, noncurrentDays: 5, expiredObjectDeleteMarker: true },
      ],
    });
    await put(Bucket, 'k', 'one');
    await put(Bucket, 'k', 'two');
    expect(apply(Bucket, 7)).toMatchObject({ expired: 0, removedVersions: 1 });
    expect(apply(Bucket, 12)).toMatchObject({ expired: 1 });
    expect(apply(Bucket, 20)).toMatchObject({ removedVersions: 1, removedDeleteMarkers: 1 });
    expect(await versions(Bucket)).not.toHaveProperty('Versions');
  });

  it('leaves a locked version, and what a disabled rule names', async () => {
    const Bucket = bucket({
      objectLock: { defaultRetention: { mode: 'COMPLIANCE', days: 100 } },
      lifecycle: [
        { id: 'noncurrent', enabled: true, noncurrentDays: 1 },
        { id: 'off', enabled: false, expirationDays: 1 },
      ],
    });
    const first = await put(Bucket, 'k', 'one');
    await put(Bucket, 'k', 'two');
    expect(apply(Bucket, 50)).toMatchObject({ expired: 0, removedVersions: 0 });
    expect(await read(Bucket, 'k', first)).toBe('one');
  });
});

describe('events', () => {
  it('tell of what was made and deleted, with the version, where the bucket has them on', async () => {
    const Bucket = bucket({ eventBridge: true });
    const version = await put(Bucket, 'responses/s-1.txt', 'x');
    await remove(Bucket, 'responses/s-1.txt');
    await remove(Bucket, 'responses/s-1.txt', version);
    expect(platform.events).toMatchObject([
      {
        source: 'aws.s3',
        detailType: 'Object Created',
        resources: [`arn:aws:s3:::${Bucket}`],
        detail: {
          bucket: { name: Bucket },
          object: { key: 'responses/s-1.txt', size: 1, 'version-id': version, sequencer: expect.any(String) },
          reason: 'PutObject',
        },
      },
      { detailType: 'Object Deleted', detail: { 'deletion-type': 'Delete Marker Created' } },
      {
        detailType: 'Object Deleted',
        detail: { 'deletion-type': 'Permanently Deleted', object: { 'version-id': version } },
      },
    ]);
    const sequencers = platform.events.map(
      ({ detail }) => (detail.object as { sequencer: string }).sequencer,
    );
    expect(sequencers).toEqual(sequencers.toSorted());
  });

  it('of the last objects are sent again on request, since a killed process may have kept them to itself', async () => {
    const Bucket = bucket({ eventBridge: true });
    await put(Bucket, 'responses/s-1.txt', 'x');
    await put(bucket(), 'k', 'x');
    platform.events.length = 0;
    platform.s3.announceLastObjects();
    expect(platform.events).toMatchObject([
      { detailType: 'Object Created', detail: { object: { key: 'responses/s-1.txt', size: 1 } } },
    ]);
  });

  it('are silent elsewhere', async () => {
    await put(bucket(), 'k', 'x');
    expect(platform.events).toEqual([]);
  });
});
