import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `imaging/import-finished`. */
export const importFinishedEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
});
