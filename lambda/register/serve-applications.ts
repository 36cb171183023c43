import type { HttpApi } from '../platform/http-api';
import type { RequestPerson } from '../platform/request-person';
import type { Application, ApplicationView } from './application.contract';
import { listApplications } from './application-lists';
import { applicationRoutes } from './application-routes.contract';
import { showApplication } from './application-views';
import {
  type Committee,
  closeApplication,
  draftApplication,
  listShortcomings,
  readApplication,
  saveApplication,
  submitApplication,
} from './applications';
import { decideApplication } from './decisions';
import { beginEdition } from './editions';
import { RepeatableRequest } from './idempotency';
import { showLetter } from './letters';

/** Adds the routes about applications and decisions. */
export function serveApplications(api: HttpApi, committee: Committee): void {
  const shown = async (
    found: Application,
    person: RequestPerson,
  ): Promise<{ body: ApplicationView; version: number }> => ({
    body: await showApplication(committee, found, person),
    version: found.version,
  });
  const drafted = async (draft: Application, person: RequestPerson) => ({
    ...(await shown(draft, person)),
    headers: { location: `/v1/applications/${draft.id}` },
  });

  api.serve(applicationRoutes.draftApplication, async ({ person, body, idempotencyKey }) => {
    const request = RepeatableRequest.of(person.subject, idempotencyKey, { route: 'draft', body });
    return drafted(await draftApplication(committee, person, body, request), person);
  });

  api.serve(applicationRoutes.listApplications, async ({ person, query }) => ({
    body: await listApplications(committee, person, query),
  }));

  api.serve(applicationRoutes.showApplication, async ({ person, params }) =>
    shown(await readApplication(committee, person, params.id), person),
  );

  api.serve(applicationRoutes.showShortcomings, async ({ person, params }) => ({
    body: { shortcomings: await listShortcomings(committee, person, params.id) },
  }));

  api.serve(applicationRoutes.saveApplication, async ({ person, params, body, version }) =>
    shown(await saveApplication(committee, person, params.id, body, version), person),
  );

  api.serve(applicationRoutes.submitApplication, async ({ person, params, version, idempotencyKey }) => {
    const request = RepeatableRequest.of(person.subject, idempotencyKey, { route: 'submit', id: params.id });
    return shown(await submitApplication(committee, person, params.id, request, version), person);
  });

  api.serve(applicationRoutes.closeApplication, async ({ person, params, version, idempotencyKey }) => {
    const request = RepeatableRequest.of(person.subject, idempotencyKey, { route: 'close', id: params.id });
    return shown(await closeApplication(committee, person, params.id, request, version), person);
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

  api.serve(applicationRoutes.showLetter, async ({ person, params }) => ({
    body: await showLetter(committee, person, params.id, params.kind),
  }));

  for (const [route, kind] of [
    [applicationRoutes.beginAmendment, 'amendment'],
    [applicationRoutes.beginRenewal, 'renewal'],
  ] as const) {
    api.serve(route, async ({ person, params, idempotencyKey }) => {
      const request = RepeatableRequest.of(person.subject, idempotencyKey, { route: kind, id: params.id });
      return drafted(await beginEdition(committee, person, params.id, kind, request), person);
    });
  }
}
