import * as z from 'zod';
import { lakeEnvironment } from '../lake/lake.environment';
import { trustConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';

/** Environment of `releases/take-series`. */
export const takeSeriesEnvironment = lakeEnvironment.extend({
  REGISTER_TABLE: nameVariable,
  configuration: z.object({ trusts: z.array(trustConfiguration.pick({ odsCode: true, region: true })) }),
});
