import { importedPack } from '../imaging/import.contract';
import { workKeys } from '../platform/object-keys';
import { type ObjectStore, readJson } from '../platform/object-store';
import type { Compared } from './quality-of';

export interface ImportWarningsPorts {
  readonly objects: Pick<ObjectStore, 'list' | 'readText'>;
  readonly workBucket: string;
}

/** Imported images of a submission, and those that HealthImaging took with a warning. */
export async function importWarnings(
  { objects, workBucket }: ImportWarningsPorts,
  submissionId: string,
): Promise<Compared> {
  let of = 0;
  let wrong = 0;
  for await (const { key } of objects.list(workBucket, workKeys.importedPacksPrefix(submissionId))) {
    const pack = await readJson(objects, { bucket: workBucket, key }, importedPack);
    for (const file of pack?.files ?? []) {
      if (file.outcome !== 'imported') continue;
      of += 1;
      if (file.warnings.length > 0) wrong += 1;
    }
  }
  return { of, wrong };
}
