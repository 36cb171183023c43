import { z } from 'zod';
import { integerVariable, nameVariable } from '../platform/environment';
import { landingBucketsVariable, trustsVariable } from '../platform/environment-variables';

/** Environment of `deidentification/clear-subjects`. */
export const clearSubjectsEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  EXCHANGE_BUCKET: nameVariable,
  LANDING_BUCKETS: landingBucketsVariable,
  PSEUDONYM_KEY_ID: nameVariable,
  TRUSTS: trustsVariable,
  CLEARANCE_LIMIT_SECONDS: integerVariable(1),
});
