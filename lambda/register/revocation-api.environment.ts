import { canaryEnvironment } from '../credentials/canary.environment';
import { platformConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';
import { firstOfficersVariable } from '../platform/environment-variables';

/** Environment of revocation-api. */
export const revocationApiEnvironment = canaryEnvironment.extend({
  FIRST_OFFICERS: firstOfficersVariable,
  /** Function that denies running sessions. */
  DENY_SESSIONS_FUNCTION: nameVariable,
  configuration: platformConfiguration.pick({ collections: true }),
});
