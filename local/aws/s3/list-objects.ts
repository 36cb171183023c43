import { z } from 'zod';
import type { Bucket } from './bucket';
import { NULL_VERSION, type ObjectVersion, type StoredObject } from './object-version';
import { invalidArgument } from './s3-errors';
import type { BucketRequest } from './s3-platform';
import { compareUtf8, firstNot } from './utf8-order';
import { sendXml } from './xml-document';

/** Entries in one page, common prefixes included. */
const MOST_ENTRIES = 1000;

interface ListingQuery {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  /** Writes a key as the answer's encoding wants it. */
  readonly encode: (text: string) => string;
  readonly encodingType?: string;
}

type Entry<T> =
  | { readonly kind: 'item'; readonly key: string; readonly item: T }
  | { readonly kind: 'prefix'; readonly prefix: string };

interface Page<T> {
  readonly entries: readonly Entry<T>[];
  readonly truncated: boolean;
}

function readListingQuery(query: URLSearchParams): ListingQuery {
  const encodingType = query.get('encoding-type') ?? undefined;
  if (encodingType !== undefined && encodingType !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type');
  const maxKeys = Number(query.get('max-keys') ?? MOST_ENTRIES);
  if (!Number.isInteger(maxKeys) || maxKeys < 0)
    throw invalidArgument('Argument maxKeys must be an integer between 0 and 2147483647', 'max-keys');
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: Math.min(maxKeys, MOST_ENTRIES),
    encodingType,
    encode:
      encodingType === 'url' ? (text) => encodeURIComponent(text).replaceAll('%2F', '/') : (text) => text,
  };
}

/** Walks keys in order from `after` (exclusive), folding what lies behind the delimiter into common prefixes. */
function page<T>(
  keys: readonly string[],
  query: ListingQuery,
  after: string,
  items: (key: string) => Iterable<T>,
): Page<T> {
  const { prefix, delimiter, maxKeys } = query;
  const entries: Entry<T>[] = [];
  const start = compareUtf8(after, prefix) < 0 ? prefix : after;
  let position = firstNot(keys, (key) => compareUtf8(key, start) < 0);
  while (position < keys.length) {
    const key = keys[position] as string;
    if (!key.startsWith(prefix)) break;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut >= 0) {
      const common = key.slice(0, cut + delimiter.length);
      const end = firstNot(keys, (other) => other.startsWith(common), position);
      const shown = compareUtf8(common, after) > 0 && hasItem(keys, position, end, items);
      if (shown) {
        if (entries.length >= maxKeys) return { entries, truncated: maxKeys > 0 };
        entries.push({ kind: 'prefix', prefix: common });
      }
      position = end;
      continue;
    }
    for (const item of items(key)) {
      if (entries.length >= maxKeys) return { entries, truncated: maxKeys > 0 };
      entries.push({ kind: 'item', key, item });
    }
    position += 1;
  }
  return { entries, truncated: false };
}

function hasItem<T>(
  keys: readonly string[],
  from: number,
  to: number,
  items: (key: string) => Iterable<T>,
): boolean {
  for (let position = from; position < to; position++) {
    for (const _ of items(keys[position] as string)) return true;
  }
  return false;
}

const continuationToken = z.object({ after: z.string() });

function readToken(token: string): string {
  try {
    return continuationToken.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))).after;
  } catch {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token');
  }
}

function lastOf<T>(entries: readonly Entry<T>[]): string {
  const last = entries.at(-1);
  return last === undefined ? '' : last.kind === 'item' ? last.key : last.prefix;
}

function listContext(query: ListingQuery): Record<string, string> {
  return {
    's3:prefix': query.prefix,
    's3:delimiter': query.delimiter,
    's3:max-keys': String(query.maxKeys),
  };
}

/** The key conditions see what the client sent: an absent parameter is an absent key. */
function authoriseList({ request, bucket }: BucketRequest, action: string, query: ListingQuery): void {
  const sent = Object.entries(listContext(query)).filter(([name]) =>
    request.query.has(name.slice('s3:'.length)),
  );
  request.caller.authorise(action, bucket.arn, Object.fromEntries(sent));
}

export async function listObjectsV2(target: BucketRequest): Promise<void> {
  const { request, response, bucket } = target;
  const query = readListingQuery(request.query);
  authoriseList(target, 's3:ListBucket', query);
  const token = request.query.get('continuation-token');
  const startAfter = request.query.get('start-after') ?? '';
  const after = token === null ? startAfter : readToken(token);
  const { index } = bucket.store;
  const { entries, truncated } = page<StoredObject>(index.keys(), query, after, (key) => {
    const current = key === after ? undefined : index.current(key);
    return current === undefined ? [] : [current];
  });
  const owner = request.query.get('fetch-owner') === 'true';
  sendXml(response, 'ListBucketResult', {
    Name: bucket.definition.name,
    Prefix: query.encode(query.prefix),
    Delimiter: query.delimiter === '' ? undefined : query.encode(query.delimiter),
    MaxKeys: query.maxKeys,
    EncodingType: query.encodingType,
    KeyCount: entries.length,
    IsTruncated: truncated,
    ContinuationToken: token ?? undefined,
    NextContinuationToken: truncated
      ? Buffer.from(JSON.stringify({ after: lastOf(entries) })).toString('base64url')
      : undefined,
    StartAfter: startAfter === '' ? undefined : query.encode(startAfter),
    Contents: entries.flatMap((entry) =>
      entry.kind === 'prefix'
        ? []
        : [{ ...describe(entry.item, query), Owner: owner ? ownerOf(request.caller.accountId) : undefined }],
    ),
    CommonPrefixes: commonPrefixes(entries, query),
  });
}

function describe(object: StoredObject, query: ListingQuery) {
  return {
    Key: query.encode(object.key),
    LastModified: new Date(object.modified).toISOString(),
    ETag: `"${object.etag}"`,
    ChecksumAlgorithm: object.checksum?.algorithm,
    ChecksumType: object.checksum?.type,
    Size: object.bytes,
    StorageClass: 'STANDARD',
  };
}

function ownerOf(accountId: string) {
  return { ID: accountId };
}

function commonPrefixes<T>(entries: readonly Entry<T>[], query: ListingQuery) {
  return entries.flatMap((entry) =>
    entry.kind === 'prefix' ? [{ Prefix: query.encode(entry.prefix) }] : [],
  );
}

export async function listObjectVersions(target: BucketRequest): Promise<void> {
  const { request, response, bucket } = target;
  const query = readListingQuery(request.query);
  authoriseList(target, 's3:ListBucketVersions', query);
  const keyMarker = request.query.get('key-marker') ?? '';
  const versionIdMarker = request.query.get('version-id-marker') ?? undefined;
  const { entries, truncated } = page<ObjectVersion>(bucket.store.index.keys(), query, keyMarker, (key) =>
    versionsAfter(bucket, key, keyMarker, versionIdMarker),
  );
  const last = entries.at(-1);
  sendXml(response, 'ListVersionsResult', {
    Name: bucket.definition.name,
    Prefix: query.encode(query.prefix),
    Delimiter: query.delimiter === '' ? undefined : query.encode(query.delimiter),
    KeyMarker: query.encode(keyMarker),
    VersionIdMarker: versionIdMarker,
    MaxKeys: query.maxKeys,
    EncodingType: query.encodingType,
    IsTruncated: truncated,
    NextKeyMarker: truncated ? query.encode(lastOf(entries)) : undefined,
    NextVersionIdMarker: truncated && last?.kind === 'item' ? last.item.versionId : undefined,
    Version: entries.flatMap((entry) =>
      entry.kind === 'item' && entry.item.kind === 'object'
        ? [
            {
              ...describe(entry.item, query),
              VersionId: entry.item.versionId,
              IsLatest: isLatest(bucket, entry.item),
            },
          ]
        : [],
    ),
    DeleteMarker: entries.flatMap((entry) =>
      entry.kind === 'item' && entry.item.kind === 'delete-marker'
        ? [
            {
              Key: query.encode(entry.key),
              VersionId: entry.item.versionId,
              IsLatest: isLatest(bucket, entry.item),
              LastModified: new Date(entry.item.modified).toISOString(),
              Owner: ownerOf(request.caller.accountId),
            },
          ]
        : [],
    ),
    CommonPrefixes: commonPrefixes(entries, query),
  });
}

function isLatest(bucket: Bucket, version: ObjectVersion): boolean {
  return bucket.store.index.newest(version.key)?.versionId === version.versionId;
}

/** Without a version marker the marker key itself has been listed whole. */
function versionsAfter(
  bucket: Bucket,
  key: string,
  keyMarker: string,
  versionIdMarker: string | undefined,
): readonly ObjectVersion[] {
  const versions = bucket.store.index.versionsOf(key);
  if (key !== keyMarker || keyMarker === '') return versions;
  if (versionIdMarker === undefined) return [];
  const at = versions.findIndex((version) => version.versionId === versionIdMarker);
  if (at < 0 && versionIdMarker !== NULL_VERSION)
    throw invalidArgument('Invalid version id specified', 'version-id-marker');
  return versions.slice(at + 1);
}
