import type { LandingBucketOf } from '../platform/name-templates.contract';
import { landingKey, quarantineKey } from '../platform/object-keys';
import type { ObjectPlace, ObjectStore } from '../platform/object-store';
import type { QuarantineRecord } from './quarantine.contract';

/** What tells where a quarantined file lies as sent. */
export type CopyOf = Pick<QuarantineRecord, 'trust' | 'submission' | 'ordinal' | 'held'>;

/** Where quarantined files lie. */
export interface QuarantinePlaces {
  readonly landingBucketOf: LandingBucketOf;
  readonly quarantineBucket: string;
}

/** Where a quarantined file lies as sent. */
export function copyPlace(places: QuarantinePlaces, file: CopyOf): ObjectPlace {
  return file.held === 'quarantine'
    ? { bucket: places.quarantineBucket, key: quarantineKey(file.trust, file.submission, file.ordinal) }
    : { bucket: places.landingBucketOf(file.trust), key: landingKey(file.submission, file.ordinal) };
}

/** Whether the file is still there; asks for its name, not for its bytes. */
export async function copyStands(
  places: QuarantinePlaces & { readonly objects: Pick<ObjectStore, 'list'> },
  file: CopyOf,
): Promise<boolean> {
  const { bucket, key } = copyPlace(places, file);
  for await (const found of places.objects.list(bucket, key)) if (found.key === key) return true;
  return false;
}

/** Deletes the file in all its versions; a no-op where it is gone. */
export async function deleteCopy(
  places: QuarantinePlaces & { readonly objects: Pick<ObjectStore, 'deleteAllVersions'> },
  file: CopyOf,
): Promise<void> {
  const { bucket, key } = copyPlace(places, file);
  await places.objects.deleteAllVersions(bucket, key);
}
