import * as z from 'zod';
import { indexColumns } from '../release-index';
import { type ReleaseScope, releaseCondition } from './released-rows';

/** The rows of which the index of a release is made, in its order. Withdrawn studies are left out at each question. */
export const indexRowsSelect = (scope: ReleaseScope): string =>
  `SELECT r.patient_number, r.study_number, ${indexColumns.map((name) => `r.${name}`).join(', ')}
FROM released_series r
WHERE ${releaseCondition(scope)}
ORDER BY r.study_number`;

export const withdrawnStudyRow = z.object({ study_number: z.number().int() });

/** Studies of a release that were withdrawn since. */
export const withdrawnStudiesSelect = (scope: ReleaseScope): string =>
  `SELECT DISTINCT r.study_number
FROM released_series r
JOIN tombstones t ON t.collection = r.collection AND t.study_instance_uid = r.study_instance_uid
WHERE ${releaseCondition(scope)}`;
