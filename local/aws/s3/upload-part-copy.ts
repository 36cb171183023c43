import { createReadStream, linkSync, rmSync } from 'node:fs';
import { objectArn } from './bucket';
import { type CopySource, findCopySource } from './copy-object';
import { writeEncryptionHeaders } from './encryption';
import { readCopyRange } from './get-object';
import { partCheck, readPartNumber, requireUpload } from './multipart';
import type { Upload } from './multipart-store';
import { opaqueEtag } from './object-version';
import { checkCopyConditions } from './preconditions';
import { receiveBody } from './receive-body';
import { invalidRequest, storageError } from './s3-errors';
import type { ObjectRequest, S3Platform } from './s3-platform';
import { LARGEST_PUT } from './store-object';
import { sendXml } from './xml-document';

/** S3 copies a range only of an object above 5 MiB. */
const LEAST_RANGED = 5 * 1024 ** 2;

interface CopiedRange {
  readonly start: number;
  readonly bytes: number;
}

export async function uploadPartCopy(platform: S3Platform, target: ObjectRequest): Promise<void> {
  const { request, response, bucket, key } = target;
  const { headers } = request;
  const copySource = String(headers['x-amz-copy-source']);
  request.caller.authorise('s3:PutObject', objectArn(bucket, key), { 's3:x-amz-copy-source': copySource });
  const upload = requireUpload(target);
  const number = readPartNumber(target);
  const source = findCopySource(platform, request.caller, copySource);
  checkCopyConditions(headers, source.object);
  const range = rangeOf(headers['x-amz-copy-source-range'], source.object.bytes);
  const modified = platform.clock.now().getTime();
  const { etag, checksum } = await copyRange(target, upload, source, { number, modified, ...range });
  writeEncryptionHeaders(response, bucket, upload.attributes.kmsKeyArn);
  sendXml(response, 'CopyPartResult', {
    LastModified: new Date(modified).toISOString(),
    ETag: `"${etag}"`,
    ...(checksum !== undefined && upload.checksum && { [`Checksum${upload.checksum.algorithm}`]: checksum }),
  });
}

function rangeOf(header: string | string[] | undefined, size: number): CopiedRange {
  const range = readCopyRange(header === undefined ? undefined : String(header), size);
  if (header !== undefined && size <= LEAST_RANGED)
    throw invalidRequest(`The specified copy range is invalid for the source object size: ${size}`);
  if (range.bytes > LARGEST_PUT) throw invalidRequest('The specified copy source range is larger than 5 GiB');
  return range;
}

/** Makes a range of a source a part. Its bytes stay where they are until the upload is completed. */
async function copyRange(
  { bucket }: ObjectRequest,
  upload: Upload,
  { bucket: from, object }: CopySource,
  { number, modified, start, bytes }: CopiedRange & { readonly number: number; readonly modified: number },
): Promise<{ etag: string; checksum: string | undefined }> {
  const check = partCheck(upload, {});
  const path = bucket.uploads.incomingPath(upload.uploadId);
  const linked = link(from.store.contentPath(object.content), path);
  try {
    if (!linked)
      await receiveBody(
        from.store.readContent(object, start, bytes),
        path,
        (chunk) => check.update(chunk),
        bytes,
      );
    else if (bytes > 0 && check.needsBytes)
      for await (const chunk of readRange(path, { start, bytes })) check.update(chunk);
  } catch (error) {
    rmSync(path, { force: true });
    throw storageError(error);
  }
  const { md5, checksum } = check.finish();
  const etag = md5 ?? opaqueEtag();
  const part = { number, etag, bytes, start: linked ? start : 0, checksum, modified };
  bucket.uploads.putPart(upload.uploadId, path, part, linked);
  return { etag, checksum };
}

function readRange(path: string, { start, bytes }: CopiedRange): AsyncIterable<Buffer> {
  return createReadStream(path, { start, end: start + bytes - 1, highWaterMark: 1 << 20 });
}

/** False where the file system has no hard links. */
function link(existing: string, path: string): boolean {
  try {
    linkSync(existing, path);
    return true;
  } catch {
    return false;
  }
}
