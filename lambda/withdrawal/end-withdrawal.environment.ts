import * as z from 'zod';
import { nameVariable } from '../platform/environment';
import { landingBucketTemplate } from '../platform/name-templates.contract';

/** Environment of `withdrawal/end-withdrawal`. */
export const endWithdrawalEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  REGISTER_TABLE: nameVariable,
  LANDING_BUCKET: landingBucketTemplate,
  WORK_BUCKET: nameVariable,
  QUARANTINE_BUCKET: nameVariable,
  CATALOGUE_BUCKET: nameVariable,
  RECEIPT_KEY_ID: nameVariable,
});
