import { z } from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `imaging/reconcile-import`. */
export const reconcileImportEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
});
