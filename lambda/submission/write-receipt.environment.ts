import * as z from 'zod';
import { collectionConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';
import { landingBucketTemplate } from '../platform/name-templates.contract';

/** Environment of `submission/write-receipt`. */
export const writeReceiptEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  EXCHANGE_BUCKET: nameVariable,
  LANDING_BUCKET: landingBucketTemplate,
  RECEIPT_KEY_ID: nameVariable,
  configuration: z.object({ collections: z.array(collectionConfiguration.pick({ id: true, policy: true })) }),
});
