import * as z from 'zod';
import type { Filter } from '../../cohorts/filter-tree.contract';
import { type ReleaseScope, releasedRows } from './released-rows';

/** Patients in a row of the answer: a double holds 53 bits exactly. */
const patientsInRow = 48;

/** Of the patients `first` to `first + 47`, those in a set: bit `n` stands for `first + n`. */
export const patientBitsRow = z.object({ first: z.number().int(), bits: z.number().int() });

export type PatientBitsRow = z.infer<typeof patientBitsRow>;

/** Columns of patients `p` of which a query groups by `firstOfRow`. */
export const firstOfRow = `p.patient_number - mod(p.patient_number, ${patientsInRow})`;
export const bitsOfRow = `CAST(sum(power(2E0, mod(p.patient_number, ${patientsInRow}))) AS bigint)`;

/** Patients of a set, and how many studies they have in it. */
export const patientSetRow = patientBitsRow.extend({ studies: z.number().int() });

/**
 * The patients whom a filter takes, by their numbers in the release, 48 in a row: two hundred thousand of them are at most
 * 4,167 rows. True counts, for the log of questions, never for researchers.
 */
export const patientSetSelect = (scope: ReleaseScope, filter: Filter): string =>
  `SELECT ${firstOfRow} AS first, ${bitsOfRow} AS bits, CAST(sum(p.studies) AS bigint) AS studies
FROM (SELECT r.patient_number, count(DISTINCT r.study_number) AS studies
${releasedRows(scope, filter)}
GROUP BY r.patient_number) p
GROUP BY ${firstOfRow}
ORDER BY 1`;

/** The numbers of the patients in an answer, ascending. */
export function patientNumbers(rows: readonly PatientBitsRow[]): number[] {
  const numbers: number[] = [];
  for (const { first, bits } of rows)
    for (let rest = bits, number = first; rest > 0; rest = Math.floor(rest / 2), number += 1)
      if (rest % 2 === 1) numbers.push(number);
  return numbers;
}
