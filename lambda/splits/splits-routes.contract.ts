import * as z from 'zod';
import { lakeRefusals } from '../lake/lake-refusals.contract';
import { selectRefusals } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import { registerRefusals } from '../register/register-refusals.contract';
import { releaseVersion } from '../releases/release.contract';
import {
  evaluationSet,
  evaluationSetInput,
  evaluationSetsPage,
  evaluationSetView,
  evaluationUse,
  pageQuery,
  setName,
  studiesPage,
  studiesQuery,
  useInput,
  usesPage,
} from './evaluation-set.contract';
import { acknowledgement, acknowledgementInput, leakageReport } from './leakage.contract';
import { splitsRefusals } from './splits-refusals.contract';

const busy = selectRefusals(registerRefusals, 'REGISTER_BUSY');
const repeatable = selectRefusals(registerRefusals, 'REGISTER_BUSY', 'IDEMPOTENCY_KEY_REUSED');
const officers = ['officer'] as const;
const overseers = ['officer', 'auditor'] as const;
const versionParams = z.object({ name: setName, version: z.coerce.number().int().min(1).max(9999) });

/** The routes of splits-api. Nobody without the role of an officer is shown a held-out study. */
export const splitsRoutes = {
  createEvaluationSet: {
    id: 'createEvaluationSet',
    method: 'POST',
    path: '/v1/evaluation-sets',
    summary: 'Draws a version of an evaluation set from the held-out patients of a release, and freezes it.',
    roles: officers,
    body: evaluationSetInput,
    idempotencyKey: true,
    answer: evaluationSet,
    status: 201,
    refusals: {
      ...repeatable,
      ...lakeRefusals,
      ...selectRefusals(
        splitsRefusals,
        'FILTER_INVALID',
        'RELEASE_NOT_FOUND',
        'NOTHING_HELD_OUT',
        'QUOTAS_NOT_MET',
        'SET_NOT_FOUND',
      ),
    },
  },
  listEvaluationSets: {
    id: 'listEvaluationSets',
    method: 'GET',
    path: '/v1/evaluation-sets',
    summary: 'The latest version of each evaluation set, by name.',
    roles: overseers,
    query: pageQuery,
    answer: evaluationSetsPage,
    refusals: {},
  },
  showEvaluationSet: {
    id: 'showEvaluationSet',
    method: 'GET',
    path: '/v1/evaluation-sets/{name}/versions/{version}',
    summary: 'A version: its definition, what became of each quota, and how much was withdrawn since.',
    roles: overseers,
    params: versionParams,
    answer: evaluationSetView,
    refusals: { ...lakeRefusals, ...selectRefusals(splitsRefusals, 'SET_NOT_FOUND') },
  },
  useEvaluationSet: {
    id: 'useEvaluationSet',
    method: 'POST',
    path: '/v1/evaluation-sets/{name}/versions/{version}/uses',
    summary: 'Records that a model of a project is about to see a version, and why.',
    roles: officers,
    params: versionParams,
    body: useInput,
    idempotencyKey: true,
    answer: evaluationUse,
    status: 201,
    refusals: {
      ...repeatable,
      ...selectRefusals(splitsRefusals, 'SET_NOT_FOUND', 'PROJECT_NOT_FOUND', 'USES_EXHAUSTED'),
    },
  },
  listEvaluationSetStudies: {
    id: 'listEvaluationSetStudies',
    method: 'GET',
    path: '/v1/evaluation-sets/{name}/versions/{version}/studies',
    summary: 'The studies of a version, for the officer who has recorded the use; withdrawn ones are marked.',
    roles: officers,
    params: versionParams,
    query: studiesQuery,
    answer: studiesPage,
    refusals: { ...lakeRefusals, ...selectRefusals(splitsRefusals, 'SET_NOT_FOUND', 'USE_NOT_FOUND') },
  },
  listEvaluationSetUses: {
    id: 'listEvaluationSetUses',
    method: 'GET',
    path: '/v1/evaluation-sets/{name}/uses',
    summary: 'Who let which model see which version of a set, and when; the latest first.',
    roles: overseers,
    params: z.object({ name: setName }),
    query: pageQuery,
    answer: usesPage,
    refusals: {},
  },
  showLeakage: {
    id: 'showLeakage',
    method: 'GET',
    path: '/v1/leakage/{release}',
    summary:
      'What the last check for a release found on both sides of the split, and nobody has acknowledged since.',
    roles: officers,
    params: z.object({ release: releaseVersion }),
    answer: leakageReport,
    refusals: selectRefusals(splitsRefusals, 'REPORT_NOT_FOUND'),
  },
  acknowledgeLeakage: {
    id: 'acknowledgeLeakage',
    method: 'POST',
    path: '/v1/leakage/acknowledgements',
    summary: 'Records that an officer has looked at both sides of a finding, and why it is none.',
    roles: officers,
    body: acknowledgementInput,
    answer: acknowledgement,
    refusals: {
      ...busy,
      ...selectRefusals(splitsRefusals, 'REPORT_NOT_FOUND', 'FINDING_NOT_FOUND', 'REASON_DOES_NOT_FIT'),
    },
  },
} as const satisfies RouteContracts;
