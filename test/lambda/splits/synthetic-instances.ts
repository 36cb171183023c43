import { createHash } from 'node:crypto';
import type { Row } from '../lake/sql/lake-database';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A row of `instances`: image `number` of a patient, of a study and series of its own. */
export function instance(
  split: 'development' | 'held-out',
  patient: string,
  number: number,
  changes: Row = {},
): Row {
  const uid = `1.2.${split === 'development' ? 1 : 2}.${Number.parseInt(digest(patient).slice(0, 8), 16)}`;
  return {
    collection: 'chest',
    split,
    submission: 's',
    patient_pseudonym: patient,
    local_pseudonym: `local-${patient}`,
    study_instance_uid: uid,
    series_instance_uid: `${uid}.1`,
    sop_instance_uid: `${uid}.1.${number}`,
    pixel_digest: digest(`pixels ${patient} ${number}`),
    perceptual_hash: digest(`hash ${patient} ${number}`),
    ...changes,
  };
}

/** Forty patients of three images, every fifth held out, nothing of them shared. */
export const cleanInstances = (): Row[] =>
  Array.from({ length: 40 }, (_, patient) =>
    [1, 2, 3].map((number) =>
      instance(patient % 5 === 0 ? 'held-out' : 'development', `PATIENT${patient}`, number),
    ),
  ).flat();

/** A hash with some of its bits turned. */
export function turned(hash: string, bits: readonly number[]): string {
  const digits = [...hash].map((digit) => Number.parseInt(digit, 16));
  for (const bit of bits) digits[bit >> 2] = (digits[bit >> 2] ?? 0) ^ (1 << (bit & 3));
  return digits.map((digit) => digit.toString(16)).join('');
}
