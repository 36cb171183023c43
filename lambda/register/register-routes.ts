import * as z from 'zod';
import type { TrustConfiguration } from '../platform/configuration.contract';
import type { ApiResponse, HttpApi } from '../platform/http-api';
import { type Application, applicationDraft, applicationsQuery } from './application.contract';
import {
  type Committee,
  draftApplication,
  listApplications,
  readApplication,
  saveApplication,
  submitApplication,
  viewOf,
} from './applications';
import { decisionRequest } from './decision.contract';
import { decideApplication } from './decisions';
import { RepeatableRequest } from './idempotency';
import { applicationId, projectId, subject } from './identifiers.contract';
import { describeMe, findPerson, recordPerson } from './people';
import { type Person, personInput } from './person.contract';
import { projectsQuery } from './project.contract';
import { listProjects, readProject } from './projects';
import { refuseRegister } from './register-refusals';

/** A subject in a path comes percent-encoded where it holds `@`, `|` or `/`. */
const subjectInPath = z.object({
  subject: z
    .string()
    .max(765)
    .transform((text, context) => {
      try {
        return decodeURIComponent(text);
      } catch {
        context.issues.push({ code: 'custom', message: 'not percent-encoded text', input: text });
        return z.NEVER;
      }
    })
    .pipe(subject),
});
const applicationInPath = z.object({ id: applicationId });
const projectInPath = z.object({ id: projectId });

const entityTag = (version: number) => `"${version}"`;

/** Version in an If-Match header, undefined where there is none; what is no version matches nothing. */
function expectedVersion(headers: Readonly<Record<string, string>>): number | undefined {
  const header = headers['if-match'];
  if (header === undefined || header === '*') return undefined;
  const version = /^"(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined) throw refuseRegister('VERSION_DIFFERS');
  return Number(version);
}

function personResponse({ subject: sub, roles, trust, organisation, version }: Person): ApiResponse {
  return {
    body: { subject: sub, roles, trust, organisation, version },
    headers: { etag: entityTag(version) },
  };
}

function addPeopleRoutes(api: HttpApi, committee: Committee, trusts: readonly TrustConfiguration[]): void {
  api.route({ method: 'GET', path: '/v1/me', roles: 'everybody' }, async ({ person }) => ({
    body: await describeMe(committee, trusts, person.subject),
  }));

  api.route(
    { method: 'GET', path: '/v1/people/:subject', roles: ['officer'], params: subjectInPath },
    async ({ params }) => {
      const found = await findPerson(committee.table, params.subject);
      if (found === null) throw refuseRegister('PERSON_NOT_FOUND');
      return personResponse(found);
    },
  );

  api.route(
    {
      method: 'PUT',
      path: '/v1/people/:subject',
      roles: ['officer'],
      params: subjectInPath,
      body: personInput,
    },
    async ({ person, params, body, headers }) =>
      personResponse(
        await recordPerson(committee, trusts, person, params.subject, body, expectedVersion(headers)),
      ),
  );
}

function addApplicationRoutes(api: HttpApi, committee: Committee): void {
  api.route(
    { method: 'POST', path: '/v1/applications', roles: ['applicant'], body: applicationDraft },
    async ({ person, body, headers }) => {
      const request = RepeatableRequest.of(person.subject, headers['idempotency-key'], {
        route: 'draft',
        body,
      });
      const drafted = await draftApplication(committee, person, body, request);
      return {
        status: 201,
        body: viewOf(drafted, person),
        headers: { location: `/v1/applications/${drafted.id}`, etag: entityTag(drafted.version) },
      };
    },
  );

  const seen = ['applicant', 'reviewer', 'officer', 'auditor'] as const;
  api.route(
    { method: 'GET', path: '/v1/applications', roles: seen, query: applicationsQuery },
    async ({ person, query }) => ({ body: await listApplications(committee, person, query) }),
  );

  const one = '/v1/applications/:id' as const;
  const respond = (found: Application, person: Parameters<typeof viewOf>[1]): ApiResponse => ({
    body: viewOf(found, person),
    headers: { etag: entityTag(found.version) },
  });

  api.route(
    { method: 'GET', path: one, roles: seen, params: applicationInPath },
    async ({ person, params }) => respond(await readApplication(committee, person, params.id), person),
  );

  api.route(
    {
      method: 'PUT',
      path: one,
      roles: ['applicant'],
      params: applicationInPath,
      body: applicationDraft,
    },
    async ({ person, params, body, headers }) =>
      respond(await saveApplication(committee, person, params.id, body, expectedVersion(headers)), person),
  );

  api.route(
    { method: 'POST', path: `${one}/submit`, roles: ['applicant'], params: applicationInPath },
    async ({ person, params, headers }) => {
      const request = RepeatableRequest.of(person.subject, headers['idempotency-key'], {
        route: 'submit',
        id: params.id,
      });
      return respond(await submitApplication(committee, person, params.id, request), person);
    },
  );

  api.route(
    {
      method: 'POST',
      path: `${one}/decisions`,
      roles: ['reviewer'],
      params: applicationInPath,
      body: decisionRequest,
    },
    async ({ person, params, body, headers }) => {
      const request = RepeatableRequest.of(person.subject, headers['idempotency-key'], {
        route: 'decide',
        id: params.id,
        body,
      });
      return {
        status: 201,
        ...respond(await decideApplication(committee, person, params.id, body, request), person),
      };
    },
  );
}

function addProjectRoutes(api: HttpApi, committee: Committee): void {
  api.route(
    { method: 'GET', path: '/v1/projects', roles: 'everybody', query: projectsQuery },
    async ({ person, query }) => ({ body: await listProjects(committee, person, query) }),
  );

  api.route(
    { method: 'GET', path: '/v1/projects/:id', roles: 'everybody', params: projectInPath },
    async ({ person, params }) => ({ body: await readProject(committee, person, params.id) }),
  );
}

/** The routes of register-api: people, applications, decisions, projects. */
export function addRegisterRoutes(
  api: HttpApi,
  committee: Committee,
  trusts: readonly TrustConfiguration[],
): void {
  addPeopleRoutes(api, committee, trusts);
  addApplicationRoutes(api, committee);
  addProjectRoutes(api, committee);
}
