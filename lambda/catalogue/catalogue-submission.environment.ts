import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `catalogue/catalogue-submission`. */
export const catalogueSubmissionEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  CATALOGUE_BUCKET: nameVariable,
});
