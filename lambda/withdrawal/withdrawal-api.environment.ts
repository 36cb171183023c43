import * as z from 'zod';
import { collectionConfiguration, trustConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';

/** Environment of `withdrawal/withdrawal-api`. */
export const withdrawalApiEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  EXCHANGE_BUCKET: nameVariable,
  WITHDRAWAL_ARN: nameVariable,
  configuration: z.object({
    trusts: z.array(trustConfiguration.pick({ odsCode: true })),
    collections: z.array(collectionConfiguration.pick({ id: true })),
  }),
});
