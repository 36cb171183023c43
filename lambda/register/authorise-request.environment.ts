import { z } from 'zod';
import { jsonVariable, nameVariable } from '../platform/environment';

/** Environment of authorise-request. */
export const authoriseRequestEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  OIDC_ISSUER: z.url(),
  OIDC_AUDIENCE: nameVariable,
  FIRST_OFFICERS: jsonVariable(z.array(z.string())),
});
