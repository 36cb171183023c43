import * as z from 'zod';
import { platformConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';
import { developmentStoreVariable } from '../platform/environment-variables';
import { collectionRoleTemplate } from '../platform/name-templates.contract';

/** Environment of credentials-api. */
export const credentialsApiEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  RESEARCHER_ROLE: collectionRoleTemplate,
  UID_ROOT: nameVariable,
  DATASTORES: developmentStoreVariable,
  DATASTORE_ARNS: developmentStoreVariable,
  DICOMWEB_ENDPOINT: z.url(),
  configuration: platformConfiguration.pick({ collections: true }),
});
