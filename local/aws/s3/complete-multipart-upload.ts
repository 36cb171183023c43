import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { AwsError } from '../service';
import { objectArn } from './bucket';
import { startChecksum } from './checksum-algorithms';
import { checksumHeader } from './checksums';
import { writeEncryptionHeaders } from './encryption';
import { requireUpload } from './multipart';
import type { Part, Upload } from './multipart-store';
import { headerContext, writeVersionHeader } from './object-headers';
import type { ObjectChecksum, StoredObject } from './object-version';
import { ConditionalWrite, readWriteCondition } from './preconditions';
import { receiveBody } from './receive-body';
import { invalidRequest, malformedXml, storageError } from './s3-errors';
import { causeOf, type ObjectRequest, type S3Platform } from './s3-platform';
import { commitObject } from './store-object';
import { readXml, sendXml } from './xml-document';

/** Every part but the last has at least 5 MiB. */
const SMALLEST_PART = 5 * 1024 ** 2;

const completionDocument = z.object({
  Part: z
    .array(z.looseObject({ PartNumber: z.string().regex(/^\d+$/).transform(Number), ETag: z.string() }))
    .min(1),
});

type ListedPart = z.infer<typeof completionDocument>['Part'][number];

export async function completeMultipartUpload(platform: S3Platform, target: ObjectRequest): Promise<void> {
  const { request, response, bucket, key } = target;
  request.caller.authorise('s3:PutObject', objectArn(bucket, key), headerContext(request.headers));
  const parsed = completionDocument.safeParse(await readXml(request.body, 'CompleteMultipartUpload'));
  const uploadId = request.query.get('uploadId') ?? '';
  // Who got no answer asks again, perhaps while the first request is at work.
  const completion =
    bucket.uploads.completionOf(uploadId, key) ?? beginCompletion(platform, target, parsed.data?.Part);
  const object = await completion;
  writeVersionHeader(response, object.versionId);
  writeEncryptionHeaders(response, bucket, object.kmsKeyArn);
  sendXml(response, 'CompleteMultipartUploadResult', {
    Location: `/${bucket.definition.name}/${key}`,
    Bucket: bucket.definition.name,
    Key: key,
    ETag: `"${object.etag}"`,
    ...(object.checksum && {
      [`Checksum${object.checksum.algorithm}`]: object.checksum.value,
      ChecksumType: object.checksum.type,
    }),
  });
}

function beginCompletion(
  platform: S3Platform,
  target: ObjectRequest,
  listed: readonly ListedPart[] | undefined,
): Promise<StoredObject> {
  const { request, bucket, key } = target;
  const upload = requireUpload(target);
  platform.encryption.authoriseWrite(request.caller, bucket, key, upload.attributes.kmsKeyArn, true);
  if (listed === undefined) throw malformedXml();
  const parts = chooseParts(upload, listed);
  const condition = new ConditionalWrite(bucket.store, key, readWriteCondition(request.headers));
  return bucket.uploads.complete(upload, assemble(platform, target, upload, parts, condition));
}

/** The stored parts that the client lists. Throws `InvalidPartOrder`, `InvalidPart` or `EntityTooSmall`. */
function chooseParts(upload: Upload, listed: readonly ListedPart[]): Part[] {
  checkOrder(listed);
  return listed.map((entry, index) => {
    const part = upload.parts.get(entry.PartNumber);
    const given = upload.checksum && entry[`Checksum${upload.checksum.algorithm}`];
    if (
      part === undefined ||
      part.etag !== entry.ETag.replace(/^"|"$/g, '') ||
      (given !== undefined && given !== part.checksum)
    )
      throw new AwsError(
        'InvalidPart',
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        400,
        { UploadId: upload.uploadId, PartNumber: String(entry.PartNumber), ETag: entry.ETag },
      );
    if (upload.checksum?.type === 'COMPOSITE' && given === undefined)
      throw invalidRequest(
        `The upload was created using a ${upload.checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${entry.PartNumber} in the request.`,
      );
    if (index < listed.length - 1 && part.bytes < SMALLEST_PART)
      throw new AwsError(
        'EntityTooSmall',
        'Your proposed upload is smaller than the minimum allowed size',
        400,
        { ProposedSize: String(part.bytes), MinSizeAllowed: String(SMALLEST_PART) },
      );
    return part;
  });
}

function checkOrder(listed: readonly ListedPart[]): void {
  if (listed.every((entry, index) => entry.PartNumber > (listed[index - 1]?.PartNumber ?? 0))) return;
  throw new AwsError(
    'InvalidPartOrder',
    'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
    400,
  );
}

async function assemble(
  platform: S3Platform,
  { request, bucket, key }: ObjectRequest,
  upload: Upload,
  parts: readonly Part[],
  condition: ConditionalWrite,
): Promise<StoredObject> {
  const total = parts.reduce((sum, part) => sum + part.bytes, 0);
  const announced = request.headers['x-amz-mp-object-size'];
  if (announced !== undefined && announced !== String(total))
    throw invalidRequest('The x-amz-mp-object-size does not match the sum of the sizes of the parts');
  const content = bucket.store.newContent();
  const whole =
    upload.checksum?.type === 'FULL_OBJECT' ? startChecksum(upload.checksum.algorithm) : undefined;
  const bytes = await receiveBody(joined(parts), content.path, (chunk) => whole?.update(chunk), total);
  try {
    const checksum = objectChecksum(upload, parts, whole?.digest());
    checkAnnounced(request.headers, checksum);
    return commitObject(
      platform,
      {
        bucket,
        key,
        attributes: upload.attributes,
        condition,
        cause: causeOf(request, 'CompleteMultipartUpload'),
      },
      content,
      { bytes, etag: combinedEtag(parts), checksum, parts: parts.map((part) => part.bytes) },
    );
  } catch (error) {
    await rm(content.path, { force: true });
    throw storageError(error);
  }
}

async function* joined(parts: readonly Part[]): AsyncGenerator<Buffer> {
  for (const { path, start, bytes } of parts) {
    if (bytes === 0) continue;
    const end = start + bytes - 1;
    yield* createReadStream(path, { start, end, highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
  }
}

/** MD5 of the parts' ETags, with their number behind it. */
function combinedEtag(parts: readonly Part[]): string {
  const hash = createHash('md5');
  for (const part of parts) hash.update(Buffer.from(part.etag, 'hex'));
  return `${hash.digest('hex')}-${parts.length}`;
}

function objectChecksum(
  { checksum }: Upload,
  parts: readonly Part[],
  whole: string | undefined,
): ObjectChecksum | undefined {
  if (checksum === undefined) return undefined;
  if (whole !== undefined) return { algorithm: checksum.algorithm, value: whole, type: 'FULL_OBJECT' };
  const composite = startChecksum(checksum.algorithm);
  for (const part of parts) composite.update(Buffer.from(part.checksum ?? '', 'base64'));
  return {
    algorithm: checksum.algorithm,
    value: `${composite.digest()}-${parts.length}`,
    type: 'COMPOSITE',
  };
}

/** A checksum of the whole object that the client sends with the completion. Throws `BadDigest`. */
function checkAnnounced(headers: IncomingHttpHeaders, checksum: ObjectChecksum | undefined): void {
  if (checksum === undefined) return;
  const announced = headers[checksumHeader(checksum.algorithm)];
  const without = checksum.value.replace(/-\d+$/, '');
  if (announced !== undefined && announced !== checksum.value && announced !== without)
    throw new AwsError(
      'BadDigest',
      `The ${checksum.algorithm} you specified did not match the calculated checksum.`,
      400,
    );
}
