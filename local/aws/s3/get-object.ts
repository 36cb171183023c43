import { pipeline } from 'node:stream/promises';
import { AwsError, type Caller } from '../service';
import { endWithBytes, READ_AT_ONCE } from './answer-buffers';
import { type Bucket, objectArn } from './bucket';
import { writeEncryptionHeaders } from './encryption';
import { writeObjectHeaders, writeResponseOverrides, writeVersionHeader } from './object-headers';
import type { StoredObject } from './object-version';
import { checkReadConditions } from './preconditions';
import { invalidArgument, invalidRequest, noSuchKey, noSuchVersion } from './s3-errors';
import type { ObjectRequest, S3Platform } from './s3-platform';
import { existingTagContext } from './tags';

/** GetObject and HeadObject. */
export async function getObject(platform: S3Platform, target: ObjectRequest): Promise<void> {
  const { request, response, bucket, key } = target;
  const versionId = request.query.get('versionId') ?? undefined;
  const object = findReadable(platform, request.caller, bucket, key, versionId);
  checkReadConditions(request.headers, object);
  const slice = readSlice(request.headers.range, request.query.get('partNumber'), object);
  writeObjectHeaders(
    response,
    object,
    slice.whole && String(request.headers['x-amz-checksum-mode']).toUpperCase() === 'ENABLED',
  );
  writeEncryptionHeaders(response, bucket, object.kmsKeyArn);
  writeVersionHeader(response, object.versionId);
  writeResponseOverrides(response, request.query);
  const { start, bytes } = slice;
  if (slice.parts !== undefined) response.setHeader('x-amz-mp-parts-count', String(slice.parts));
  if (!slice.whole) {
    response.statusCode = 206;
    response.setHeader('Content-Range', `bytes ${start}-${start + bytes - 1}/${object.bytes}`);
  }
  response.setHeader('Content-Length', String(bytes));
  if (request.method === 'HEAD' || bytes === 0) {
    response.end();
    return;
  }
  if (bytes <= READ_AT_ONCE) {
    endWithBytes(response, bucket.store.openContent(object), start, bytes);
    return;
  }
  try {
    await pipeline(bucket.store.readContent(object, start, bytes), response);
  } catch {
    // The reader went away in mid-body; there is nobody to answer.
    response.destroy();
  }
}

/**
 * The version that a caller may read. Who may not list the bucket is told AccessDenied where there is nothing, so that
 * nobody can probe for keys.
 */
export function findReadable(
  platform: S3Platform,
  caller: Caller,
  bucket: Bucket,
  key: string,
  versionId?: string,
): StoredObject {
  const arn = objectArn(bucket, key);
  const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  const { index } = bucket.store;
  const found = versionId === undefined ? index.newest(key) : index.version(key, versionId);
  caller.authorise(action, arn, {
    ...(found?.kind === 'object' ? existingTagContext(found.tags) : {}),
    ...(versionId === undefined ? {} : { 's3:VersionId': versionId }),
  });
  if (found?.kind === 'object') {
    platform.encryption.authoriseRead(caller, bucket, key, found.kmsKeyArn);
    return found;
  }
  caller.authorise('s3:ListBucket', bucket.arn);
  if (versionId === undefined) throw noSuchKey(key);
  if (found === undefined) throw noSuchVersion(key, versionId);
  throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
}

interface Slice {
  readonly start: number;
  readonly bytes: number;
  readonly whole: boolean;
  readonly parts?: number;
}

function readSlice(range: string | undefined, partNumber: string | null, object: StoredObject): Slice {
  if (partNumber !== null) {
    if (range !== undefined)
      throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
    return partSlice(partNumber, object);
  }
  const slice = range === undefined ? undefined : readRange(range, object.bytes);
  return slice === undefined ? { start: 0, bytes: object.bytes, whole: true } : { ...slice, whole: false };
}

function partSlice(partNumber: string, object: StoredObject): Slice {
  const number = Number(partNumber);
  const parts = object.parts ?? [object.bytes];
  const bytes = parts[number - 1];
  if (!Number.isInteger(number) || number < 1 || bytes === undefined)
    throw new AwsError('InvalidPartNumber', 'The requested partnumber is not satisfiable', 416);
  const start = parts.slice(0, number - 1).reduce((sum, size) => sum + size, 0);
  return { start, bytes, whole: object.parts === undefined, parts: object.parts?.length };
}

/** One range of bytes; what is no range, or more than one, is ignored as S3 does. Throws `InvalidRange`. */
function readRange(header: string, size: number): { start: number; bytes: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const suffix = match[1] === '';
  const start = suffix ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = suffix || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (!suffix && match[2] !== '' && Number(match[2]) < start) return undefined;
  if (start > end)
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, {
      ActualObjectSize: String(size),
      RangeRequested: header,
    });
  return { start, bytes: end - start + 1 };
}

/** The bytes `bytes=a-b` of a copy source. Throws `InvalidArgument` where they do not lie inside it. */
export function readCopyRange(header: string | undefined, size: number): { start: number; bytes: number } {
  if (header === undefined) return { start: 0, bytes: size };
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  const start = Number(match?.[1]);
  const end = Number(match?.[2]);
  if (match === null || start > end || end >= size)
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      'x-amz-copy-source-range',
    );
  return { start, bytes: end - start + 1 };
}
