import * as z from 'zod';
import { platformConfiguration, trustConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';
import { landingBucketTemplate } from '../platform/name-templates.contract';

/** Environment of `submission/submission-api`. */
export const submissionApiEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  EXCHANGE_BUCKET: nameVariable,
  LANDING_BUCKET: landingBucketTemplate,
  PIPELINE_ARN: nameVariable,
  RECEIPT_KEY_ID: nameVariable,
  configuration: platformConfiguration
    .pick({ collections: true })
    .extend({ trusts: z.array(trustConfiguration.pick({ odsCode: true })) }),
});
