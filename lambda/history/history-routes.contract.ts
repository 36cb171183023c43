import * as z from 'zod';
import type { RefusalTable } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import { subject } from '../register/identifiers.contract';
import {
  accessPage,
  accessQuery,
  chainName,
  chainPage,
  chainQuery,
  chainsPage,
  chainsQuery,
  checkpointsPage,
  checkpointsQuery,
  issuesPage,
  issuesQuery,
  MOST_DAYS_OF_READS,
  personName,
  readsPage,
  readsQuery,
  waitingPage,
  waitingQuery,
} from './history.contract';

export const historyRefusals = {
  CHAIN_NOT_FOUND: {
    status: 404,
    title: 'The register has no history of this project or person.',
    fix: 'Check the id; `GET /v1/history` lists all chains.',
  },
  PERSON_NOT_FOUND: {
    status: 404,
    title: 'The register does not know this person.',
    fix: 'Check the subject as the issuer of sign-ins spells it.',
  },
  PERIOD_NOT_VALID: {
    status: 422,
    title: 'The period ends before it begins, or is too long.',
    fix: `Ask for at most ${MOST_DAYS_OF_READS} days at a time.`,
  },
} as const satisfies RefusalTable;

const auditors = ['auditor'] as const;
const { CHAIN_NOT_FOUND, PERSON_NOT_FOUND, PERIOD_NOT_VALID } = historyRefusals;

/** The routes of history-api. None of them changes anything. */
export const historyRoutes = {
  listChains: {
    id: 'listChains',
    method: 'GET',
    path: '/v1/history',
    summary: 'Lists the chains of events of the register with their heads.',
    roles: auditors,
    query: chainsQuery,
    answer: chainsPage,
    refusals: {},
  },
  showChain: {
    id: 'showChain',
    method: 'GET',
    path: '/v1/history/{chain}',
    summary: 'Shows the events of a project or a person, and the head of their chain.',
    roles: auditors,
    params: z.object({ chain: chainName }),
    query: chainQuery,
    answer: chainPage,
    refusals: { CHAIN_NOT_FOUND },
  },
  listCheckpoints: {
    id: 'listCheckpoints',
    method: 'GET',
    path: '/v1/history/checkpoints',
    summary: 'Lists URLs of the checkpoints in the audit bucket, and the head over all of them.',
    roles: auditors,
    query: checkpointsQuery,
    answer: checkpointsPage,
    refusals: {},
  },
  listWaitingEvents: {
    id: 'listWaitingEvents',
    method: 'GET',
    path: '/v1/history/waiting',
    summary: 'Lists the events that no checkpoint holds yet.',
    roles: auditors,
    query: waitingQuery,
    answer: waitingPage,
    refusals: {},
  },
  nameChainOfPerson: {
    id: 'nameChainOfPerson',
    method: 'GET',
    path: '/v1/history/people/{subject}',
    summary: 'Says under which pseudonym a person stands in the history.',
    roles: auditors,
    params: z.object({ subject }),
    answer: personName,
    refusals: { PERSON_NOT_FOUND },
  },
  listAccess: {
    id: 'listAccess',
    method: 'GET',
    path: '/v1/history/access',
    summary: 'Lists the grants that cover a study, or did.',
    roles: auditors,
    query: accessQuery,
    answer: accessPage,
    refusals: {},
  },
  listIssues: {
    id: 'listIssues',
    method: 'GET',
    path: '/v1/history/issues',
    summary: 'Lists the credentials that members of a project were given.',
    roles: auditors,
    query: issuesQuery,
    answer: issuesPage,
    refusals: { PERIOD_NOT_VALID },
  },
  listReads: {
    id: 'listReads',
    method: 'GET',
    path: '/v1/history/reads',
    summary: 'Lists requests to the image store, by person, project and study.',
    roles: auditors,
    query: readsQuery,
    answer: readsPage,
    refusals: { PERIOD_NOT_VALID },
  },
} as const satisfies RouteContracts;
