import * as z from 'zod';
import { collectionConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';
import { daysVariable } from '../platform/environment-variables';

/** Environment of `demographics/demographics-api`. */
export const demographicsApiEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  EXCHANGE_BUCKET: nameVariable,
  DEMOGRAPHICS_DAYS: daysVariable,
  configuration: z.object({
    collections: z.array(collectionConfiguration.pick({ id: true, legalBasis: true })),
  }),
});
