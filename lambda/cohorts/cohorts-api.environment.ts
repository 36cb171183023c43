import * as z from 'zod';
import { reference } from '../../statistics/references/reference.contract';
import { lakeEnvironment } from '../lake/lake.environment';
import { nameVariable } from '../platform/environment';
import { cohortSettings } from './cohort-settings.contract';

/** Environment of `cohorts/cohorts-api`. */
export const cohortsApiEnvironment = lakeEnvironment.extend({
  REGISTER_TABLE: nameVariable,
  configuration: z.object({
    cohorts: cohortSettings,
    releases: z.object({ references: z.array(reference) }),
  }),
});
