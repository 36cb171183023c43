import * as z from 'zod';
import { trustConfiguration } from '../platform/configuration.contract';
import { integerVariable, nameVariable } from '../platform/environment';
import { landingBucketTemplate } from '../platform/name-templates.contract';

/** Environment of `deidentification/clear-subjects`. */
export const clearSubjectsEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  EXCHANGE_BUCKET: nameVariable,
  LANDING_BUCKET: landingBucketTemplate,
  PSEUDONYM_KEY_ID: nameVariable,
  CLEARANCE_LIMIT_SECONDS: integerVariable(1),
  CLEARANCE_ANSWER_SECONDS: integerVariable(60),
  configuration: z.object({
    trusts: z.array(trustConfiguration.pick({ odsCode: true, nhsNumbers: true })),
  }),
});
