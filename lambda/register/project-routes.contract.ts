import * as z from 'zod';
import { httpRefusals } from '../platform/http-refusals.contract';
import { selectRefusals } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import { projectId } from './identifiers.contract';
import { projectsPage, projectsQuery, projectView } from './project.contract';
import { registerRefusals } from './register-refusals.contract';

/** The routes of register-api about projects. */
export const projectRoutes = {
  listProjects: {
    id: 'listProjects',
    method: 'GET',
    path: '/v1/projects',
    summary: 'Lists the own projects, or for the committee all.',
    roles: 'everybody',
    query: projectsQuery,
    answer: projectsPage,
    refusals: {},
  },
  showProject: {
    id: 'showProject',
    method: 'GET',
    path: '/v1/projects/{id}',
    summary: 'Shows a project with its grants, to its members and the committee.',
    roles: 'everybody',
    params: z.object({ id: projectId }),
    answer: projectView,
    entityTag: true,
    refusals: {
      ...selectRefusals(registerRefusals, 'PROJECT_NOT_FOUND'),
      ...selectRefusals(httpRefusals, 'SIGN_IN_TOO_WEAK'),
    },
  },
} as const satisfies RouteContracts;
