import * as z from 'zod';
import { bitsOfRow, firstOfRow, patientBitsRow } from './patient-set';
import { type ReleaseScope, releaseCondition } from './released-rows';

/** What is known of patients themselves, each column with one value a patient. */
export const patientAttributes = ['age_band', 'sex', 'ethnic_category', 'imd_decile', 'region'] as const;
export type PatientAttribute = (typeof patientAttributes)[number];

/** Patients who have a value of an attribute; value null where it is not known. */
export const patientGroupRow = patientBitsRow.extend({ value: z.string().nullable() });

export type PatientGroupRow = z.infer<typeof patientGroupRow>;

/**
 * Which patients of a part of a release have which value of an attribute: a partition of them, since a release gives each
 * patient one value. For the log of questions, never for researchers.
 */
export const patientGroupsSelect = (scope: ReleaseScope, attribute: PatientAttribute): string =>
  `SELECT p.value AS value, ${firstOfRow} AS first, ${bitsOfRow} AS bits
FROM (SELECT r.patient_number, CAST(min(r.${attribute}) AS varchar) AS value
FROM released_series r
WHERE ${releaseCondition(scope)}
GROUP BY r.patient_number) p
GROUP BY p.value, ${firstOfRow}
ORDER BY 1, 2`;

export const releaseSizeRow = z.object({ patients: z.number().int() });

/** The highest number of a patient of the whole release. */
export const releaseSizeSelect = (release: ReleaseScope): string =>
  `SELECT coalesce(max(r.patient_number), 0) AS patients
FROM released_series r
WHERE ${releaseCondition(release)}`;
