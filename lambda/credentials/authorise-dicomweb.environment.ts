import { z } from 'zod';
import { collectionConfiguration } from '../platform/configuration.contract';
import { jsonVariable, nameVariable } from '../platform/environment';
import { rolesByCollection } from './roles.contract';

/** Environment of authorise-dicomweb. */
export const authoriseDicomwebEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  COLLECTIONS: jsonVariable(z.array(collectionConfiguration)),
  VIEWER_ROLES: jsonVariable(rolesByCollection),
  DATASTORES: jsonVariable(z.object({ development: nameVariable })),
  OIDC_ISSUER: z.url(),
  OIDC_AUDIENCE: nameVariable,
});
