import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `withdrawal/prepare-withdrawal`. */
export const prepareWithdrawalEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  REGISTER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  EXCHANGE_BUCKET: nameVariable,
  QUARANTINE_BUCKET: nameVariable,
  CATALOGUE_BUCKET: nameVariable,
  PSEUDONYM_KEY_ID: nameVariable,
});
