import type { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type * as z from 'zod';
import { canonicalJson } from './canonical-json';
import { copyLargeObject } from './copy-large-object';
import { encodeCopySource } from './copy-source';
import { DirectS3 } from './direct-s3';

export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

export interface ObjectHead {
  readonly bytes: number;
  /** SHA-256 of the whole object as S3 holds it, hex; null where it was stored without one. */
  readonly sha256: string | null;
  /** When the object was written, by S3's clock, in whole seconds. */
  readonly modifiedAt: Date;
  /** Of an object that came in parts with a SHA-256 each: their number, and the SHA-256 of their digests, hex. */
  readonly composite: { readonly parts: number; readonly sha256: string } | null;
}

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
}

export interface PutOptions {
  readonly contentType: string;
  /** SHA-256 of the body, hex: S3 refuses other bytes. */
  readonly sha256?: string;
  /** Write only where no object stands under the key yet. */
  readonly onlyIfAbsent?: boolean;
}

/** The doorway to S3 through which the capabilities read and write whole objects. */
export interface ObjectStore {
  /** The text of an object, null where there is none. */
  readText(place: ObjectPlace): Promise<string | null>;
  /** An object as a stream, from `firstByte` to `lastByte` (inclusive) or its end; null where there is none. */
  readStream(place: ObjectPlace, lastByte?: number, firstByte?: number): Promise<Readable | null>;
  head(place: ObjectPlace): Promise<ObjectHead | null>;
  /** False where `onlyIfAbsent` was asked and an object stands there. */
  put(place: ObjectPlace, body: string | Buffer, options: PutOptions): Promise<boolean>;
  /** Puts a stream of any length, whole or not at all. Throws what the stream throws. */
  putStream(
    place: ObjectPlace,
    body: Readable,
    options: { readonly contentType: string; readonly tags: Readonly<Record<string, string>> },
  ): Promise<void>;
  /** What tells the object that stands there from any that comes after it; null where none stands. */
  entityTag(place: ObjectPlace): Promise<string | null>;
  /** Writes only where what stands there is still what `entityTag` gave; else false. */
  replace(
    place: ObjectPlace,
    body: string | Buffer,
    entityTag: string | null,
    contentType: string,
  ): Promise<boolean>;
  /**
   * Copies inside S3; `tags` replace those of the source. False where the source does not exist. With `partBytes` in parts
   * of this size: S3 then keeps the digest of their digests (`composite`), and otherwise one of its own choice.
   */
  copy(
    from: ObjectPlace,
    to: ObjectPlace,
    tags: Readonly<Record<string, string>>,
    partBytes?: number,
  ): Promise<boolean>;
  /** All objects whose key begins with `prefix`, in order of key. */
  list(bucket: string, prefix: string): AsyncGenerator<ListedObject>;
  delete(place: ObjectPlace): Promise<void>;
  deleteMany(bucket: string, keys: readonly string[]): Promise<void>;
  /** Deletes every version and delete marker under `prefix` but those of the keys in `kept`; gives their number. */
  deleteAllVersions(bucket: string, prefix: string, kept?: ReadonlySet<string>): Promise<number>;
  /** As `deleteAllVersions`, for those keys under `prefix` that are doomed. */
  deleteVersionsOf(bucket: string, prefix: string, doomed: (key: string) => boolean): Promise<number>;
  /** Versions and delete markers of the keys under `prefix` that are wanted. */
  countVersions(bucket: string, prefix: string, wanted: (key: string) => boolean): Promise<number>;
  /** Deletes what an object was before: every version under the key but the current one; gives their number. */
  deleteOldVersions(place: ObjectPlace): Promise<number>;
}

interface ListedVersion {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly isLatest: boolean;
}

/** Keys of one DeleteObjects request, the service's limit. */
const deleteSize = 1_000;

/** Of a stream: one request up to this, and 156 GiB in the 10,000 parts of an upload. */
const streamPartBytes = 16 * 1024 * 1024;

function isMissing(error: unknown): boolean {
  return (
    error instanceof NoSuchKey ||
    error instanceof NotFound ||
    (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404)
  );
}

/** Whether S3 refused a request by a policy. */
export function isAccessDenied(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 403;
}

function isConditionFailure(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412;
}

function isConflict(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 409;
}

/** How S3 refuses to copy an object above 5 GB at once, among others. */
function isRefusedRequest(error: unknown): boolean {
  return error instanceof S3ServiceException && error.name === 'InvalidRequest';
}

/** A digest in hex as S3 writes it: base64. */
export function hexToBase64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

/** A SHA-256 as S3 gives it: base64, and behind it the number of parts where it is one of their digests. */
function readChecksum(text: string | undefined): Pick<ObjectHead, 'sha256' | 'composite'> {
  const [digest, parts] = text?.split('-') ?? [];
  if (digest === undefined) return { sha256: null, composite: null };
  const sha256 = Buffer.from(digest, 'base64').toString('hex');
  return parts === undefined
    ? { sha256, composite: null }
    : { sha256: null, composite: { parts: Number(parts), sha256 } };
}

export class S3ObjectStore implements ObjectStore {
  private readonly direct: DirectS3;

  constructor(private readonly s3: S3Client) {
    this.direct = new DirectS3(s3);
  }

  async readText({ bucket, key }: ObjectPlace): Promise<string | null> {
    try {
      const answer = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await answer.Body?.transformToString('utf8')) ?? '';
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async readStream({ bucket, key }: ObjectPlace, lastByte?: number, firstByte = 0): Promise<Readable | null> {
    // Only where the SDK would compare nothing: of a part of an object S3 gives no checksum.
    if (lastByte !== undefined || (await this.s3.config.responseChecksumValidation()) === 'WHEN_REQUIRED') {
      const read = await this.direct.get({ bucket, key }, lastByte, firstByte);
      if (read !== null) return read;
    }
    try {
      const answer = await this.s3.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          Range: lastByte === undefined ? undefined : `bytes=${firstByte}-${lastByte}`,
        }),
      );
      // On Node the SDK's body is always an IncomingMessage.
      return answer.Body as Readable;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async head({ bucket, key }: ObjectPlace): Promise<ObjectHead | null> {
    try {
      const answer = await this.s3.send(
        new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }),
      );
      return {
        bytes: answer.ContentLength ?? 0,
        ...readChecksum(answer.ChecksumSHA256),
        // Every answer of S3 has it; without it an object counts as older than anything.
        modifiedAt: answer.LastModified ?? new Date(0),
      };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async put({ bucket, key }: ObjectPlace, body: string | Buffer, options: PutOptions): Promise<boolean> {
    try {
      await this.s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: options.contentType,
          ChecksumSHA256: options.sha256 === undefined ? undefined : hexToBase64(options.sha256),
          IfNoneMatch: options.onlyIfAbsent === true ? '*' : undefined,
        }),
      );
      return true;
    } catch (error) {
      if (options.onlyIfAbsent === true && isConditionFailure(error)) return false;
      throw error;
    }
  }

  async putStream(
    { bucket, key }: ObjectPlace,
    body: Readable,
    options: { readonly contentType: string; readonly tags: Readonly<Record<string, string>> },
  ): Promise<void> {
    await new Upload({
      client: this.s3,
      params: {
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: options.contentType,
        Tagging: new URLSearchParams(options.tags).toString() || undefined,
      },
      partSize: streamPartBytes,
      queueSize: 1,
    }).done();
  }

  async entityTag({ bucket, key }: ObjectPlace): Promise<string | null> {
    try {
      const answer = await this.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return answer.ETag ?? null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async replace(
    { bucket, key }: ObjectPlace,
    body: string | Buffer,
    entityTag: string | null,
    contentType: string,
  ): Promise<boolean> {
    try {
      await this.s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: contentType,
          ...(entityTag === null ? { IfNoneMatch: '*' } : { IfMatch: entityTag }),
        }),
      );
      return true;
    } catch (error) {
      // 409: something else came in between; 404: what should be replaced is gone
      if (isConditionFailure(error) || isConflict(error) || isMissing(error)) return false;
      throw error;
    }
  }

  async copy(
    from: ObjectPlace,
    to: ObjectPlace,
    tags: Readonly<Record<string, string>>,
    partBytes?: number,
  ): Promise<boolean> {
    if (partBytes !== undefined) return copyLargeObject(this.s3, from, to, tags, partBytes);
    try {
      await this.s3.send(
        new CopyObjectCommand({
          Bucket: to.bucket,
          Key: to.key,
          CopySource: encodeCopySource(from),
          TaggingDirective: 'REPLACE',
          Tagging: new URLSearchParams(tags).toString(),
        }),
      );
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      if (isRefusedRequest(error)) return copyLargeObject(this.s3, from, to, tags);
      throw error;
    }
  }

  async *list(bucket: string, prefix: string): AsyncGenerator<ListedObject> {
    let token: string | undefined;
    do {
      const answer = await this.s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
      );
      for (const entry of answer.Contents ?? [])
        if (entry.Key !== undefined) yield { key: entry.Key, bytes: entry.Size ?? 0 };
      token = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async delete({ bucket, key }: ObjectPlace): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  async deleteMany(bucket: string, keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length; start += deleteSize)
      await this.deleteEntries(
        bucket,
        keys.slice(start, start + deleteSize).map((Key) => ({ Key })),
      );
  }

  deleteAllVersions(bucket: string, prefix: string, kept: ReadonlySet<string> = new Set()): Promise<number> {
    return this.deleteVersions(bucket, prefix, ({ key }) => !kept.has(key));
  }

  deleteVersionsOf(bucket: string, prefix: string, doomed: (key: string) => boolean): Promise<number> {
    return this.deleteVersions(bucket, prefix, ({ key }) => doomed(key));
  }

  async countVersions(bucket: string, prefix: string, wanted: (key: string) => boolean): Promise<number> {
    let count = 0;
    for await (const page of this.versions(bucket, prefix))
      count += page.filter(({ key }) => wanted(key)).length;
    return count;
  }

  deleteOldVersions({ bucket, key }: ObjectPlace): Promise<number> {
    return this.deleteVersions(bucket, key, (version) => version.key === key && !version.isLatest);
  }

  private async deleteVersions(
    bucket: string,
    prefix: string,
    doomed: (version: ListedVersion) => boolean,
  ): Promise<number> {
    let deleted = 0;
    for await (const page of this.versions(bucket, prefix)) {
      const entries = page.filter(doomed).map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
      if (entries.length > 0) await this.deleteEntries(bucket, entries);
      deleted += entries.length;
    }
    return deleted;
  }

  /** Versions and delete markers by page of the listing. */
  private async *versions(bucket: string, prefix: string): AsyncGenerator<ListedVersion[]> {
    let keyMarker: string | undefined;
    let versionMarker: string | undefined;
    do {
      const answer = await this.s3.send(
        new ListObjectVersionsCommand({
          Bucket: bucket,
          Prefix: prefix,
          KeyMarker: keyMarker,
          VersionIdMarker: versionMarker,
        }),
      );
      yield [...(answer.Versions ?? []), ...(answer.DeleteMarkers ?? [])].flatMap(
        ({ Key, VersionId, IsLatest }) =>
          Key === undefined ? [] : [{ key: Key, versionId: VersionId, isLatest: IsLatest === true }],
      );
      keyMarker = answer.IsTruncated === true ? answer.NextKeyMarker : undefined;
      versionMarker = answer.IsTruncated === true ? answer.NextVersionIdMarker : undefined;
    } while (keyMarker !== undefined);
  }

  private async deleteEntries(
    bucket: string,
    entries: readonly { Key: string; VersionId?: string | undefined }[],
  ): Promise<void> {
    const answer = await this.s3.send(
      new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Quiet: true, Objects: entries.map((entry) => ({ ...entry })) },
      }),
    );
    const refused = answer.Errors ?? [];
    if (refused.length > 0)
      throw new Error(`S3 refused to delete ${refused.length} objects: ${refused[0]?.Code ?? 'unknown'}`);
  }
}

/** Reads an object of canonical JSON through its schema; null where there is none. */
export async function readJson<Schema extends z.ZodType>(
  store: Pick<ObjectStore, 'readText'>,
  place: ObjectPlace,
  schema: Schema,
): Promise<z.infer<Schema> | null> {
  const text = await store.readText(place);
  return text === null ? null : schema.parse(JSON.parse(text));
}

/** As `readJson`, for an object that an earlier step has written. */
export async function requireJson<Schema extends z.ZodType>(
  store: Pick<ObjectStore, 'readText'>,
  place: ObjectPlace,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const value = await readJson(store, place, schema);
  if (value === null) throw new Error(`missing object ${place.key}`);
  return value;
}

/** Writes canonical JSON; false where `onlyIfAbsent` was asked and an object stands there. */
export function writeJson(
  store: Pick<ObjectStore, 'put'>,
  place: ObjectPlace,
  value: unknown,
  options: { readonly onlyIfAbsent?: boolean } = {},
): Promise<boolean> {
  return store.put(place, canonicalJson(value), { contentType: 'application/json', ...options });
}
