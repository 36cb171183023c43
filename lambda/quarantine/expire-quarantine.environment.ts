import * as z from 'zod';
import { integerVariable, nameVariable } from '../platform/environment';
import { landingBucketTemplate } from '../platform/name-templates.contract';

/** Environment of `quarantine/expire-quarantine`. */
export const expireQuarantineEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  QUARANTINE_BUCKET: nameVariable,
  LANDING_BUCKET: landingBucketTemplate,
  QUARANTINE_WARNING_DAYS: integerVariable(1),
});
