import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `submission/expire-submissions`. */
export const expireSubmissionsEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  PIPELINE_ARN: nameVariable,
  OPEN_SUBMISSION_DAYS: z.coerce.number().int().min(1),
});
