import { lakeEnvironment } from '../lake/lake.environment';
import { nameVariable } from '../platform/environment';

/** Environment of `releases/count-withdrawn`. */
export const countWithdrawnEnvironment = lakeEnvironment.extend({
  REGISTER_TABLE: nameVariable,
  RELEASES_BUCKET: nameVariable,
});
