import * as z from 'zod';
import { collectionConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';
import { firstOfficersVariable } from '../platform/environment-variables';

/** Environment of `releases/releases-api`. */
export const releasesApiEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  CATALOGUE_BUCKET: nameVariable,
  RELEASES_BUCKET: nameVariable,
  RELEASE_ARN: nameVariable,
  FIRST_OFFICERS: firstOfficersVariable,
  configuration: z.object({ collections: z.array(collectionConfiguration.pick({ id: true })) }),
});
