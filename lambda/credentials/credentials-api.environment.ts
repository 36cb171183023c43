import { z } from 'zod';
import { collectionConfiguration } from '../platform/configuration.contract';
import { jsonVariable, nameVariable } from '../platform/environment';
import { rolesByCollection } from './roles.contract';

/** Environment of credentials-api. */
export const credentialsApiEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  COLLECTIONS: jsonVariable(z.array(collectionConfiguration)),
  RESEARCHER_ROLES: jsonVariable(rolesByCollection),
  UID_ROOT: nameVariable,
  DATASTORES: jsonVariable(z.object({ development: nameVariable })),
  DATASTORE_ARNS: jsonVariable(z.object({ development: nameVariable })),
  DICOMWEB_ENDPOINT: z.url(),
});
