import { z } from 'zod';
import { AwsError, type Caller } from '../service';
import { readWhole } from '../signature/payload';
import { type Bucket, objectArn } from './bucket';
import { ChecksumCheck, readExpectedChecksums } from './checksums';
import { checkRemoval } from './object-lock';
import { type DeleteMarker, NULL_VERSION, newVersionId, nextSequencer } from './object-version';
import { ConditionalWrite, readWriteCondition } from './preconditions';
import { invalidRequest, malformedXml } from './s3-errors';
import type { ChangeCause } from './s3-events';
import { type BucketRequest, causeOf, type ObjectRequest, type S3Platform } from './s3-platform';
import { existingTagContext } from './tags';
import { parseXml, sendXml } from './xml-document';

/** Keys in one DeleteObjects. */
const MOST_KEYS = 1000;
const LARGEST_DOCUMENT = 4 << 20;

export interface Deletion {
  readonly deleteMarker: boolean;
  /** Of the version removed or the marker made; absent without versioning. */
  readonly versionId?: string;
}

export async function deleteObject(platform: S3Platform, target: ObjectRequest): Promise<void> {
  const { request, response, bucket, key } = target;
  const condition = readWriteCondition(request.headers);
  if (condition !== undefined) new ConditionalWrite(bucket.store, key, condition);
  const { deleteMarker, versionId } = removeObject(platform, request.caller, bucket, {
    key,
    versionId: request.query.get('versionId') ?? undefined,
    bypass: request.headers['x-amz-bypass-governance-retention'] === 'true',
    cause: causeOf(request, 'DeleteObject'),
  });
  if (deleteMarker) response.setHeader('x-amz-delete-marker', 'true');
  if (versionId !== undefined) response.setHeader('x-amz-version-id', versionId);
  response.statusCode = 204;
  response.end();
}

interface Removal {
  readonly key: string;
  readonly versionId?: string;
  readonly bypass: boolean;
  readonly cause: ChangeCause;
}

/** Removes a version for ever, or, in a versioned bucket and without a version id, puts a delete marker. */
function removeObject(platform: S3Platform, caller: Caller, bucket: Bucket, removal: Removal): Deletion {
  const { key, versionId } = removal;
  const arn = objectArn(bucket, key);
  if (versionId !== undefined) {
    caller.authorise('s3:DeleteObjectVersion', arn, { 's3:VersionId': versionId });
    return removeVersion(platform, caller, bucket, { ...removal, versionId });
  }
  const current = bucket.store.index.current(key);
  caller.authorise('s3:DeleteObject', arn, current ? existingTagContext(current.tags) : {});
  if (bucket.definition.versioned) {
    const now = platform.clock.now().getTime();
    const marker = putDeleteMarker(platform, bucket, key, now, removal.cause);
    return { deleteMarker: true, versionId: marker.versionId };
  }
  removeVersion(platform, caller, bucket, { ...removal, versionId: NULL_VERSION });
  return { deleteMarker: false };
}

function removeVersion(
  platform: S3Platform,
  caller: Caller,
  bucket: Bucket,
  { key, versionId, bypass, cause }: Removal & { readonly versionId: string },
): Deletion {
  const version = bucket.store.index.version(key, versionId);
  if (version === undefined) return { deleteMarker: false, versionId };
  if (version.kind === 'object')
    checkRemoval(bucket, version, caller, bypass, platform.clock.now().getTime());
  bucket.store.remove(key, versionId);
  const sequencer = nextSequencer(platform.clock.now().getTime());
  platform.events.objectDeleted(bucket, { ...version, sequencer }, false, cause);
  return { deleteMarker: version.kind === 'delete-marker', versionId };
}

/** Also how lifecycle expires the current version of a versioned bucket. */
export function putDeleteMarker(
  platform: S3Platform,
  bucket: Bucket,
  key: string,
  now: number,
  cause: ChangeCause,
): DeleteMarker {
  const marker: DeleteMarker = {
    kind: 'delete-marker',
    key,
    versionId: newVersionId(),
    modified: now,
    sequencer: nextSequencer(now),
  };
  bucket.store.put(marker);
  platform.events.objectDeleted(bucket, marker, true, cause);
  return marker;
}

const deleteDocument = z.object({
  Object: z.array(z.object({ Key: z.string().min(1), VersionId: z.string().optional() })),
  Quiet: z.enum(['true', 'false']).optional(),
});

export async function deleteObjects(platform: S3Platform, target: BucketRequest): Promise<void> {
  const { request, response, bucket } = target;
  const expected = readExpectedChecksums(request.headers);
  if (expected.contentMd5 === undefined && expected.checksum === undefined)
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  const text = await readWhole(request.body, LARGEST_DOCUMENT);
  const check = new ChecksumCheck(expected, false);
  check.update(text);
  check.finish(request.trailers?.());
  const parsed = deleteDocument.safeParse(parseXml(text.toString('utf8'), 'Delete'));
  if (!parsed.success || parsed.data.Object.length > MOST_KEYS) throw malformedXml();
  const bypass = request.headers['x-amz-bypass-governance-retention'] === 'true';
  const deleted: Record<string, string | undefined>[] = [];
  const errors: Record<string, string | undefined>[] = [];
  for (const { Key: key, VersionId: versionId } of parsed.data.Object) {
    try {
      const deletion = removeObject(platform, request.caller, bucket, {
        key,
        versionId,
        bypass,
        cause: causeOf(request, 'DeleteObject'),
      });
      deleted.push({
        Key: key,
        VersionId: versionId,
        DeleteMarker: deletion.deleteMarker ? 'true' : undefined,
        DeleteMarkerVersionId: deletion.deleteMarker ? deletion.versionId : undefined,
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      errors.push({ Key: key, VersionId: versionId, Code: error.code, Message: error.message });
    }
  }
  sendXml(response, 'DeleteResult', {
    Deleted: parsed.data.Quiet === 'true' ? [] : deleted,
    Error: errors,
  });
}
