import { lakeEnvironment } from '../lake/lake.environment';
import { nameVariable } from '../platform/environment';

/** Environment of `releases/commit-held-out`. */
export const commitHeldOutEnvironment = lakeEnvironment.extend({
  REGISTER_TABLE: nameVariable,
  PSEUDONYM_KEY_ID: nameVariable,
});
