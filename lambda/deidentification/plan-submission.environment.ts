import { z } from 'zod';
import { nameVariable } from '../platform/environment';
import { landingBucketsVariable } from '../platform/environment-variables';

/** Environment of `deidentification/plan-submission`. */
export const planSubmissionEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  LANDING_BUCKETS: landingBucketsVariable,
});
