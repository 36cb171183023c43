import { z } from 'zod';
import { nameVariable } from '../platform/environment';
import { collectionsVariable, landingBucketsVariable } from '../platform/environment-variables';

/** Environment of `submission/submission-api`. */
export const submissionApiEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  EXCHANGE_BUCKET: nameVariable,
  LANDING_BUCKETS: landingBucketsVariable,
  PIPELINE_ARN: nameVariable,
  RECEIPT_KEY_ID: nameVariable,
  COLLECTIONS: collectionsVariable,
});
