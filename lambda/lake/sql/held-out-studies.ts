import * as z from 'zod';
import type { Filter } from '../../cohorts/filter-tree.contract';
import { type ReleaseScope, releasedRows } from './released-rows';

/** A held-out study with what its patient may be sampled by. Never towards researchers. */
export const heldOutStudyRow = z.object({
  patient_pseudonym: z.string(),
  collection: z.string(),
  study_instance_uid: z.string(),
  age_band: z.string().nullable(),
  sex: z.string().nullable(),
  ethnic_category: z.string().nullable(),
  imd_decile: z.string().nullable(),
  region: z.string().nullable(),
  trust_region: z.string().nullable(),
});

export type HeldOutStudyRow = z.infer<typeof heldOutStudyRow>;

/**
 * The held-out studies of which a series is taken by a filter, in no order. Where rows of a study differ in an attribute,
 * the least value stands for it.
 */
export function heldOutStudiesSelect(scope: Omit<ReleaseScope, 'splits'>, filter: Filter): string {
  return `SELECT r.patient_pseudonym, r.collection, r.study_instance_uid, min(r.age_band) AS age_band, min(r.sex) AS sex,
min(r.ethnic_category) AS ethnic_category, CAST(min(r.imd_decile) AS varchar) AS imd_decile, min(r.region) AS region,
min(r.trust_region) AS trust_region
${releasedRows({ ...scope, splits: ['held-out'] }, filter)}
GROUP BY r.patient_pseudonym, r.collection, r.study_instance_uid`;
}
