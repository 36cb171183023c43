import * as z from 'zod';
import type { Filter } from '../../cohorts/filter-tree.contract';
import { type ReleaseScope, releasedRows } from './released-rows';

/** Patients in a row of the answer: a double holds 53 bits exactly. */
export const patientsInRow = 48;

/** Of the patients `first` to `first + 47`, those that a filter takes: bit `n` stands for `first + n`. */
export const patientSetRow = z.object({ first: z.number().int(), bits: z.number().int() });

export type PatientSetRow = z.infer<typeof patientSetRow>;

/**
 * The patients whom a filter takes, by their numbers in the release, 48 in a row: two hundred thousand of them are at most
 * 4,167 rows. For the log of questions, never for researchers.
 */
export const patientSetSelect = (scope: ReleaseScope, filter: Filter): string =>
  `SELECT p.patient_number - mod(p.patient_number, ${patientsInRow}) AS first,
CAST(sum(power(2E0, mod(p.patient_number, ${patientsInRow}))) AS bigint) AS bits
FROM (SELECT DISTINCT r.patient_number
${releasedRows(scope, filter)}) p
GROUP BY p.patient_number - mod(p.patient_number, ${patientsInRow})
ORDER BY 1`;

/** The numbers of the patients in an answer, ascending. */
export function patientNumbers(rows: readonly PatientSetRow[]): number[] {
  const numbers: number[] = [];
  for (const { first, bits } of rows)
    for (let rest = bits, number = first; rest > 0; rest = Math.floor(rest / 2), number += 1)
      if (rest % 2 === 1) numbers.push(number);
  return numbers;
}
