import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `imaging/await-import`. */
export const awaitImportEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
});
