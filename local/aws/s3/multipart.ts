import { AwsError } from '../service';
import { objectArn } from './bucket';
import {
  ChecksumCheck,
  checksumHeader,
  type ExpectedChecksums,
  readAlgorithm,
  readExpectedChecksums,
} from './checksums';
import { findCopySource } from './copy-object';
import { writeEncryptionHeaders } from './encryption';
import { readCopyRange } from './get-object';
import type { Part, Upload } from './multipart-store';
import { bodyLength } from './object-headers';
import { opaqueEtag } from './object-version';
import { checkCopyConditions } from './preconditions';
import { authoriseNewObject } from './put-object';
import { receiveBody } from './receive-body';
import { invalidArgument, invalidRequest, noSuchUpload } from './s3-errors';
import type { BucketRequest, ObjectRequest, S3Platform } from './s3-platform';
import { LARGEST_PUT } from './store-object';
import { sendXml } from './xml-document';

export const MOST_PARTS = 10_000;

export async function createMultipartUpload(platform: S3Platform, target: ObjectRequest): Promise<void> {
  const { request, response, bucket, key } = target;
  const { headers } = request;
  const attributes = authoriseNewObject(platform, request.caller, bucket, key, headers, true);
  const named = headers['x-amz-checksum-algorithm'];
  const algorithm = typeof named === 'string' ? readAlgorithm(named) : undefined;
  const type = headers['x-amz-checksum-type'] ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  if (type !== 'FULL_OBJECT' && type !== 'COMPOSITE')
    throw invalidArgument('x-amz-checksum-type must be FULL_OBJECT or COMPOSITE', 'x-amz-checksum-type');
  if (type === 'FULL_OBJECT' ? algorithm?.startsWith('SHA') : algorithm === 'CRC64NVME')
    throw invalidRequest(
      `The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    );
  const upload = bucket.uploads.create({
    key,
    attributes,
    checksum: algorithm && { algorithm, type },
    startedAt: platform.clock.now().getTime(),
  });
  writeEncryptionHeaders(response, bucket, attributes.kmsKeyArn);
  if (upload.checksum !== undefined) {
    response.setHeader('x-amz-checksum-algorithm', upload.checksum.algorithm);
    response.setHeader('x-amz-checksum-type', upload.checksum.type);
  }
  sendXml(response, 'InitiateMultipartUploadResult', {
    Bucket: bucket.definition.name,
    Key: key,
    UploadId: upload.uploadId,
  });
}

/** The upload that a request names. Throws `NoSuchUpload`. */
export function requireUpload({ request, bucket, key }: ObjectRequest): Upload {
  const uploadId = request.query.get('uploadId') ?? '';
  const upload = bucket.uploads.find(uploadId, key);
  if (upload === undefined) throw noSuchUpload(uploadId);
  return upload;
}

export async function uploadPart(platform: S3Platform, target: ObjectRequest): Promise<void> {
  const { request, response, bucket, key } = target;
  request.caller.authorise('s3:PutObject', objectArn(bucket, key));
  const upload = requireUpload(target);
  const expectedBytes = bodyLength(request.headers);
  if (expectedBytes > LARGEST_PUT)
    throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400);
  const expected = readExpectedChecksums(request.headers);
  if (upload.checksum?.type === 'COMPOSITE' && expected.checksum === undefined)
    throw checksumTypeMismatch(upload.checksum.algorithm, 'null');
  const part = await receivePart(platform, target, upload, {
    body: request.body,
    expectedBytes,
    expected,
    trailers: request.trailers,
    bodySha256: request.bodySha256,
  });
  response.setHeader('ETag', `"${part.etag}"`);
  if (part.checksum !== undefined && upload.checksum !== undefined)
    response.setHeader(checksumHeader(upload.checksum.algorithm), part.checksum);
  writeEncryptionHeaders(response, bucket, upload.attributes.kmsKeyArn);
  response.setHeader('Content-Length', '0');
  response.end();
}

export async function uploadPartCopy(platform: S3Platform, target: ObjectRequest): Promise<void> {
  const { request, response, bucket, key } = target;
  request.caller.authorise('s3:PutObject', objectArn(bucket, key), {
    's3:x-amz-copy-source': String(request.headers['x-amz-copy-source']),
  });
  const upload = requireUpload(target);
  const source = findCopySource(platform, request.caller, String(request.headers['x-amz-copy-source']));
  checkCopyConditions(request.headers, source.object);
  const range = request.headers['x-amz-copy-source-range'];
  const { start, bytes } = readCopyRange(
    range === undefined ? undefined : String(range),
    source.object.bytes,
  );
  if (bytes > LARGEST_PUT) throw invalidRequest('The specified copy source range is larger than 5 GiB');
  const part = await receivePart(platform, target, upload, {
    body: source.bucket.store.readContent(source.object, start, bytes),
    expectedBytes: bytes,
    expected: {},
  });
  writeEncryptionHeaders(response, bucket, upload.attributes.kmsKeyArn);
  sendXml(response, 'CopyPartResult', {
    LastModified: new Date(part.modified).toISOString(),
    ETag: `"${part.etag}"`,
    ...(part.checksum !== undefined &&
      upload.checksum && { [`Checksum${upload.checksum.algorithm}`]: part.checksum }),
  });
}

function checksumTypeMismatch(expected: string, actual: string): AwsError {
  return invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${actual}`,
  );
}

interface IncomingPart {
  readonly body: AsyncIterable<Buffer>;
  readonly expectedBytes: number;
  readonly expected: ExpectedChecksums;
  readonly trailers?: () => Readonly<Record<string, string>>;
  readonly bodySha256?: () => string | undefined;
}

async function receivePart(
  platform: S3Platform,
  { request, bucket }: ObjectRequest,
  upload: Upload,
  incoming: IncomingPart,
): Promise<Omit<Part, 'path'>> {
  const number = Number(request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > MOST_PARTS)
    throw invalidArgument(
      `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`,
      'partNumber',
    );
  const given = incoming.expected.checksum;
  if (upload.checksum !== undefined && given !== undefined && given.algorithm !== upload.checksum.algorithm)
    throw checksumTypeMismatch(upload.checksum.algorithm, given.algorithm.toLowerCase());
  const expected: ExpectedChecksums =
    given === undefined && upload.checksum !== undefined
      ? { ...incoming.expected, checksum: { algorithm: upload.checksum.algorithm, inTrailer: false } }
      : incoming.expected;
  const opaque = upload.attributes.kmsKeyArn !== undefined;
  const check = new ChecksumCheck(expected, !opaque, incoming.bodySha256);
  const path = bucket.uploads.incomingPath(upload.uploadId);
  const bytes = await receiveBody(
    incoming.body,
    path,
    (chunk) => check.update(chunk),
    incoming.expectedBytes,
  );
  const { md5, checksum } = check.finish(incoming.trailers?.());
  const part = {
    number,
    etag: opaque ? opaqueEtag() : (md5 ?? opaqueEtag()),
    bytes,
    checksum: upload.checksum === undefined ? undefined : checksum,
    modified: platform.clock.now().getTime(),
  };
  bucket.uploads.putPart(upload.uploadId, path, part);
  return part;
}

export async function abortMultipartUpload(target: ObjectRequest): Promise<void> {
  const { request, response, bucket, key } = target;
  request.caller.authorise('s3:AbortMultipartUpload', objectArn(bucket, key));
  bucket.uploads.remove(requireUpload(target).uploadId);
  response.statusCode = 204;
  response.end();
}

export async function listParts(target: ObjectRequest): Promise<void> {
  const { request, response, bucket, key } = target;
  request.caller.authorise('s3:ListMultipartUploadParts', objectArn(bucket, key));
  const upload = requireUpload(target);
  const marker = Number(request.query.get('part-number-marker') ?? 0);
  const most = Math.min(Number(request.query.get('max-parts') ?? 1000), 1000);
  if (!Number.isInteger(marker) || !Number.isInteger(most) || most < 0)
    throw invalidArgument('Provided part-number-marker or max-parts not an integer');
  const parts = [...upload.parts.values()]
    .filter((part) => part.number > marker)
    .sort((a, b) => a.number - b.number);
  const shown = parts.slice(0, most);
  const truncated = shown.length < parts.length;
  sendXml(response, 'ListPartsResult', {
    Bucket: bucket.definition.name,
    Key: key,
    UploadId: upload.uploadId,
    StorageClass: 'STANDARD',
    PartNumberMarker: marker,
    NextPartNumberMarker: truncated ? shown.at(-1)?.number : undefined,
    MaxParts: most,
    IsTruncated: truncated,
    ChecksumAlgorithm: upload.checksum?.algorithm,
    ChecksumType: upload.checksum?.type,
    Part: shown.map((part) => ({
      PartNumber: part.number,
      LastModified: new Date(part.modified).toISOString(),
      ETag: `"${part.etag}"`,
      Size: part.bytes,
      ...(part.checksum !== undefined &&
        upload.checksum && { [`Checksum${upload.checksum.algorithm}`]: part.checksum }),
    })),
  });
}

export async function listMultipartUploads(target: BucketRequest): Promise<void> {
  const { request, response, bucket } = target;
  request.caller.authorise('s3:ListBucketMultipartUploads', bucket.arn);
  const prefix = request.query.get('prefix') ?? '';
  const uploads = [...bucket.uploads.all()].filter((upload) => upload.key.startsWith(prefix));
  sendXml(response, 'ListMultipartUploadsResult', {
    Bucket: bucket.definition.name,
    Prefix: prefix,
    IsTruncated: false,
    Upload: uploads.map((upload) => ({
      Key: upload.key,
      UploadId: upload.uploadId,
      Initiated: new Date(upload.startedAt).toISOString(),
      StorageClass: 'STANDARD',
    })),
  });
}
