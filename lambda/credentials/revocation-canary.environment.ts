import { nameVariable } from '../platform/environment';
import { canaryEnvironment } from './canary.environment';

/** Environment of revocation-canary. */
export const revocationCanaryEnvironment = canaryEnvironment.extend({
  /** Function that denies running sessions. */
  DENY_SESSIONS_FUNCTION: nameVariable,
});
