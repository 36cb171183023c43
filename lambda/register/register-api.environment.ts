import * as z from 'zod';
import { platformConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';
import { firstOfficersVariable } from '../platform/environment-variables';

/** Environment of register-api. */
export const registerApiEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  OIDC_ISSUER: z.url(),
  FIRST_OFFICERS: firstOfficersVariable,
  configuration: platformConfiguration.pick({ trusts: true, collections: true }),
});
