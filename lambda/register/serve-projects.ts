import type { HttpApi } from '../platform/http-api';
import type { People } from './people';
import { projectRoutes } from './project-routes.contract';
import { listProjects, readProject } from './projects';

/** Adds the routes about projects. */
export function serveProjects(api: HttpApi, people: People): void {
  api.serve(projectRoutes.listProjects, async ({ person, query }) => ({
    body: await listProjects(people, person, query),
  }));

  api.serve(projectRoutes.showProject, async ({ person, params }) => {
    const found = await readProject(people, person, params.id);
    return { body: found, version: found.version };
  });
}
