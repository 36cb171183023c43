import * as z from 'zod';
import { nameVariable } from '../platform/environment';
import {
  accessTokensVariable,
  assuranceVariable,
  firstOfficersVariable,
} from '../platform/environment-variables';

/** Environment of authorise-request. */
export const authoriseRequestEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  OIDC_ISSUER: z.url(),
  OIDC_AUDIENCE: nameVariable,
  OIDC_ACCESS_TOKENS: accessTokensVariable,
  OIDC_ASSURANCE: assuranceVariable,
  FIRST_OFFICERS: firstOfficersVariable,
});
