import * as z from 'zod';
import { nameVariable } from '../platform/environment';
import { landingBucketTemplate } from '../platform/name-templates.contract';

/** Environment of `withdrawal/erase-submission`. */
export const eraseSubmissionEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  LANDING_BUCKET: landingBucketTemplate,
  EXCHANGE_BUCKET: nameVariable,
  WORK_BUCKET: nameVariable,
  DEIDENTIFIED_BUCKET: nameVariable,
  QUARANTINE_BUCKET: nameVariable,
  CATALOGUE_BUCKET: nameVariable,
});
