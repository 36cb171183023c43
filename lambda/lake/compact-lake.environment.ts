import * as z from 'zod';
import { collectionConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';

/** Environment of `lake/compact-lake`. */
export const compactLakeEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  CATALOGUE_BUCKET: nameVariable,
  configuration: z.object({ collections: z.array(collectionConfiguration.pick({ id: true })) }),
});
