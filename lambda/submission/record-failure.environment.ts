import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `submission/record-failure`. */
export const recordFailureEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
});
