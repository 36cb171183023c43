import * as z from 'zod';
import { canarySession } from '../credentials/canary.contract';
import { selectRefusals } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import { reopening } from './closure.contract';
import { projectId } from './identifiers.contract';
import { registerRefusals } from './register-refusals.contract';
import { revocationRefusals } from './revocation-refusals.contract';
import {
  closuresView,
  platformRevocation,
  projectRevocation,
  reopeningAnswer,
  revocationAnswer,
} from './revoke-access.contract';

const busy = selectRefusals(registerRefusals, 'REGISTER_BUSY', 'IDEMPOTENCY_KEY_REUSED');
const officers = ['officer'] as const;

/** The routes of revocation-api. */
export const revocationRoutes = {
  revokeFromProject: {
    id: 'revokeFromProject',
    method: 'POST',
    path: '/v1/projects/{id}/revocations',
    summary: 'Takes a member, a grant or all access from a project, by an officer or its applicant.',
    roles: 'everybody',
    params: z.object({ id: projectId }),
    body: projectRevocation,
    idempotencyKey: true,
    ifMatch: true,
    answer: revocationAnswer,
    status: 201,
    refusals: {
      ...busy,
      ...selectRefusals(
        revocationRefusals,
        'PROJECT_NOT_FOUND',
        'NOT_THE_APPLICANT',
        'MEMBER_NOT_FOUND',
        'GRANT_NOT_FOUND',
        'ALREADY_REVOKED',
        'CANARY_NOT_FOUND',
      ),
    },
  },
  showClosures: {
    id: 'showClosures',
    method: 'GET',
    path: '/v1/closures',
    summary: 'Shows what is shut for everybody, and what is proposed to be opened again.',
    roles: ['officer', 'reviewer', 'auditor'],
    answer: closuresView,
    refusals: {},
  },
  closeAccess: {
    id: 'closeAccess',
    method: 'POST',
    path: '/v1/closures',
    summary: 'Shuts a collection or everything at once, or revokes a canary alone.',
    roles: officers,
    body: platformRevocation,
    idempotencyKey: true,
    answer: revocationAnswer,
    status: 201,
    refusals: {
      ...busy,
      ...selectRefusals(revocationRefusals, 'COLLECTION_NOT_FOUND', 'ALREADY_CLOSED', 'CANARY_NOT_FOUND'),
    },
  },
  reopenAccess: {
    id: 'reopenAccess',
    method: 'POST',
    path: '/v1/reopenings',
    summary: 'Proposes to open what is shut, or confirms what another officer has proposed.',
    roles: officers,
    body: reopening,
    answer: reopeningAnswer,
    refusals: {
      ...selectRefusals(registerRefusals, 'REGISTER_BUSY'),
      ...selectRefusals(revocationRefusals, 'NOT_CLOSED'),
    },
  },
  openCanary: {
    id: 'openCanary',
    method: 'POST',
    path: '/v1/canaries',
    summary: 'Makes a session that reads nothing, to measure with how long a revocation takes.',
    roles: officers,
    answer: canarySession,
    status: 201,
    refusals: {},
  },
} as const satisfies RouteContracts;
