import type { IncomingHttpHeaders } from 'node:http';
import type { Caller, ConditionContext } from '../service';
import { type Bucket, objectArn } from './bucket';
import type { ObjectAttributes, Retention, StoredObject } from './object-version';
import { invalidArgument, invalidRequest, protectedByObjectLock } from './s3-errors';

const DAY_MILLISECONDS = 86_400_000;

type Lock = Pick<ObjectAttributes, 'retention' | 'legalHold'>;

/** Retention and legal hold of a new object: by its headers, else by the bucket's default. */
export function lockOfNewObject(bucket: Bucket, headers: IncomingHttpHeaders, now: number): Lock {
  const mode = headers['x-amz-object-lock-mode'];
  const until = headers['x-amz-object-lock-retain-until-date'];
  const hold = headers['x-amz-object-lock-legal-hold'];
  const { objectLock } = bucket.definition;
  if (objectLock === undefined) {
    if (mode !== undefined || until !== undefined || hold !== undefined)
      throw invalidRequest('Bucket is missing Object Lock Configuration');
    return {};
  }
  if ((mode === undefined) !== (until === undefined))
    throw invalidArgument(
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
    );
  const fallback = objectLock.defaultRetention;
  const retention =
    typeof mode === 'string' && typeof until === 'string'
      ? readRetention(mode, until, now)
      : fallback && { mode: fallback.mode, until: now + fallback.days * DAY_MILLISECONDS };
  return { retention, legalHold: hold === undefined ? undefined : readLegalHold(String(hold)) };
}

export function readRetention(mode: string, until: string, now: number): Retention {
  if (mode !== 'COMPLIANCE' && mode !== 'GOVERNANCE') throw invalidArgument('Unknown wormMode directive.');
  const time = Date.parse(until);
  if (Number.isNaN(time)) throw invalidArgument('The retain until date must be provided in ISO 8601 format');
  if (time <= now) throw invalidArgument('The retain until date must be in the future!');
  return { mode, until: time };
}

export function readLegalHold(status: string): boolean {
  if (status !== 'ON' && status !== 'OFF') throw invalidArgument('Legal Hold must be either of ON or OFF');
  return status === 'ON';
}

/**
 * Refuses to remove a version that is held: in COMPLIANCE mode nobody removes it before its time, in GOVERNANCE mode
 * only who may bypass and says so.
 */
export function checkRemoval(
  bucket: Bucket,
  object: StoredObject,
  caller: Caller,
  bypass: boolean,
  now: number,
): void {
  if (object.legalHold) throw protectedByObjectLock();
  const { retention } = object;
  if (retention === undefined || retention.until <= now) return;
  if (retention.mode === 'COMPLIANCE' || !bypass) throw protectedByObjectLock();
  caller.authorise('s3:BypassGovernanceRetention', objectArn(bucket, object.key));
}

/** Refuses to shorten what holds a version; a longer time is always allowed. */
export function checkNewRetention(
  bucket: Bucket,
  object: StoredObject,
  next: Retention | undefined,
  caller: Caller,
  bypass: boolean,
  now: number,
): void {
  const { retention } = object;
  if (retention === undefined || retention.until <= now) return;
  const longer = next !== undefined && next.until >= retention.until;
  if (longer && (next.mode === retention.mode || next.mode === 'COMPLIANCE')) return;
  if (retention.mode === 'COMPLIANCE' || !bypass) throw protectedByObjectLock();
  caller.authorise('s3:BypassGovernanceRetention', objectArn(bucket, object.key));
}

/** `s3:object-lock-*` condition keys of a request that sets a lock. */
export function lockContext(lock: Lock, now: number): ConditionContext {
  const context: Record<string, string> = {};
  if (lock.retention !== undefined) {
    context['s3:object-lock-mode'] = lock.retention.mode;
    context['s3:object-lock-retain-until-date'] = new Date(lock.retention.until).toISOString();
    const days = Math.ceil((lock.retention.until - now) / DAY_MILLISECONDS);
    context['s3:object-lock-remaining-retention-days'] = String(days);
  }
  if (lock.legalHold !== undefined) context['s3:object-lock-legal-hold'] = lock.legalHold ? 'ON' : 'OFF';
  return context;
}
