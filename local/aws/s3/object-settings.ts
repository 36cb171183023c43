import { z } from 'zod';
import { AwsError } from '../service';
import { type Bucket, objectArn } from './bucket';
import { writeVersionHeader } from './object-headers';
import { checkNewRetention, lockContext, readLegalHold, readRetention } from './object-lock';
import type { StoredObject } from './object-version';
import { invalidRequest, malformedXml, noSuchKey, noSuchVersion } from './s3-errors';
import type { ObjectRequest, S3Platform } from './s3-platform';
import { existingTagContext, readTagDocument, requestTagContext, type Tags } from './tags';
import { readXml, sendXml } from './xml-document';

/** Tags, retention and legal hold of a stored version. */

function find({ request, bucket, key }: ObjectRequest): StoredObject {
  const versionId = request.query.get('versionId') ?? undefined;
  const { index } = bucket.store;
  const found = versionId === undefined ? index.newest(key) : index.version(key, versionId);
  if (found?.kind === 'object') return found;
  if (found !== undefined)
    throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
  throw versionId === undefined ? noSuchKey(key) : noSuchVersion(key, versionId);
}

function authorise(
  { request, bucket, key }: ObjectRequest,
  operation: 'GetObjectTagging' | 'PutObjectTagging' | 'DeleteObjectTagging',
  tags: Tags = {},
): void {
  const versionId = request.query.get('versionId');
  const action = versionId === null ? operation : operation.replace('Tagging', 'VersionTagging');
  const { index } = bucket.store;
  const existing = versionId === null ? index.newest(key) : index.version(key, versionId);
  request.caller.authorise(`s3:${action}`, objectArn(bucket, key), {
    ...(existing?.kind === 'object' ? existingTagContext(existing.tags) : {}),
    ...requestTagContext(tags),
    ...(versionId === null ? {} : { 's3:VersionId': versionId }),
  });
}

export async function getObjectTagging(target: ObjectRequest): Promise<void> {
  authorise(target, 'GetObjectTagging');
  const object = find(target);
  writeVersionHeader(target.response, object.versionId);
  sendXml(target.response, 'Tagging', {
    TagSet: { Tag: Object.entries(object.tags).map(([Key, Value]) => ({ Key, Value })) },
  });
}

export async function putObjectTagging(target: ObjectRequest): Promise<void> {
  const tags = readTagDocument(await readXml(target.request.body, 'Tagging'));
  authorise(target, 'PutObjectTagging', tags);
  const object = find(target);
  target.bucket.store.put({ ...object, tags });
  writeVersionHeader(target.response, object.versionId);
  target.response.end();
}

export async function deleteObjectTagging(target: ObjectRequest): Promise<void> {
  authorise(target, 'DeleteObjectTagging');
  const object = find(target);
  target.bucket.store.put({ ...object, tags: {} });
  writeVersionHeader(target.response, object.versionId);
  target.response.statusCode = 204;
  target.response.end();
}

function requireLock(bucket: Bucket): void {
  if (bucket.definition.objectLock === undefined)
    throw invalidRequest('Bucket is missing Object Lock Configuration');
}

function noLockSetting(): AwsError {
  return new AwsError(
    'NoSuchObjectLockConfiguration',
    'The specified object does not have a ObjectLock configuration',
    404,
  );
}

export async function getObjectRetention(target: ObjectRequest): Promise<void> {
  target.request.caller.authorise('s3:GetObjectRetention', objectArn(target.bucket, target.key));
  requireLock(target.bucket);
  const { retention } = find(target);
  if (retention === undefined) throw noLockSetting();
  sendXml(target.response, 'Retention', {
    Mode: retention.mode,
    RetainUntilDate: new Date(retention.until).toISOString(),
  });
}

const retentionDocument = z.union([
  z.literal(''),
  z.object({ Mode: z.string(), RetainUntilDate: z.string() }),
]);

export async function putObjectRetention(platform: S3Platform, target: ObjectRequest): Promise<void> {
  const { request, bucket, key } = target;
  const parsed = retentionDocument.safeParse(await readXml(request.body, 'Retention'));
  if (!parsed.success) throw malformedXml();
  const now = platform.clock.now().getTime();
  const retention =
    parsed.data === '' ? undefined : readRetention(parsed.data.Mode, parsed.data.RetainUntilDate, now);
  request.caller.authorise('s3:PutObjectRetention', objectArn(bucket, key), lockContext({ retention }, now));
  requireLock(bucket);
  const object = find(target);
  const bypass = request.headers['x-amz-bypass-governance-retention'] === 'true';
  checkNewRetention(bucket, object, retention, request.caller, bypass, now);
  bucket.store.put({ ...object, retention });
  target.response.end();
}

export async function getObjectLegalHold(target: ObjectRequest): Promise<void> {
  target.request.caller.authorise('s3:GetObjectLegalHold', objectArn(target.bucket, target.key));
  requireLock(target.bucket);
  const { legalHold } = find(target);
  if (legalHold === undefined) throw noLockSetting();
  sendXml(target.response, 'LegalHold', { Status: legalHold ? 'ON' : 'OFF' });
}

export async function putObjectLegalHold(target: ObjectRequest): Promise<void> {
  const { request, bucket, key } = target;
  const parsed = z.object({ Status: z.string() }).safeParse(await readXml(request.body, 'LegalHold'));
  if (!parsed.success) throw malformedXml();
  const legalHold = readLegalHold(parsed.data.Status);
  request.caller.authorise('s3:PutObjectLegalHold', objectArn(bucket, key), lockContext({ legalHold }, 0));
  requireLock(bucket);
  bucket.store.put({ ...find(target), legalHold });
  target.response.end();
}
