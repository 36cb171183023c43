import type { HttpApi } from '../platform/http-api';
import type { Committee } from './applications';
import { projectRoutes } from './project-routes.contract';
import { listProjects, readProject } from './projects';

/** Adds the routes about projects. */
export function serveProjects(api: HttpApi, committee: Committee): void {
  api.serve(projectRoutes.listProjects, async ({ person, query }) => ({
    body: await listProjects(committee, person, query),
  }));

  api.serve(projectRoutes.showProject, async ({ person, params }) => {
    const found = await readProject(committee, person, params.id);
    return { body: found, version: found.version };
  });
}
