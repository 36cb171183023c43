import * as z from 'zod';
import { clinicalRowsKey } from '../platform/object-keys';
import type { ObjectStore } from '../platform/object-store';
import { splits } from './gather-holdings';
import type { Holding } from './work.contract';

/** Rounds in which somebody else writes the same rows. */
const writeRounds = 10;

const contentType = 'application/x-ndjson';
const rowOfPatient = z.object({ patientPseudonym: z.string() });

export interface ScrubClinicalRowsPorts {
  readonly objects: Pick<
    ObjectStore,
    'readText' | 'entityTag' | 'replace' | 'deleteAllVersions' | 'deleteOldVersions'
  >;
  readonly catalogueBucket: string;
}

/**
 * Takes the clinical rows of patients out of a submission's; all of them where `patients` is null. Rows that are brought
 * later are not written: whoever applies them looks for marks and for images.
 */
export async function scrubClinicalRows(
  { objects, catalogueBucket }: ScrubClinicalRowsPorts,
  { collection, submissionId }: Pick<Holding, 'collection' | 'submissionId'>,
  patients: ReadonlySet<string> | null,
): Promise<void> {
  for (const split of splits) {
    const place = { bucket: catalogueBucket, key: clinicalRowsKey(collection, split, submissionId) };
    for (let round = 0; ; round += 1) {
      if (round === writeRounds) throw new Error('clinical rows kept changing while they were written');
      const tag = await objects.entityTag(place);
      if (tag === null) {
        await objects.deleteAllVersions(place.bucket, place.key);
        break;
      }
      const lines = ((await objects.readText(place)) ?? '').split('\n').filter((line) => line !== '');
      const left = lines.filter(
        (line) => patients !== null && !patients.has(rowOfPatient.parse(JSON.parse(line)).patientPseudonym),
      );
      if (left.length === 0) await objects.deleteAllVersions(place.bucket, place.key);
      else if (
        left.length < lines.length &&
        !(await objects.replace(place, left.map((line) => `${line}\n`).join(''), tag, contentType))
      )
        continue;
      await objects.deleteOldVersions(place);
      break;
    }
  }
}
