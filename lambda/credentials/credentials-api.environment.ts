import * as z from 'zod';
import { platformConfiguration } from '../platform/configuration.contract';
import { jsonVariable, nameVariable } from '../platform/environment';
import { collectionRoleTemplate } from '../platform/name-templates.contract';

/** Environment of credentials-api. */
export const credentialsApiEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  RESEARCHER_ROLE: collectionRoleTemplate,
  UID_ROOT: nameVariable,
  DATASTORES: jsonVariable(z.object({ development: nameVariable })),
  DATASTORE_ARNS: jsonVariable(z.object({ development: nameVariable })),
  DICOMWEB_ENDPOINT: z.url(),
  configuration: platformConfiguration.pick({ collections: true }),
});
