import * as z from 'zod';
import { patientSetRow, patientsInRow } from './patient-set';
import type { PeopleAttribute } from './people';
import { type ReleaseScope, releaseCondition } from './released-rows';

/** Patients who have a value of an attribute, as `patientSetRow`; value null where it is not known. */
export const patientGroupRow = patientSetRow.extend({ value: z.string().nullable() });

export type PatientGroupRow = z.infer<typeof patientGroupRow>;

/**
 * Which patients of a part of a release have which value of an attribute: a partition of them, since a release gives each
 * patient one value. For the log of questions, never for researchers.
 */
export const patientGroupsSelect = (scope: ReleaseScope, attribute: PeopleAttribute): string =>
  `SELECT p.value AS value, p.patient_number - mod(p.patient_number, ${patientsInRow}) AS first,
CAST(sum(power(2E0, mod(p.patient_number, ${patientsInRow}))) AS bigint) AS bits
FROM (SELECT r.patient_number, CAST(min(r.${attribute}) AS varchar) AS value
FROM released_series r
WHERE ${releaseCondition(scope)}
GROUP BY r.patient_number) p
GROUP BY p.value, p.patient_number - mod(p.patient_number, ${patientsInRow})
ORDER BY 1, 2`;

export const releaseSizeRow = z.object({ patients: z.number().int() });

/** The highest number of a patient of the whole release. */
export const releaseSizeSelect = (release: ReleaseScope): string =>
  `SELECT coalesce(max(r.patient_number), 0) AS patients
FROM released_series r
WHERE ${releaseCondition(release)}`;
