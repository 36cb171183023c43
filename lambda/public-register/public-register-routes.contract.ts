import * as z from 'zod';
import type { RefusalTable } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import { projectId } from '../register/identifiers.contract';
import { registerEntry, registerPage, registerQuery } from './public-register.contract';

export const publicRegisterRefusals = {
  PROJECT_NOT_PUBLIC: {
    status: 404,
    title: 'The public register has no such project.',
    fix: 'Check the id against GET /v1/register; only projects that were approved stand there.',
  },
} as const satisfies RefusalTable;

const open =
  'The data use register is for everybody: it holds what was approved, and nobody’s name or address.';

/** The routes of public-register-api. */
export const publicRegisterRoutes = {
  listRegister: {
    id: 'listRegister',
    method: 'GET',
    path: '/v1/register',
    summary: 'The public register of approved, active, ended and revoked projects.',
    roles: 'public',
    open,
    rateLimit: { perSecond: 50, burst: 100 },
    query: registerQuery,
    answer: registerPage,
    refusals: {},
  },
  listRegisterAsCsv: {
    id: 'listRegisterAsCsv',
    method: 'GET',
    path: '/v1/register.csv',
    summary: 'The same as CSV; a header `Link` with rel="next" says where it goes on.',
    roles: 'public',
    open,
    rateLimit: { perSecond: 50, burst: 100 },
    query: registerQuery,
    answer: z.string(),
    media: 'text/csv',
    refusals: {},
  },
  showRegisterEntry: {
    id: 'showRegisterEntry',
    method: 'GET',
    path: '/v1/register/{project}',
    summary: 'One project of the public register.',
    roles: 'public',
    open,
    rateLimit: { perSecond: 50, burst: 100 },
    params: z.object({ project: projectId }),
    answer: registerEntry,
    refusals: publicRegisterRefusals,
  },
} as const satisfies RouteContracts;
