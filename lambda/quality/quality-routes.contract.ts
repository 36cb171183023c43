import { selectRefusals } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import {
  qualityAnswer,
  qualityQuery,
  scorecardParams,
  scorecardQuery,
  scorecardsAnswer,
} from './quality.contract';
import { qualityRefusals } from './quality-errors';

/** The routes of quality-api. */
export const qualityRoutes = {
  listScorecards: {
    id: 'listScorecards',
    method: 'GET',
    path: '/v1/trusts/{ods}/scorecards',
    summary: 'Shows the scorecards of a trust, of one week or of the last 13 that there are.',
    roles: ['uploader', 'officer'],
    params: scorecardParams,
    query: scorecardQuery,
    answer: scorecardsAnswer,
    refusals: selectRefusals(qualityRefusals, 'NO_TRUST', 'OTHER_TRUST', 'SCORECARD_NOT_FOUND'),
  },
  showQuality: {
    id: 'showQuality',
    method: 'GET',
    path: '/v1/quality',
    summary: 'Shows what is wrong with the images of a collection, by trust, as its last scorecard found it.',
    roles: ['officer', 'auditor'],
    query: qualityQuery,
    answer: qualityAnswer,
    refusals: selectRefusals(qualityRefusals, 'COLLECTION_NOT_FOUND'),
  },
} as const satisfies RouteContracts;
