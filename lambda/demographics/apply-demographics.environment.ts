import * as z from 'zod';
import { trustConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';

/** Environment of `demographics/apply-demographics`. */
export const applyDemographicsEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  EXCHANGE_BUCKET: nameVariable,
  CATALOGUE_BUCKET: nameVariable,
  PSEUDONYM_KEY_ID: nameVariable,
  configuration: z.object({ trusts: z.array(trustConfiguration.pick({ odsCode: true, region: true })) }),
});
