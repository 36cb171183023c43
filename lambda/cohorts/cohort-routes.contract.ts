import * as z from 'zod';
import { selectRefusals } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import { cohortId, projectId } from '../register/identifiers.contract';
import { registerRefusals } from '../register/register-refusals.contract';
import {
  cohortAnswer,
  cohortDifference,
  cohortRepresentation,
  cohortsPage,
  cohortVersionView,
  cohortWithVersions,
  manifestPage,
  newCohort,
  newCount,
  shownCounts,
} from './cohort.contract';
import { cohortRefusals, countRefusals } from './cohort-refusals.contract';
import { queryRefusals } from './query-refusals.contract';

const number = z.coerce.number().int().min(1).max(9999);
const params = z.object({ id: cohortId });
const versionParams = params.extend({ version: number });
const notFound = selectRefusals(cohortRefusals, 'COHORT_NOT_FOUND');
const noVersion = { ...notFound, ...selectRefusals(cohortRefusals, 'COHORT_VERSION_NOT_FOUND') };
const busy = selectRefusals(countRefusals, 'CATALOGUE_BUSY');
const questions = {
  ...countRefusals,
  ...selectRefusals(
    queryRefusals,
    'COUNT_TOO_SIMILAR',
    'DAILY_QUESTIONS_USED',
    'PROJECT_QUESTIONS_USED',
    'RELEASE_QUESTIONS_USED',
  ),
};

/** The routes of cohorts-api. */
export const cohortRoutes = {
  countCohort: {
    id: 'countCohort',
    method: 'POST',
    path: '/v1/cohorts/counts',
    summary:
      'Counts the patients and studies of a filter in the development split of a project’s collections.',
    roles: 'everybody',
    body: newCount,
    bodyLimit: 20_000,
    answer: shownCounts,
    refusals: questions,
  },
  createCohort: {
    id: 'createCohort',
    method: 'POST',
    path: '/v1/cohorts',
    summary: 'Shows what a cohort would be and whom it represents or, when confirmed, makes a version of it.',
    roles: 'everybody',
    body: newCohort,
    bodyLimit: 20_000,
    answer: cohortAnswer,
    status: [201, 200],
    idempotencyKey: true,
    refusals: {
      ...questions,
      ...selectRefusals(cohortRefusals, 'COHORT_NOT_FOUND', 'COHORT_REASON_NEEDED', 'COHORT_TOO_LARGE'),
      ...selectRefusals(queryRefusals, 'COHORT_TOO_SMALL', 'COHORT_TOO_SIMILAR'),
      ...selectRefusals(registerRefusals, 'REGISTER_BUSY', 'IDEMPOTENCY_KEY_REUSED'),
    },
  },
  listCohorts: {
    id: 'listCohorts',
    method: 'GET',
    path: '/v1/cohorts',
    summary: 'The cohorts of a project, the newest first.',
    roles: 'everybody',
    query: z.object({
      project: projectId,
      limit: z.coerce.number().int().min(1).max(100).default(50),
      next: z.string().max(1000).optional(),
    }),
    answer: cohortsPage,
    refusals: selectRefusals(countRefusals, 'PROJECT_NOT_FOUND'),
  },
  showCohort: {
    id: 'showCohort',
    method: 'GET',
    path: '/v1/cohorts/{id}',
    summary: 'A cohort with all its versions.',
    roles: 'everybody',
    params,
    answer: cohortWithVersions,
    refusals: notFound,
  },
  showCohortVersion: {
    id: 'showCohortVersion',
    method: 'GET',
    path: '/v1/cohorts/{id}/versions/{version}',
    summary: 'A version of a cohort, and how many of its studies were withdrawn since.',
    roles: 'everybody',
    params: versionParams,
    answer: cohortVersionView,
    refusals: { ...noVersion, ...busy },
  },
  showCohortRepresentativeness: {
    id: 'showCohortRepresentativeness',
    method: 'GET',
    path: '/v1/cohorts/{id}/versions/{version}/representativeness',
    summary: 'Whom a version of a cohort represents, as it was shown before it was made.',
    roles: 'everybody',
    params: versionParams,
    answer: cohortRepresentation,
    refusals: noVersion,
  },
  listCohortStudies: {
    id: 'listCohortStudies',
    method: 'GET',
    path: '/v1/cohorts/{id}/versions/{version}/manifest',
    summary: 'The studies of a version with their series, page by page, for members of its project.',
    roles: 'everybody',
    params: versionParams,
    query: z.object({ next: z.string().max(1000).optional() }),
    answer: manifestPage,
    refusals: { ...noVersion, ...busy, ...selectRefusals(cohortRefusals, 'LIST_FOR_MEMBERS') },
  },
  compareCohortVersions: {
    id: 'compareCohortVersions',
    method: 'GET',
    path: '/v1/cohorts/{id}/diff',
    summary: 'What one version of a cohort has and another has not.',
    roles: 'everybody',
    params,
    query: z.object({ from: number, to: number }),
    answer: cohortDifference,
    refusals: { ...noVersion, ...busy },
  },
} as const satisfies RouteContracts;
