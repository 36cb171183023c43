import * as z from 'zod';
import { selectRefusals } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import {
  applicationDraft,
  applicationsPage,
  applicationsQuery,
  applicationView,
} from './application.contract';
import { decisionRequest } from './decision.contract';
import { applicationId } from './identifiers.contract';
import { registerRefusals } from './register-refusals.contract';

const oneApplication = z.object({ id: applicationId });
const seenBy = ['applicant', 'reviewer', 'officer', 'auditor'] as const;

/** The routes of register-api about applications and decisions on them. */
export const applicationRoutes = {
  draftApplication: {
    id: 'draftApplication',
    method: 'POST',
    path: '/v1/applications',
    summary: 'Makes a draft; drafts always save.',
    roles: ['applicant'],
    body: applicationDraft,
    answer: applicationView,
    status: 201,
    idempotencyKey: true,
    entityTag: true,
    refusals: selectRefusals(
      registerRefusals,
      'IDEMPOTENCY_KEY_REUSED',
      'APPLICATION_NOT_FOUND',
      'REGISTER_BUSY',
    ),
  },
  listApplications: {
    id: 'listApplications',
    method: 'GET',
    path: '/v1/applications',
    summary: 'Lists the own applications, or for the committee all that were submitted at least once.',
    roles: seenBy,
    query: applicationsQuery,
    answer: applicationsPage,
    refusals: {},
  },
  showApplication: {
    id: 'showApplication',
    method: 'GET',
    path: '/v1/applications/{id}',
    summary: 'Shows an application.',
    roles: seenBy,
    params: oneApplication,
    answer: applicationView,
    entityTag: true,
    refusals: selectRefusals(registerRefusals, 'APPLICATION_NOT_FOUND'),
  },
  saveApplication: {
    id: 'saveApplication',
    method: 'PUT',
    path: '/v1/applications/{id}',
    summary: 'Saves a draft or a returned application, finished or not.',
    roles: ['applicant'],
    params: oneApplication,
    body: applicationDraft,
    answer: applicationView,
    ifMatch: true,
    entityTag: true,
    refusals: selectRefusals(
      registerRefusals,
      'APPLICATION_NOT_FOUND',
      'APPLICATION_NOT_OPEN',
      'NOT_THE_APPLICANT',
      'REGISTER_BUSY',
    ),
  },
  submitApplication: {
    id: 'submitApplication',
    method: 'POST',
    path: '/v1/applications/{id}/submit',
    summary: 'Submits a draft or a returned application, or says what is missing.',
    roles: ['applicant'],
    params: oneApplication,
    answer: applicationView,
    idempotencyKey: true,
    ifMatch: true,
    entityTag: true,
    refusals: selectRefusals(
      registerRefusals,
      'APPLICATION_NOT_FOUND',
      'APPLICATION_NOT_OPEN',
      'APPLICATION_INCOMPLETE',
      'NOT_THE_APPLICANT',
      'IDEMPOTENCY_KEY_REUSED',
      'REGISTER_BUSY',
    ),
  },
  decideApplication: {
    id: 'decideApplication',
    method: 'POST',
    path: '/v1/applications/{id}/decisions',
    summary: 'Records the decision of one reviewer; the second approval makes project and grant.',
    roles: ['reviewer'],
    params: oneApplication,
    body: decisionRequest,
    answer: applicationView,
    status: 201,
    idempotencyKey: true,
    ifMatch: true,
    entityTag: true,
    refusals: selectRefusals(
      registerRefusals,
      'APPLICATION_NOT_FOUND',
      'APPLICATION_NOT_OPEN',
      'REVIEWER_ON_APPLICANTS_SIDE',
      'REVIEWER_ORGANISATION_UNKNOWN',
      'ALREADY_DECIDED',
      'LEGAL_BASIS_ENDED',
      'PERSON_NOT_FOUND',
      'IDEMPOTENCY_KEY_REUSED',
      'REGISTER_BUSY',
    ),
  },
} as const satisfies RouteContracts;
