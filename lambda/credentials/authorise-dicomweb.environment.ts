import { z } from 'zod';
import { collectionConfiguration } from '../platform/configuration.contract';
import { jsonVariable, nameVariable } from '../platform/environment';
import { rolesByCollection } from './roles.contract';

/**
 * Environment of authorise-dicomweb. It cannot name the data store: HealthImaging takes an authoriser only when a store is
 * made, so this function comes first. Only the development store is made with it.
 */
export const authoriseDicomwebEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  COLLECTIONS: jsonVariable(z.array(collectionConfiguration)),
  VIEWER_ROLES: jsonVariable(rolesByCollection),
  OIDC_ISSUER: z.url(),
  OIDC_AUDIENCE: nameVariable,
});
