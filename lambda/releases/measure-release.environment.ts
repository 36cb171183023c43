import * as z from 'zod';
import { reference } from '../../statistics/references/reference.contract';
import { representativenessGate } from '../../statistics/representativeness/gate.contract';
import { lakeEnvironment } from '../lake/lake.environment';
import { collectionConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';
import { shareVariable } from '../platform/environment-variables';
import { publication, webAddress } from './publication.contract';

/** Environment of `releases/measure-release`. */
export const measureReleaseEnvironment = lakeEnvironment.extend({
  REGISTER_TABLE: nameVariable,
  RELEASES_BUCKET: nameVariable,
  RELEASES_ADDRESS: webAddress,
  HELD_OUT_SHARE: shareVariable,
  configuration: z.object({
    collections: z.array(collectionConfiguration),
    publication,
    releases: z.object({ gate: representativenessGate, references: z.array(reference) }),
  }),
});
