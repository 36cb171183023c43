import * as z from 'zod';
import { clinicalRowsKey } from '../platform/object-keys';
import { splits } from './gather-holdings';
import { type RewriteObjectPorts, rewriteObject } from './rewrite-object';
import type { Holding } from './work.contract';

const rowOfPatient = z.object({ patientPseudonym: z.string() });

export interface ScrubClinicalRowsPorts extends RewriteObjectPorts {
  readonly catalogueBucket: string;
}

/**
 * Takes the clinical rows of patients out of a submission's; all of them where `patients` is null. Rows that are brought
 * later do not stay: whoever applies them looks for marks once they are written.
 */
export async function scrubClinicalRows(
  ports: ScrubClinicalRowsPorts,
  { collection, submissionId }: Pick<Holding, 'collection' | 'submissionId'>,
  patients: ReadonlySet<string> | null,
): Promise<void> {
  const isLeft = (line: string) =>
    patients !== null && !patients.has(rowOfPatient.parse(JSON.parse(line)).patientPseudonym);
  for (const split of splits) {
    const place = { bucket: ports.catalogueBucket, key: clinicalRowsKey(collection, split, submissionId) };
    await rewriteObject(ports, place, 'application/x-ndjson', (text) => {
      const left = text.split('\n').filter((line) => line !== '' && isLeft(line));
      return left.length === 0 ? null : left.map((line) => `${line}\n`).join('');
    });
  }
}
