import { z } from 'zod';
import { nameVariable } from '../platform/environment';
import { datastoresVariable, landingBucketsVariable } from '../platform/environment-variables';

/** Environment of `deidentification/settle-submission`. */
export const settleSubmissionEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  LANDING_BUCKETS: landingBucketsVariable,
  DEIDENTIFIED_BUCKET: nameVariable,
  QUARANTINE_BUCKET: nameVariable,
  DATASTORES: datastoresVariable,
});
