import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `withdrawal/begin-withdrawal`. */
export const beginWithdrawalEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  QUARANTINE_BUCKET: nameVariable,
  CATALOGUE_BUCKET: nameVariable,
});
