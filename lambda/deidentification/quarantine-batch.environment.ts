import { z } from 'zod';
import { nameVariable } from '../platform/environment';
import { landingBucketsVariable } from '../platform/environment-variables';

/** Environment of `deidentification/quarantine-batch`. */
export const quarantineBatchEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  LANDING_BUCKETS: landingBucketsVariable,
  QUARANTINE_BUCKET: nameVariable,
});
