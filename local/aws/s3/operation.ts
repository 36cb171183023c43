import type { IncomingHttpHeaders } from 'node:http';
import { decodePath } from '../signature/canonical-request';
import { invalidRequest, notImplemented } from './s3-errors';

/** What a path-style path names. */
export interface RequestTarget {
  readonly bucket?: string;
  readonly key?: string;
}

/** Splits `/<bucket>/<key>`; the key is everything behind the second slash, decoded. */
export function readTarget(rawPath: string): RequestTarget {
  const path = rawPath.slice(1);
  const slash = path.indexOf('/');
  const bucket = decodePath(slash < 0 ? path : path.slice(0, slash));
  const key = slash < 0 ? '' : decodePath(path.slice(slash + 1));
  return { bucket: bucket === '' ? undefined : bucket, key: key === '' ? undefined : key };
}

/** Operations by `method level[?sub-resource]`, named as in the S3 API reference. */
const OPERATIONS = {
  'GET service': 'ListBuckets',
  'HEAD bucket': 'HeadBucket',
  'GET bucket?list-type': 'ListObjectsV2',
  'GET bucket?versions': 'ListObjectVersions',
  'GET bucket?uploads': 'ListMultipartUploads',
  'GET bucket?location': 'GetBucketLocation',
  'GET bucket?versioning': 'GetBucketVersioning',
  'GET bucket?tagging': 'GetBucketTagging',
  'GET bucket?object-lock': 'GetObjectLockConfiguration',
  'POST bucket?delete': 'DeleteObjects',
  'GET object': 'GetObject',
  'HEAD object': 'HeadObject',
  'PUT object': 'PutObject',
  'DELETE object': 'DeleteObject',
  'GET object?tagging': 'GetObjectTagging',
  'PUT object?tagging': 'PutObjectTagging',
  'DELETE object?tagging': 'DeleteObjectTagging',
  'GET object?retention': 'GetObjectRetention',
  'PUT object?retention': 'PutObjectRetention',
  'GET object?legal-hold': 'GetObjectLegalHold',
  'PUT object?legal-hold': 'PutObjectLegalHold',
  'POST object?uploads': 'CreateMultipartUpload',
  'PUT object?uploadId': 'UploadPart',
  'POST object?uploadId': 'CompleteMultipartUpload',
  'DELETE object?uploadId': 'AbortMultipartUpload',
  'GET object?uploadId': 'ListParts',
  'PUT object copy': 'CopyObject',
  'PUT object?uploadId copy': 'UploadPartCopy',
} as const;

export type S3Operation = (typeof OPERATIONS)[keyof typeof OPERATIONS];

/** Query parameters that choose an operation. The first eight groups are known here, the rest are refused by name. */
const SUB_RESOURCES = [
  'uploadId',
  'uploads',
  'delete',
  'versions',
  'list-type',
  'location',
  'versioning',
  'tagging',
  'retention',
  'legal-hold',
  'object-lock',
  'accelerate',
  'acl',
  'analytics',
  'append',
  'attributes',
  'cors',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'lifecycle',
  'logging',
  'metadataTable',
  'metrics',
  'notification',
  'ownershipControls',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'renameObject',
  'replication',
  'requestPayment',
  'restore',
  'select',
  'session',
  'torrent',
  'website',
] as const;

/** The operation that a request asks for. Throws `NotImplemented` naming what is not known. */
export function readOperation(
  method: string,
  target: RequestTarget,
  query: URLSearchParams,
  headers: IncomingHttpHeaders,
): S3Operation {
  const level = target.key !== undefined ? 'object' : target.bucket !== undefined ? 'bucket' : 'service';
  const subResources = SUB_RESOURCES.filter((name) => query.has(name));
  if (subResources.length > 1)
    throw invalidRequest(`Conflicting query string parameters: ${subResources.join(', ')}`);
  const [subResource] = subResources;
  const copy = headers['x-amz-copy-source'] === undefined ? '' : ' copy';
  const name = `${method} ${level}${subResource === undefined ? '' : `?${subResource}`}${copy}`;
  const operation = (OPERATIONS as Readonly<Record<string, S3Operation>>)[name];
  if (operation === undefined) throw notImplemented(`The S3 operation "${name}"`);
  return operation;
}
