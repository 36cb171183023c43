import { catalogueRoutes } from '../../lambda/catalogue/catalogue-routes.contract';
import { demographicsRoutes } from '../../lambda/demographics/demographics-routes.contract';
import type { Method, RouteContracts } from '../../lambda/platform/route.contract';
import { quarantineRoutes } from '../../lambda/quarantine/quarantine-routes.contract';
import { submissionRoutes } from '../../lambda/submission/submission-routes.contract';
import { withdrawalRoutes } from '../../lambda/withdrawal/withdrawal-routes.contract';

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

/** The contracts of the functions that have them. */
export const contractsOf = {
  submission: submissionRoutes,
  demographics: demographicsRoutes,
  quarantine: quarantineRoutes,
  withdrawal: withdrawalRoutes,
  catalogue: catalogueRoutes,
} as const satisfies Partial<Record<Route['handler'], RouteContracts>>;

function routesOf(handler: keyof typeof contractsOf): Route[] {
  const contracts: RouteContracts = contractsOf[handler];
  return Object.values(contracts).map(({ method, path, open }) => ({
    method,
    path,
    handler,
    ...(open !== undefined && { open }),
  }));
}

/** Every route, as docs/architecture.md, "HTTP API", lists them. */
export const routes: readonly Route[] = [
  ...routesOf('submission'),
  ...routesOf('demographics'),
  ...routesOf('quarantine'),
  ...routesOf('withdrawal'),
  ...routesOf('catalogue'),
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
  { method: 'POST', path: '/v1/projects/{id}/credentials', handler: 'credentials' },
];
