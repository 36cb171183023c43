import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `withdrawal/stop-withdrawal`. */
export const stopWithdrawalEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
});
