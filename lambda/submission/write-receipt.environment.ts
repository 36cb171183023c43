import { z } from 'zod';
import { nameVariable } from '../platform/environment';
import { collectionsVariable, landingBucketsVariable } from '../platform/environment-variables';

/** Environment of `submission/write-receipt`. */
export const writeReceiptEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  EXCHANGE_BUCKET: nameVariable,
  LANDING_BUCKETS: landingBucketsVariable,
  RECEIPT_KEY_ID: nameVariable,
  COLLECTIONS: collectionsVariable,
});
