import * as z from 'zod';
import { nameVariable } from '../platform/environment';
import { datastoresVariable } from '../platform/environment-variables';
import { landingBucketTemplate } from '../platform/name-templates.contract';

/** Environment of `deidentification/settle-submission`. */
export const settleSubmissionEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  LANDING_BUCKET: landingBucketTemplate,
  DEIDENTIFIED_BUCKET: nameVariable,
  QUARANTINE_BUCKET: nameVariable,
  DATASTORES: datastoresVariable,
});
