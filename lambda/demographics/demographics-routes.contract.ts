import * as z from 'zod';
import { submissionId } from '../deidentification/pipeline.contract';
import { selectRefusals } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import { submissionRefusals } from '../submission/submission-errors';
import {
  demographicsAccepted,
  demographicsBody,
  demographicsUrl,
  demographicsUrlBody,
} from './demographics.contract';
import { demographicsRefusals } from './demographics-errors';

const roles = ['uploader'] as const;
const ofSubmission = z.object({ id: submissionId });

const ofTakingRows = {
  ...selectRefusals(
    submissionRefusals,
    'NO_TRUST',
    'SUBMISSION_NOT_FOUND',
    'UNKNOWN_COLLECTION',
    'COLLECTION_ENDED',
  ),
  ...selectRefusals(demographicsRefusals, 'DEMOGRAPHICS_TOO_LATE'),
};

/** The routes of demographics-api. */
export const demographicsRoutes = {
  issueDemographicsUrl: {
    id: 'issueDemographicsUrl',
    method: 'POST',
    path: '/v1/submissions/{id}/demographics-url',
    summary: 'Gives a presigned PUT for a demographics table of a submission.',
    roles,
    params: ofSubmission,
    body: demographicsUrlBody,
    answer: demographicsUrl,
    refusals: { ...ofTakingRows, ...selectRefusals(demographicsRefusals, 'DEMOGRAPHICS_TOO_LARGE') },
  },
  acceptDemographics: {
    id: 'acceptDemographics',
    method: 'POST',
    path: '/v1/submissions/{id}/demographics',
    summary: 'Checks a demographics table that has arrived, and takes it over where it has no fault.',
    roles,
    params: ofSubmission,
    body: demographicsBody,
    answer: demographicsAccepted,
    refusals: {
      ...ofTakingRows,
      ...selectRefusals(
        demographicsRefusals,
        'DEMOGRAPHICS_NOT_RECEIVED',
        'DEMOGRAPHICS_SUPERSEDED',
        'DEMOGRAPHICS_INVALID',
      ),
    },
  },
} as const satisfies RouteContracts;
