import { AwsError } from '../service';
import { objectArn } from './bucket';
import {
  ChecksumCheck,
  checksumHeader,
  type ExpectedChecksums,
  readAlgorithm,
  readExpectedChecksums,
} from './checksums';
import { writeEncryptionHeaders } from './encryption';
import type { Part, Upload } from './multipart-store';
import { bodyLength } from './object-headers';
import { opaqueEtag } from './object-version';
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

/** The number that a request gives to a part. Throws `InvalidArgument`. */
export function readPartNumber({ request }: ObjectRequest): number {
  const number = Number(request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > MOST_PARTS)
    throw invalidArgument(
      `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`,
      'partNumber',
    );
  return number;
}

/** What has to be computed of a part of an upload that keeps a checksum, whether its sender gave one or not. */
export function partCheck(
  upload: Upload,
  given: ExpectedChecksums,
  bodySha256?: () => string | undefined,
): ChecksumCheck {
  const expected: ExpectedChecksums =
    given.checksum === undefined && upload.checksum !== undefined
      ? { ...given, checksum: { algorithm: upload.checksum.algorithm, inTrailer: false } }
      : given;
  return new ChecksumCheck(expected, upload.attributes.kmsKeyArn === undefined, bodySha256);
}

async function receivePart(
  platform: S3Platform,
  target: ObjectRequest,
  upload: Upload,
  incoming: IncomingPart,
): Promise<Omit<Part, 'path'>> {
  const { bucket } = target;
  const number = readPartNumber(target);
  const given = incoming.expected.checksum;
  if (upload.checksum !== undefined && given !== undefined && given.algorithm !== upload.checksum.algorithm)
    throw checksumTypeMismatch(upload.checksum.algorithm, given.algorithm.toLowerCase());
  const check = partCheck(upload, incoming.expected, incoming.bodySha256);
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
    etag: md5 ?? opaqueEtag(),
    bytes,
    start: 0,
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
