import { z } from 'zod';
import { nameVariable } from '../platform/environment';
import { landingBucketsVariable } from '../platform/environment-variables';

/** Environment of `imaging/reconcile-import`. */
export const reconcileImportEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  LANDING_BUCKETS: landingBucketsVariable,
  DEIDENTIFIED_BUCKET: nameVariable,
  QUARANTINE_BUCKET: nameVariable,
});
