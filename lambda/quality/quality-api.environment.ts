import * as z from 'zod';
import { collectionConfiguration, trustConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';

/** Environment of `quality/quality-api`. */
export const qualityApiEnvironment = z.object({
  CATALOGUE_BUCKET: nameVariable,
  configuration: z.object({
    trusts: z.array(trustConfiguration.pick({ odsCode: true })),
    collections: z.array(collectionConfiguration.pick({ id: true })),
  }),
});
