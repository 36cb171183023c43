import * as z from 'zod';
import type { Filter } from '../../cohorts/filter-tree.contract';
import { type ReleaseScope, releasedRows } from './released-rows';

/** A series of a cohort, with what is needed to fetch it and to weigh it. */
export const studyListRow = z.object({
  collection: z.string(),
  study_instance_uid: z.string(),
  series_instance_uid: z.string(),
  modality: z.string().nullable(),
  datastore_id: z.string(),
  instances: z.number().int(),
  bytes: z.number().int(),
});

export type StudyListRow = z.infer<typeof studyListRow>;

/**
 * The series of a cohort, those of a study side by side, in an order that follows from their UIDs alone. A study is in a
 * cohort as a whole: with `series: 'all'` its series that do not match stand here too.
 */
export function studyListSelect(scope: ReleaseScope, filter: Filter, series: 'all' | 'matching'): string {
  const matching = `SELECT r.study_number
${releasedRows(scope, filter)}`;
  const rows =
    series === 'matching'
      ? releasedRows(scope, filter)
      : `${releasedRows({ ...scope, listed: undefined }, { kind: 'everything' })}
AND r.study_number IN (${matching})`;
  return `SELECT r.collection, r.study_instance_uid, r.series_instance_uid, r.modality, r.datastore_id, r.instances, r.bytes
${rows}
ORDER BY r.collection, r.study_instance_uid, r.series_instance_uid`;
}
