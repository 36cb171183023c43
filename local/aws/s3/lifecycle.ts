import { randomUUID } from 'node:crypto';
import type { Bucket, LifecycleRule } from './bucket';
import { putDeleteMarker } from './delete-objects';
import type { ObjectVersion, StoredObject } from './object-version';
import { nextSequencer } from './object-version';
import type { ChangeCause } from './s3-events';
import type { S3Platform } from './s3-platform';

const DAY_MILLISECONDS = 86_400_000;

/** What one run of the lifecycle did. */
export interface LifecycleOutcome {
  expired: number;
  removedVersions: number;
  removedDeleteMarkers: number;
  abortedUploads: number;
}

/**
 * Applies a bucket's lifecycle rules as of `now` (milliseconds since 1970). S3 counts days from the next midnight UTC
 * and acts within a day of it; here a rule acts as soon as that midnight has passed. Locked versions stay.
 */
export function applyBucketLifecycle(platform: S3Platform, bucket: Bucket, now: number): LifecycleOutcome {
  const outcome: LifecycleOutcome = {
    expired: 0,
    removedVersions: 0,
    removedDeleteMarkers: 0,
    abortedUploads: 0,
  };
  const cause: ChangeCause = {
    requestId: randomUUID(),
    reason: 'Lifecycle Expiration',
    requester: 's3.amazonaws.com',
  };
  for (const rule of bucket.definition.lifecycle ?? []) {
    if (!rule.enabled) continue;
    for (const key of [...bucket.store.index.keys()]) {
      if (key.startsWith(rule.prefix ?? '')) applyToKey(platform, bucket, key, rule, now, cause, outcome);
    }
    for (const upload of [...bucket.uploads.all()]) {
      if (!upload.key.startsWith(rule.prefix ?? '') || !isDue(upload.startedAt, rule.abortMultipartDays, now))
        continue;
      bucket.uploads.remove(upload.uploadId);
      outcome.abortedUploads += 1;
    }
  }
  return outcome;
}

function applyToKey(
  platform: S3Platform,
  bucket: Bucket,
  key: string,
  rule: LifecycleRule,
  now: number,
  cause: ChangeCause,
  outcome: LifecycleOutcome,
): void {
  const current = bucket.store.index.current(key);
  const dateDue = rule.expirationDate !== undefined && now >= rule.expirationDate;
  if (
    current !== undefined &&
    concerns(rule, current) &&
    (dateDue || isDue(current.modified, rule.expirationDays, now))
  ) {
    if (bucket.definition.versioned) {
      putDeleteMarker(platform, bucket, key, now, cause);
      outcome.expired += 1;
    } else if (removeVersion(platform, bucket, current, now, cause)) outcome.expired += 1;
  }
  outcome.removedVersions += expireNoncurrent(platform, bucket, key, rule, now, cause);
  const [only, ...others] = bucket.store.index.versionsOf(key);
  const markerDue =
    rule.expiredObjectDeleteMarker === true ||
    isDue(only?.modified ?? Number.POSITIVE_INFINITY, rule.expirationDays, now);
  if (only?.kind === 'delete-marker' && others.length === 0 && markerDue) {
    if (removeVersion(platform, bucket, only, now, cause)) outcome.removedDeleteMarkers += 1;
  }
}

/** A version is noncurrent since the moment the next newer one was made. */
function expireNoncurrent(
  platform: S3Platform,
  bucket: Bucket,
  key: string,
  rule: LifecycleRule,
  now: number,
  cause: ChangeCause,
): number {
  if (rule.noncurrentDays === undefined) return 0;
  const versions = [...bucket.store.index.versionsOf(key)];
  let removed = 0;
  let newerNoncurrent = 0;
  for (const [position, version] of versions.entries()) {
    const newer = versions[position - 1];
    if (newer === undefined) continue;
    const kept = newerNoncurrent < (rule.newerNoncurrentVersions ?? 0);
    newerNoncurrent += 1;
    if (kept || !isDue(newer.modified, rule.noncurrentDays, now)) continue;
    if (version.kind === 'object' && !concerns(rule, version)) continue;
    if (removeVersion(platform, bucket, version, now, cause)) removed += 1;
  }
  return removed;
}

function concerns(rule: LifecycleRule, object: StoredObject): boolean {
  return (
    Object.entries(rule.tags ?? {}).every(([name, value]) => object.tags[name] === value) &&
    object.bytes > (rule.objectSizeGreaterThan ?? -1) &&
    object.bytes < (rule.objectSizeLessThan ?? Number.POSITIVE_INFINITY)
  );
}

/** Whether so many days have passed since the midnight that followed `since`. */
function isDue(since: number, days: number | undefined, now: number): boolean {
  if (days === undefined || !Number.isFinite(since)) return false;
  const midnight = Math.ceil((since + days * DAY_MILLISECONDS) / DAY_MILLISECONDS) * DAY_MILLISECONDS;
  return now >= midnight;
}

function removeVersion(
  platform: S3Platform,
  bucket: Bucket,
  version: ObjectVersion,
  now: number,
  cause: ChangeCause,
): boolean {
  if (version.kind === 'object') {
    const locked = version.legalHold || (version.retention !== undefined && version.retention.until > now);
    if (locked) return false;
  }
  bucket.store.remove(version.key, version.versionId);
  platform.events.objectDeleted(bucket, { ...version, sequencer: nextSequencer(now) }, false, cause);
  return true;
}
