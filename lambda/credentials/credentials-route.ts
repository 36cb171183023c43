import * as z from 'zod';
import type { HttpApi } from '../platform/http-api';
import { projectId } from '../register/identifiers.contract';
import { credentialsRequest } from './credentials.contract';
import { type Issuer, issueCredentials } from './issue-credentials';

/** The route of credentials-api. Membership decides, not a role. */
export function addCredentialsRoute(api: HttpApi, issuer: Issuer): void {
  api.route(
    {
      method: 'POST',
      path: '/v1/projects/:id/credentials',
      roles: 'everybody',
      params: z.object({ id: projectId }),
      body: credentialsRequest,
    },
    async ({ person, params, body }) => ({
      status: 201,
      body: await issueCredentials(issuer, person.subject, params.id, body.studies ?? null),
      headers: { 'cache-control': 'no-store' },
    }),
  );
}
