import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../service';
import type { BucketStore } from './bucket-store';
import type { StoredObject } from './object-version';
import { conditionalRequestConflict, noSuchKey, notImplemented, preconditionFailed } from './s3-errors';

/** `If-None-Match: *` or `If-Match: <etag>` on a write. */
export type WriteCondition =
  | { readonly kind: 'must-not-exist' }
  | { readonly kind: 'must-be'; readonly etag: string };

export function readWriteCondition(headers: IncomingHttpHeaders): WriteCondition | undefined {
  const noneMatch = headers['if-none-match'];
  const match = headers['if-match'];
  if (noneMatch !== undefined) {
    if (noneMatch !== '*' || match !== undefined)
      throw notImplemented('A write with If-None-Match other than * alone');
    return { kind: 'must-not-exist' };
  }
  return match === undefined ? undefined : { kind: 'must-be', etag: unquote(match) };
}

/**
 * A conditional write between its start and its commit. It fails with 412 where the condition does not hold, at the
 * start or at the commit; with 409 where it held at the start and something else came in between: the key was
 * deleted, or the object that `If-Match` named was replaced.
 */
export class ConditionalWrite {
  private readonly atStart: StoredObject | undefined;
  private readonly newestAtStart: string | undefined;

  constructor(
    private readonly store: BucketStore,
    private readonly key: string,
    private readonly condition: WriteCondition | undefined,
  ) {
    this.newestAtStart = store.index.newest(key)?.sequencer;
    this.atStart = store.index.current(key);
    if (condition !== undefined) this.check(condition, this.atStart);
  }

  /** To be called in the same turn as the commit. */
  checkAtCommit(): void {
    if (this.condition === undefined) return;
    const newest = this.store.index.newest(this.key)?.sequencer;
    if (newest === this.newestAtStart) return;
    if (this.condition.kind === 'must-be') throw conditionalRequestConflict('If-Match');
    this.check(this.condition, this.store.index.current(this.key));
    throw conditionalRequestConflict('If-None-Match');
  }

  private check(condition: WriteCondition, current: StoredObject | undefined): void {
    if (condition.kind === 'must-not-exist') {
      if (current !== undefined) throw preconditionFailed('If-None-Match');
    } else if (current === undefined) {
      throw noSuchKey(this.key);
    } else if (current.etag !== condition.etag && condition.etag !== '*') {
      throw preconditionFailed('If-Match');
    }
  }
}

/** RFC 9110 §13.2.2, as S3 applies it to reads. Throws `PreconditionFailed` (412) or `NotModified` (304). */
export function checkReadConditions(headers: IncomingHttpHeaders, object: StoredObject): void {
  const match = headers['if-match'];
  const noneMatch = headers['if-none-match'];
  const modified = Math.floor(object.modified / 1000) * 1000;
  if (match !== undefined) {
    if (!namesEtag(match, object.etag)) throw preconditionFailed('If-Match');
  } else if (isBefore(headers['if-unmodified-since'], modified)) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  if (noneMatch !== undefined) {
    if (namesEtag(noneMatch, object.etag)) throw notModified();
  } else if (isNotBefore(headers['if-modified-since'], modified)) {
    throw notModified();
  }
}

/** `x-amz-copy-source-if-*`; every failure of a copy's condition is 412. */
export function checkCopyConditions(headers: IncomingHttpHeaders, source: StoredObject): void {
  const renamed: IncomingHttpHeaders = {};
  for (const name of ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'] as const) {
    const value = headers[`x-amz-copy-source-${name}`];
    if (value !== undefined) renamed[name] = String(value);
  }
  try {
    checkReadConditions(renamed, source);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'NotModified') throw preconditionFailed('If-None-Match');
    throw error;
  }
}

function notModified(): AwsError {
  return new AwsError('NotModified', 'Not Modified', 304);
}

function namesEtag(header: string, etag: string): boolean {
  return header.split(',').some((candidate) => candidate.trim() === '*' || unquote(candidate) === etag);
}

function unquote(etag: string): string {
  return etag.trim().replace(/^"|"$/g, '');
}

function isBefore(header: string | undefined, modified: number): boolean {
  return header !== undefined && Date.parse(header) < modified;
}

function isNotBefore(header: string | undefined, modified: number): boolean {
  return header !== undefined && Date.parse(header) >= modified;
}
