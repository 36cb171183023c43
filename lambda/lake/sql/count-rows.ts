import * as z from 'zod';
import type { Filter } from '../../cohorts/filter-tree.contract';
import { type ReleaseScope, releasedRows } from './released-rows';

/** How much a filter takes. True counts: nobody is shown them before the rule of small numbers. */
export const countRow = z.object({
  patients: z.number().int(),
  studies: z.number().int(),
  series: z.number().int(),
  instances: z.number().int(),
  bytes: z.number().int(),
});

/** One row, {@link countRow}. `instances` and `bytes` are those of the series that match. */
export const countSelect = (scope: ReleaseScope, filter: Filter): string =>
  `SELECT count(DISTINCT r.patient_number) AS patients, count(DISTINCT r.study_number) AS studies,
count(*) AS series, coalesce(sum(r.instances), 0) AS instances, coalesce(sum(r.bytes), 0) AS bytes
${releasedRows(scope, filter)}`;
