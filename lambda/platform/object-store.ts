import type { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type * as z from 'zod';
import { canonicalJson } from './canonical-json';
import { copyLargeObject } from './copy-large-object';
import { encodeCopySource } from './copy-source';
import { DirectS3 } from './direct-s3';
import { ObjectVersions } from './object-versions';
import { hexToBase64, readChecksum, type S3Checksum } from './s3-checksum';
import { isConditionFailure, isConflict, isMissing, isRefusedRequest } from './s3-failures';

export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

export interface ObjectHead extends S3Checksum {
  readonly bytes: number;
  /** When the object was written, by S3's clock, in whole seconds. */
  readonly modifiedAt: Date;
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

/** Of a stream: one request up to this, and 156 GiB in the 10,000 parts of an upload. */
const streamPartBytes = 16 * 1024 * 1024;

export class S3ObjectStore implements ObjectStore {
  private readonly direct: DirectS3;
  private readonly versions: ObjectVersions;

  constructor(private readonly s3: S3Client) {
    this.direct = new DirectS3(s3);
    this.versions = new ObjectVersions(s3);
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

  deleteMany(bucket: string, keys: readonly string[]): Promise<void> {
    return this.versions.deleteKeys(bucket, keys);
  }

  deleteAllVersions(bucket: string, prefix: string, kept: ReadonlySet<string> = new Set()): Promise<number> {
    return this.versions.delete(bucket, prefix, ({ key }) => !kept.has(key));
  }

  deleteVersionsOf(bucket: string, prefix: string, doomed: (key: string) => boolean): Promise<number> {
    return this.versions.delete(bucket, prefix, ({ key }) => doomed(key));
  }

  async countVersions(bucket: string, prefix: string, wanted: (key: string) => boolean): Promise<number> {
    let count = 0;
    for await (const page of this.versions.list(bucket, prefix))
      count += page.filter(({ key }) => wanted(key)).length;
    return count;
  }

  deleteOldVersions({ bucket, key }: ObjectPlace): Promise<number> {
    return this.versions.delete(bucket, key, (version) => version.key === key && !version.isLatest);
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
