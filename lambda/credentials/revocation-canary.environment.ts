import * as z from 'zod';
import { jsonVariable, nameVariable } from '../platform/environment';

/** Environment of revocation-canary. */
export const revocationCanaryEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  /** Function that denies running sessions. */
  DENY_SESSIONS_FUNCTION: nameVariable,
  /** ARN of the role whose sessions read nothing. */
  CANARY_ROLE: nameVariable,
  UID_ROOT: nameVariable,
  DATASTORES: jsonVariable(z.object({ development: nameVariable })),
  DICOMWEB_ENDPOINT: z.url(),
});
