import { lakeEnvironment } from '../lake/lake.environment';
import { nameVariable } from '../platform/environment';

/** Environment of `releases/guard-release`. */
export const guardReleaseEnvironment = lakeEnvironment.extend({ REGISTER_TABLE: nameVariable });
