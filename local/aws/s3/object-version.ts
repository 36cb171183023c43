import { randomBytes } from 'node:crypto';
import type { ChecksumAlgorithm } from './checksum-algorithms';

/** Version id of objects in a bucket without versioning. */
export const NULL_VERSION = 'null';

export interface ObjectChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; of a composite checksum with `-<number of parts>` behind it. */
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

export interface Retention {
  readonly mode: 'COMPLIANCE' | 'GOVERNANCE';
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** What the writer of an object decides about it, apart from its bytes. */
export interface ObjectAttributes {
  /** HTTP headers kept with the object, by lower-case name: `content-type`, `cache-control`, … */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata, names without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Absent: encrypted with keys of S3 (`AES256`). */
  readonly kmsKeyArn?: string;
  readonly retention?: Retention;
  readonly legalHold?: boolean;
}

export interface StoredObject extends ObjectAttributes {
  readonly kind: 'object';
  readonly key: string;
  readonly versionId: string;
  /** Name of the file that holds the bytes. */
  readonly content: string;
  readonly bytes: number;
  /** Without quotes. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly sequencer: string;
  readonly checksum?: ObjectChecksum;
  /** Sizes of the parts of a multipart upload. */
  readonly parts?: readonly number[];
}

export interface DeleteMarker {
  readonly kind: 'delete-marker';
  readonly key: string;
  readonly versionId: string;
  readonly modified: number;
  readonly sequencer: string;
}

export type ObjectVersion = StoredObject | DeleteMarker;

/** A version id as S3 makes them: 32 characters that say nothing. */
export function newVersionId(): string {
  return randomBytes(24).toString('base64url');
}

/** Name for a file of content. */
export function newContentName(): string {
  return randomBytes(16).toString('hex');
}

/** What stands for the MD5 in the ETag of an object encrypted with a KMS key: on S3 too it is no digest of the bytes. */
export function opaqueEtag(): string {
  return randomBytes(16).toString('hex');
}

let lastSequence = 0;

/** Orders events of one key: a later change has a greater sequencer, compared as hexadecimal text of one length. */
export function nextSequencer(now: number): string {
  lastSequence = Math.max(lastSequence + 1, now * 1000);
  return lastSequence.toString(16).toUpperCase().padStart(18, '0');
}
