import { catalogueRoutes } from '../../lambda/catalogue/catalogue-routes.contract';
import type { Method, RouteContracts } from '../../lambda/platform/route.contract';

/** A method of the REST API and the function that answers it. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly handler:
    | 'submission'
    | 'demographics'
    | 'catalogue'
    | 'register'
    | 'credentials'
    | 'quarantine'
    | 'withdrawal';
  /** Why it answers without a token. */
  readonly open?: string;
}

function ofContracts(handler: Route['handler'], contracts: RouteContracts): Route[] {
  return Object.values(contracts).map(({ method, path, open }) => ({
    method,
    path,
    handler,
    ...(open !== undefined && { open }),
  }));
}

/** Every route, as docs/architecture.md, "HTTP API", lists them. */
export const routes: readonly Route[] = [
  { method: 'POST', path: '/v1/submissions', handler: 'submission' },
  { method: 'GET', path: '/v1/submissions', handler: 'submission' },
  { method: 'GET', path: '/v1/submissions/{id}', handler: 'submission' },
  { method: 'PUT', path: '/v1/submissions/{id}/manifest/{page}', handler: 'submission' },
  { method: 'POST', path: '/v1/submissions/{id}/upload-urls', handler: 'submission' },
  { method: 'POST', path: '/v1/submissions/{id}/archive-urls', handler: 'submission' },
  { method: 'POST', path: '/v1/submissions/{id}/files/{ordinal}/part-urls', handler: 'submission' },
  { method: 'POST', path: '/v1/submissions/{id}/files/{ordinal}/complete', handler: 'submission' },
  { method: 'POST', path: '/v1/submissions/{id}/archives/{archive}/part-urls', handler: 'submission' },
  { method: 'POST', path: '/v1/submissions/{id}/archives/{archive}/complete', handler: 'submission' },
  { method: 'POST', path: '/v1/submissions/{id}/subjects-url', handler: 'submission' },
  { method: 'POST', path: '/v1/submissions/{id}/complete', handler: 'submission' },
  { method: 'POST', path: '/v1/submissions/{id}/demographics-url', handler: 'demographics' },
  { method: 'POST', path: '/v1/submissions/{id}/demographics', handler: 'demographics' },
  { method: 'GET', path: '/v1/submissions/{id}/files', handler: 'submission' },
  { method: 'GET', path: '/v1/submissions/{id}/receipt', handler: 'submission' },
  {
    method: 'GET',
    path: '/v1/receipt-keys',
    handler: 'submission',
    open: 'Whoever holds a receipt may check it: these are public keys.',
  },
  {
    method: 'GET',
    path: '/v1/sign-in',
    handler: 'register',
    open: 'Who is not signed in yet must learn where to sign in: this is the address of the issuer.',
  },
  { method: 'GET', path: '/v1/me', handler: 'register' },
  { method: 'GET', path: '/v1/people/{subject}', handler: 'register' },
  { method: 'PUT', path: '/v1/people/{subject}', handler: 'register' },
  { method: 'POST', path: '/v1/applications', handler: 'register' },
  { method: 'GET', path: '/v1/applications', handler: 'register' },
  { method: 'GET', path: '/v1/applications/{id}', handler: 'register' },
  { method: 'PUT', path: '/v1/applications/{id}', handler: 'register' },
  { method: 'POST', path: '/v1/applications/{id}/submit', handler: 'register' },
  { method: 'POST', path: '/v1/applications/{id}/decisions', handler: 'register' },
  { method: 'GET', path: '/v1/projects', handler: 'register' },
  { method: 'GET', path: '/v1/projects/{id}', handler: 'register' },
  ...ofContracts('catalogue', catalogueRoutes),
  { method: 'POST', path: '/v1/projects/{id}/credentials', handler: 'credentials' },
  { method: 'GET', path: '/v1/quarantine', handler: 'quarantine' },
  { method: 'GET', path: '/v1/quarantine/counts', handler: 'quarantine' },
  { method: 'POST', path: '/v1/quarantine/releases', handler: 'quarantine' },
  { method: 'GET', path: '/v1/quarantine/releases/{id}', handler: 'quarantine' },
  { method: 'GET', path: '/v1/quarantine/{submission}/{ordinal}', handler: 'quarantine' },
  { method: 'POST', path: '/v1/quarantine/{submission}/{ordinal}/reject', handler: 'quarantine' },
  { method: 'POST', path: '/v1/withdrawals', handler: 'withdrawal' },
  { method: 'GET', path: '/v1/withdrawals', handler: 'withdrawal' },
  { method: 'GET', path: '/v1/withdrawals/{id}', handler: 'withdrawal' },
  { method: 'POST', path: '/v1/withdrawals/{id}/prepare', handler: 'withdrawal' },
  { method: 'POST', path: '/v1/withdrawals/{id}/confirm', handler: 'withdrawal' },
  { method: 'GET', path: '/v1/withdrawals/{id}/certificate', handler: 'withdrawal' },
];
