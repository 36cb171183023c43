import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { AwsError, type ConditionContext } from '../service';
import { checksumHeader } from './checksums';
import { NULL_VERSION, type ObjectAttributes, type StoredObject } from './object-version';
import { invalidArgument, notImplemented } from './s3-errors';

/** HTTP headers that S3 keeps with an object and gives back. */
const KEPT_HEADERS = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
] as const;
const METADATA_PREFIX = 'x-amz-meta-';
/** User metadata of an object, names and values together. */
const MOST_METADATA_BYTES = 2048;
const DEFAULT_CONTENT_TYPE = 'binary/octet-stream';
/** Canned ACLs that a bucket with "bucket owner enforced" accepts and ignores. */
const HARMLESS_ACLS = new Set(['private', 'bucket-owner-full-control']);

/** Headers and metadata of a new object. Throws `MetadataTooLarge`. */
export function readObjectHeaders(
  headers: IncomingHttpHeaders,
): Pick<ObjectAttributes, 'headers' | 'metadata'> {
  const kept: Record<string, string> = { 'content-type': DEFAULT_CONTENT_TYPE };
  for (const name of KEPT_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string') kept[name] = name === 'content-encoding' ? withoutFraming(value) : value;
  }
  if (kept['content-encoding'] === '') delete kept['content-encoding'];
  const metadata: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(METADATA_PREFIX) || value === undefined) continue;
    const text = Array.isArray(value) ? value.join(',') : value;
    metadata[name.slice(METADATA_PREFIX.length)] = text;
    bytes += name.length - METADATA_PREFIX.length + Buffer.byteLength(text);
  }
  if (bytes > MOST_METADATA_BYTES)
    throw new AwsError(
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      400,
    );
  return { headers: kept, metadata };
}

/** `aws-chunked` is the way the body came, not a property of the object. */
function withoutFraming(encoding: string): string {
  return encoding
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== 'aws-chunked')
    .join(',');
}

/** Refuses, by name, what a writer may ask of S3 and does not get here. */
export function refuseUnknownWriteHeaders(headers: IncomingHttpHeaders): void {
  const acl = headers['x-amz-acl'];
  const grants = Object.keys(headers).some((name) => name.startsWith('x-amz-grant-'));
  if (grants || (acl !== undefined && !HARMLESS_ACLS.has(String(acl))))
    throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs', 400);
  const storageClass = headers['x-amz-storage-class'];
  if (storageClass !== undefined && storageClass !== 'STANDARD')
    throw notImplemented(`Storage class ${String(storageClass)}`);
  for (const name of ['x-amz-website-redirect-location', 'x-amz-write-offset-bytes']) {
    if (headers[name] !== undefined) throw notImplemented(`The header ${name}`);
  }
}

/** Headers that are condition keys of S3 under their own names. */
const CONDITION_HEADERS = [
  'x-amz-acl',
  'x-amz-copy-source',
  'x-amz-metadata-directive',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-storage-class',
  'if-match',
  'if-none-match',
];

export function headerContext(headers: IncomingHttpHeaders): ConditionContext {
  const context: Record<string, string> = {};
  for (const name of CONDITION_HEADERS) {
    const value = headers[name];
    if (value !== undefined) context[`s3:${name}`] = String(value);
  }
  return context;
}

/** Bytes that a request's body holds, framing removed. Throws `MissingContentLength`. */
export function bodyLength(headers: IncomingHttpHeaders): number {
  const text = headers['x-amz-decoded-content-length'] ?? headers['content-length'];
  if (typeof text !== 'string')
    throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', 411);
  const bytes = Number(text);
  if (!Number.isSafeInteger(bytes) || bytes < 0)
    throw invalidArgument('Content-Length is not a number of bytes');
  return bytes;
}

/** Headers of a version in a GET or HEAD answer, without length and range. */
export function writeObjectHeaders(
  response: ServerResponse,
  object: StoredObject,
  withChecksum: boolean,
): void {
  response.setHeader('ETag', `"${object.etag}"`);
  response.setHeader('Last-Modified', new Date(object.modified).toUTCString());
  response.setHeader('Accept-Ranges', 'bytes');
  for (const [name, value] of Object.entries(object.headers)) response.setHeader(name, value);
  for (const [name, value] of Object.entries(object.metadata))
    response.setHeader(METADATA_PREFIX + name, value);
  const tags = Object.keys(object.tags).length;
  if (tags > 0) response.setHeader('x-amz-tagging-count', String(tags));
  if (object.retention !== undefined) {
    response.setHeader('x-amz-object-lock-mode', object.retention.mode);
    response.setHeader('x-amz-object-lock-retain-until-date', new Date(object.retention.until).toISOString());
  }
  if (object.legalHold !== undefined)
    response.setHeader('x-amz-object-lock-legal-hold', object.legalHold ? 'ON' : 'OFF');
  if (withChecksum) writeChecksumHeaders(response, object);
}

export function writeChecksumHeaders(response: ServerResponse, object: StoredObject): void {
  if (object.checksum === undefined) return;
  response.setHeader(checksumHeader(object.checksum.algorithm), object.checksum.value);
  response.setHeader('x-amz-checksum-type', object.checksum.type);
}

export function writeVersionHeader(response: ServerResponse, versionId: string): void {
  if (versionId !== NULL_VERSION) response.setHeader('x-amz-version-id', versionId);
}

/** `response-content-type` and its like: the reader names headers of the answer. */
export function writeResponseOverrides(response: ServerResponse, query: URLSearchParams): void {
  for (const name of KEPT_HEADERS) {
    const value = query.get(`response-${name}`);
    if (value !== null) response.setHeader(name, value);
  }
}
