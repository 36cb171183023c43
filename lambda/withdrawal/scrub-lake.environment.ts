import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `withdrawal/scrub-lake`. */
export const scrubLakeEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  CATALOGUE_BUCKET: nameVariable,
});
