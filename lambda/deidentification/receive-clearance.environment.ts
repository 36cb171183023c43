import * as z from 'zod';
import { integerVariable, nameVariable } from '../platform/environment';

/** Environment of `deidentification/receive-clearance`. */
export const receiveClearanceEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  EXCHANGE_BUCKET: nameVariable,
  PSEUDONYM_KEY_ID: nameVariable,
  CLEARANCE_ANSWER_SECONDS: integerVariable(60),
});
