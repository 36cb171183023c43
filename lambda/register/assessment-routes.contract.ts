import * as z from 'zod';
import { selectRefusals } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import { applicationId } from './identifiers.contract';
import { assessmentDecision, assessmentView, impactAssessment } from './impact-assessment.contract';
import { registerRefusals } from './register-refusals.contract';

const oneApplication = z.object({ id: applicationId });

const ofChange = selectRefusals(
  registerRefusals,
  'APPLICATION_NOT_FOUND',
  'APPLICATION_NOT_OPEN',
  'NOT_THE_APPLICANT',
  'ASSESSMENT_NOT_OPEN',
  'REGISTER_BUSY',
);

/** The routes of register-api about impact assessments. `If-Match` of one that is not started is `"0"`. */
export const assessmentRoutes = {
  showAssessment: {
    id: 'showAssessment',
    method: 'GET',
    path: '/v1/applications/{id}/assessment',
    summary:
      'Shows the impact assessment of an application; its answers to the committee once it is submitted.',
    roles: ['applicant', 'reviewer', 'officer', 'auditor'],
    params: oneApplication,
    answer: assessmentView,
    entityTag: true,
    refusals: selectRefusals(registerRefusals, 'APPLICATION_NOT_FOUND'),
  },
  saveAssessment: {
    id: 'saveAssessment',
    method: 'PUT',
    path: '/v1/applications/{id}/assessment',
    summary: 'Saves the answers of an impact assessment, finished or not.',
    roles: ['applicant'],
    params: oneApplication,
    body: impactAssessment.draft,
    answer: assessmentView,
    ifMatch: true,
    entityTag: true,
    refusals: ofChange,
  },
  submitAssessment: {
    id: 'submitAssessment',
    method: 'POST',
    path: '/v1/applications/{id}/assessment/submit',
    summary: 'Gives an impact assessment to the committee, or says what is missing.',
    roles: ['applicant'],
    params: oneApplication,
    answer: assessmentView,
    idempotencyKey: true,
    ifMatch: true,
    entityTag: true,
    refusals: {
      ...ofChange,
      ...selectRefusals(registerRefusals, 'ASSESSMENT_INCOMPLETE', 'IDEMPOTENCY_KEY_REUSED'),
    },
  },
  decideAssessment: {
    id: 'decideAssessment',
    method: 'POST',
    path: '/v1/applications/{id}/assessment/decisions',
    summary: 'Accepts an impact assessment, or returns it with a question; by a reviewer who could decide.',
    roles: ['reviewer'],
    params: oneApplication,
    body: assessmentDecision,
    answer: assessmentView,
    status: 201,
    idempotencyKey: true,
    ifMatch: true,
    entityTag: true,
    refusals: selectRefusals(
      registerRefusals,
      'APPLICATION_NOT_FOUND',
      'APPLICATION_NOT_OPEN',
      'ASSESSMENT_NOT_OPEN',
      'REVIEWER_ON_APPLICANTS_SIDE',
      'REVIEWER_IN_CONFLICT',
      'REVIEWER_ORGANISATION_UNKNOWN',
      'PROJECT_NOT_FOUND',
      'PERSON_NOT_FOUND',
      'IDEMPOTENCY_KEY_REUSED',
      'REGISTER_BUSY',
    ),
  },
} as const satisfies RouteContracts;
