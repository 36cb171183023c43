import * as z from 'zod';
import { platformConfiguration } from '../platform/configuration.contract';
import { jsonVariable, nameVariable } from '../platform/environment';
import { firstOfficersVariable } from '../platform/environment-variables';

/** Environment of revocation-api. */
export const revocationApiEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  FIRST_OFFICERS: firstOfficersVariable,
  /** Function that denies running sessions. */
  DENY_SESSIONS_FUNCTION: nameVariable,
  /** ARN of the role whose sessions read nothing. */
  CANARY_ROLE: nameVariable,
  UID_ROOT: nameVariable,
  DATASTORES: jsonVariable(z.object({ development: nameVariable })),
  DICOMWEB_ENDPOINT: z.url(),
  configuration: platformConfiguration.pick({ collections: true }),
});
