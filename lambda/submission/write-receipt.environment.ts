import * as z from 'zod';
import { integerVariable, nameVariable } from '../platform/environment';
import { landingBucketTemplate } from '../platform/name-templates.contract';
import { decidingFields } from '../quarantine/quarantine.contract';

/** Environment of `submission/write-receipt`. */
export const writeReceiptEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  EXCHANGE_BUCKET: nameVariable,
  LANDING_BUCKET: landingBucketTemplate,
  QUARANTINE_BUCKET: nameVariable,
  QUARANTINE_DAYS: integerVariable(1),
  LANDING_DAYS: integerVariable(1),
  RECEIPT_KEY_ID: nameVariable,
  configuration: z.object({ collections: z.array(decidingFields) }),
});
