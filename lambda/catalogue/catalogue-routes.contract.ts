import * as z from 'zod';
import { credentialsRefusals } from '../credentials/credentials-refusals.contract';
import { type RefusalTable, selectRefusals } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import { projectId } from '../register/identifiers.contract';
import { studiesPage, studiesQuery } from './catalogue.contract';

export const catalogueRefusals = {
  PROJECT_NOT_FOUND: {
    status: 404,
    title: 'You are not a member of such a project.',
    fix: 'Check the id; `nmip projects` lists your projects.',
  },
  NO_ACTIVE_GRANT: {
    status: 403,
    title: 'The project has no grant that is in force.',
    fix: 'Ask for a renewal: submit a new application before the end date next time.',
  },
  ...selectRefusals(credentialsRefusals, 'PLATFORM_CLOSED', 'COLLECTION_CLOSED'),
} as const satisfies RefusalTable;

/** The routes of catalogue-api. */
export const catalogueRoutes = {
  listProjectStudies: {
    id: 'listProjectStudies',
    method: 'GET',
    path: '/v1/projects/{id}/studies',
    summary: 'Lists the studies within the grants of a project, for its members.',
    roles: 'everybody',
    params: z.object({ id: projectId }),
    query: studiesQuery,
    answer: studiesPage,
    refusals: catalogueRefusals,
  },
} as const satisfies RouteContracts;
