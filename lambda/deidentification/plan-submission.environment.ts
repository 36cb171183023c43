import * as z from 'zod';
import { nameVariable } from '../platform/environment';
import { bytesVariable } from '../platform/environment-variables';
import { landingBucketTemplate } from '../platform/name-templates.contract';

/** Environment of `deidentification/plan-submission`. */
export const planSubmissionEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  LANDING_BUCKET: landingBucketTemplate,
  LARGE_FILE_BYTES: bytesVariable,
  LARGE_FILES: z.enum(['fargate', 'refuse']),
});
