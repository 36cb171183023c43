import * as z from 'zod';
import { lakeEnvironment } from '../lake/lake.environment';
import { collectionConfiguration, trustConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';

/** Environment of `quality/make-scorecards`. */
export const makeScorecardsEnvironment = lakeEnvironment.extend({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  configuration: z.object({
    trusts: z.array(trustConfiguration.pick({ odsCode: true, expectedStudiesPerWeek: true })),
    collections: z.array(collectionConfiguration.pick({ id: true, legalBasis: true })),
  }),
});
