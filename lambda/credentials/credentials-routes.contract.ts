import * as z from 'zod';
import { selectRefusals } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import { projectId } from '../register/identifiers.contract';
import { registerRefusals } from '../register/register-refusals.contract';
import { credentialsRequest, credentialsResponse } from './credentials.contract';
import { credentialsRefusals } from './credentials-refusals.contract';

/** The route of credentials-api. Membership decides, not a role. */
export const credentialsRoutes = {
  issueCredentials: {
    id: 'issueCredentials',
    method: 'POST',
    path: '/v1/projects/{id}/credentials',
    summary: 'Issues a credential for what the project may read, or for up to 20 studies of it.',
    roles: 'everybody',
    params: z.object({ id: projectId }),
    body: credentialsRequest,
    answer: credentialsResponse,
    status: 201,
    // A cluster starts a job on two hundred nodes at once; 250 environments are reserved for them (ADR 0036).
    rateLimit: { perSecond: 50, burst: 250 },
    idempotencyKey: true,
    refusals: {
      ...credentialsRefusals,
      ...selectRefusals(registerRefusals, 'REGISTER_BUSY', 'IDEMPOTENCY_KEY_REUSED'),
    },
  },
} as const satisfies RouteContracts;
