import { z } from 'zod';
import { collectionConfiguration, trustConfiguration } from '../platform/configuration.contract';
import { jsonVariable, nameVariable } from '../platform/environment';

/** Environment of register-api. */
export const registerApiEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  TRUSTS: jsonVariable(z.array(trustConfiguration)),
  COLLECTIONS: jsonVariable(z.array(collectionConfiguration)),
  OIDC_ISSUER: z.url(),
  FIRST_OFFICERS: jsonVariable(z.array(z.string())),
});
