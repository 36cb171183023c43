import type { HttpApi } from '../platform/http-api';
import type { RequestPerson } from '../platform/request-person';
import type { Application, ApplicationView } from './application.contract';
import { applicationRoutes } from './application-routes.contract';
import {
  type Committee,
  draftApplication,
  listApplications,
  readApplication,
  saveApplication,
  submitApplication,
  viewOf,
} from './applications';
import { decideApplication } from './decisions';
import { RepeatableRequest } from './idempotency';

function shown(found: Application, person: RequestPerson): { body: ApplicationView; version: number } {
  return { body: viewOf(found, person), version: found.version };
}

/** Adds the routes about applications and decisions. */
export function serveApplications(api: HttpApi, committee: Committee): void {
  api.serve(applicationRoutes.draftApplication, async ({ person, body, idempotencyKey }) => {
    const request = RepeatableRequest.of(person.subject, idempotencyKey, { route: 'draft', body });
    const drafted = await draftApplication(committee, person, body, request);
    return { ...shown(drafted, person), headers: { location: `/v1/applications/${drafted.id}` } };
  });

  api.serve(applicationRoutes.listApplications, async ({ person, query }) => ({
    body: await listApplications(committee, person, query),
  }));

  api.serve(applicationRoutes.showApplication, async ({ person, params }) =>
    shown(await readApplication(committee, person, params.id), person),
  );

  api.serve(applicationRoutes.saveApplication, async ({ person, params, body, version }) =>
    shown(await saveApplication(committee, person, params.id, body, version), person),
  );

  api.serve(applicationRoutes.submitApplication, async ({ person, params, version, idempotencyKey }) => {
    const request = RepeatableRequest.of(person.subject, idempotencyKey, { route: 'submit', id: params.id });
    return shown(await submitApplication(committee, person, params.id, request, version), person);
  });

  api.serve(
    applicationRoutes.decideApplication,
    async ({ person, params, body, version, idempotencyKey }) => {
      const request = RepeatableRequest.of(person.subject, idempotencyKey, {
        route: 'decide',
        id: params.id,
        body,
      });
      return shown(await decideApplication(committee, person, params.id, body, request, version), person);
    },
  );
}
