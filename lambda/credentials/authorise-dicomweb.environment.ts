import * as z from 'zod';
import { platformConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';
import { accessTokensVariable } from '../platform/environment-variables';
import { collectionRoleTemplate } from '../platform/name-templates.contract';

/**
 * Environment of authorise-dicomweb. It cannot name the data store: HealthImaging takes an authoriser only when a store is
 * made, so this function comes first. Only the development store is made with it.
 */
export const authoriseDicomwebEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  VIEWER_ROLE: collectionRoleTemplate,
  OIDC_ISSUER: z.url(),
  OIDC_AUDIENCE: nameVariable,
  OIDC_ACCESS_TOKENS: accessTokensVariable,
  configuration: platformConfiguration.pick({ collections: true }),
});
