import { AwsError } from '../service';
import type { Bucket } from './bucket';
import type { IncomingContent } from './bucket-store';
import { ChecksumCheck, type ExpectedChecksums } from './checksums';
import {
  NULL_VERSION,
  newVersionId,
  nextSequencer,
  type ObjectAttributes,
  type ObjectChecksum,
  opaqueEtag,
  type StoredObject,
} from './object-version';
import type { ConditionalWrite } from './preconditions';
import { receiveBody } from './receive-body';
import { invalidArgument, storageError } from './s3-errors';
import type { ChangeCause } from './s3-events';
import type { S3Platform } from './s3-platform';

/** S3 takes at most 5 GiB in one PUT. */
export const LARGEST_PUT = 5 * 1024 ** 3;
const LONGEST_KEY_BYTES = 1024;

export interface NewObject {
  readonly bucket: Bucket;
  readonly key: string;
  readonly attributes: ObjectAttributes;
  readonly condition: ConditionalWrite;
  readonly body: AsyncIterable<Buffer>;
  readonly expectedBytes?: number;
  readonly expected: ExpectedChecksums;
  readonly trailers?: () => Readonly<Record<string, string>>;
  readonly bodySha256?: () => string | undefined;
  readonly cause: ChangeCause;
}

/** Throws `KeyTooLongError`, or `InvalidArgument` for a NUL in the key. */
export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > LONGEST_KEY_BYTES)
    throw new AwsError('KeyTooLongError', 'Your key is too long', 400, {
      MaxSizeAllowed: String(LONGEST_KEY_BYTES),
    });
  if (key.includes('\0')) throw invalidArgument('A key must not hold a NUL character');
}

/**
 * Receives a body and makes it the newest version of its key. Nothing is kept where the body, a checksum, or the
 * condition at the end is wrong.
 */
export async function storeObject(platform: S3Platform, incoming: NewObject): Promise<StoredObject> {
  const { bucket, expected, attributes } = incoming;
  const content = bucket.store.newContent();
  const opaque = attributes.kmsKeyArn !== undefined;
  const check = new ChecksumCheck(expected, !opaque, incoming.bodySha256);
  const bytes = await receiveBody(
    incoming.body,
    content.path,
    (chunk) => check.update(chunk),
    incoming.expectedBytes,
  );
  try {
    const { md5, checksum } = check.finish(incoming.trailers?.());
    return commitObject(platform, incoming, content, {
      bytes,
      etag: opaque ? opaqueEtag() : (md5 ?? opaqueEtag()),
      checksum:
        checksum === undefined || expected.checksum === undefined
          ? undefined
          : { algorithm: expected.checksum.algorithm, value: checksum, type: 'FULL_OBJECT' },
    });
  } catch (error) {
    bucket.store.discard(content);
    throw storageError(error);
  }
}

/** Makes a written file the newest version, if the write's condition still holds, and tells of it. */
export function commitObject(
  platform: S3Platform,
  { bucket, key, attributes, condition, cause }: Omit<NewObject, 'body' | 'expected'>,
  content: IncomingContent,
  measured: { bytes: number; etag: string; checksum?: ObjectChecksum; parts?: readonly number[] },
): StoredObject {
  const now = platform.clock.now().getTime();
  condition.checkAtCommit();
  const object: StoredObject = {
    kind: 'object',
    key,
    versionId: bucket.definition.versioned ? newVersionId() : NULL_VERSION,
    content: content.name,
    modified: now,
    sequencer: nextSequencer(now),
    ...attributes,
    ...measured,
  };
  bucket.store.commit(object);
  platform.drill?.objectWritten({
    bucket: bucket.definition.name,
    key,
    contentPath: bucket.store.contentPath(object.content),
  });
  platform.events.objectCreated(bucket, object, cause);
  return object;
}
