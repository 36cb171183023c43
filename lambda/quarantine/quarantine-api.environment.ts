import * as z from 'zod';
import { collectionConfiguration, trustConfiguration } from '../platform/configuration.contract';
import { integerVariable, nameVariable } from '../platform/environment';
import { landingBucketTemplate } from '../platform/name-templates.contract';
import { decidingFields } from './quarantine.contract';

/** Environment of `quarantine/quarantine-api`. */
export const quarantineApiEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  QUARANTINE_BUCKET: nameVariable,
  LANDING_BUCKET: landingBucketTemplate,
  REPLAY_ARN: nameVariable,
  QUARANTINE_WARNING_DAYS: integerVariable(1),
  configuration: z.object({
    collections: z.array(decidingFields.extend(collectionConfiguration.pick({ legalBasis: true }).shape)),
    trusts: z.array(trustConfiguration.pick({ odsCode: true })),
  }),
});
