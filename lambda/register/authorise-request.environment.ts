import { z } from 'zod';
import { nameVariable } from '../platform/environment';
import { firstOfficersVariable } from '../platform/environment-variables';

/** Environment of `register/authorise-request`. */
export const authoriseRequestEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  OIDC_ISSUER: nameVariable,
  OIDC_AUDIENCE: nameVariable,
  FIRST_OFFICERS: firstOfficersVariable,
});
