import { credentialsResponse } from '../../../lambda/credentials/credentials.contract';
import { credentialsRoutes } from '../../../lambda/credentials/credentials-routes.contract';
import { issueCredentials } from '../../../lambda/credentials/issue-credentials';
import { HttpApi } from '../../../lambda/platform/http-api';
import { silentLog } from '../../../lambda/platform/log';
import type { Role } from '../../../lambda/platform/roles.contract';
import { applicationsPage, applicationView } from '../../../lambda/register/application.contract';
import { me } from '../../../lambda/register/person.contract';
import { projectsPage, projectView } from '../../../lambda/register/project.contract';
import { serveApplications } from '../../../lambda/register/serve-applications';
import { servePeople } from '../../../lambda/register/serve-people';
import { serveProjects } from '../../../lambda/register/serve-projects';
import { makeIssuer } from '../credentials/credentials-fixture';
import { apiEvent } from '../fixtures/api-event';
import { content, makeRegister, trusts } from './register-fixture';

interface Call {
  readonly as: string;
  readonly roles?: readonly Role[];
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly query?: Record<string, string>;
}

async function startApi() {
  const fixture = await makeRegister();
  const api = new HttpApi(silentLog);
  servePeople(api, fixture.committee, trusts, { issuer: 'https://sign-in.example' });
  serveApplications(api, fixture.committee);
  serveProjects(api, fixture.committee);
  const issuer = makeIssuer(fixture);
  api.serve(credentialsRoutes.issueCredentials, async ({ person, params, body, idempotencyKey }) => ({
    body: await issueCredentials(
      issuer,
      { subject: person.subject, projectId: params.id, studies: body.studies ?? null },
      idempotencyKey,
    ),
  }));
  const send = async (method: string, path: string, call: Call) => {
    const event = apiEvent({
      method,
      path,
      ...(call.headers && { headers: call.headers }),
      ...(call.query && { query: call.query }),
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      authorizer: { subject: call.as, person: JSON.stringify({ roles: call.roles ?? [] }) },
    });
    const answer = await api.handler(event);
    const headers = Object.fromEntries(
      Object.entries({ ...answer.headers }).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    return { status: answer.statusCode, body: JSON.parse(answer.body), headers };
  };
  return { ...fixture, send };
}

const applicant = { as: 'applicant-1', roles: ['applicant'] as const };
const reviewer = (number: number) => ({ as: `reviewer-${number}`, roles: ['reviewer'] as const });
const officer = { as: 'officer-1', roles: ['officer'] as const };

const at = (version: number) => ({ headers: { 'If-Match': `"${version}"` } });

/** Submits the application that stands at a version, and has two reviewers approve it. */
async function submitAndApprove(
  send: Awaited<ReturnType<typeof startApi>>['send'],
  id: string,
  version: number,
): Promise<void> {
  const submitted = await send('POST', `/v1/applications/${id}/submit`, { ...applicant, ...at(version) });
  expect(submitted).toMatchObject({ status: 200, body: { state: 'submitted' } });
  for (const number of [1, 2]) {
    const decided = await send('POST', `/v1/applications/${id}/decisions`, {
      ...reviewer(number),
      body: { decision: 'approve' },
      ...at(version + number),
    });
    expect(decided.status).toBe(201);
  }
}

describe('the register API', () => {
  test('takes an application from draft to credential', async () => {
    const { send } = await startApi();
    const drafted = await send('POST', '/v1/applications', { ...applicant, body: { title: content.title } });
    expect(drafted).toMatchObject({ status: 201, headers: { etag: '"1"' } });
    const { id, projectId } = applicationView.parse(drafted.body);
    expect(drafted.headers.location).toBe(`/v1/applications/${id}`);

    const early = await send('POST', `/v1/applications/${id}/submit`, { ...applicant, ...at(1) });
    expect(early).toMatchObject({ status: 422, body: { code: 'APPLICATION_INCOMPLETE' } });
    expect(early.headers['content-type']).toBe('application/problem+json');

    const saved = await send('PUT', `/v1/applications/${id}`, {
      ...applicant,
      body: content,
      ...at(1),
    });
    expect(saved).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    await submitAndApprove(send, id, 2);
    const listed = applicationsPage.parse((await send('GET', '/v1/applications', reviewer(1))).body);
    expect(listed.applications.map((found) => [found.id, found.state])).toEqual([[id, 'approved']]);

    const projects = projectsPage.parse((await send('GET', '/v1/projects', { as: 'applicant-1' })).body);
    expect(projects.projects.map((found) => found.id)).toEqual([projectId]);
    const one = await send('GET', `/v1/projects/${projectId}`, { as: 'applicant-1' });
    expect(projectView.parse(one.body).grants).toHaveLength(1);

    const issued = await send('POST', `/v1/projects/${projectId}/credentials`, {
      as: 'applicant-1',
      body: {},
    });
    expect(issued).toMatchObject({ status: 201, headers: { 'cache-control': 'no-store' } });
    expect(credentialsResponse.parse(issued.body).grantId).toMatch(/^g-/);
  });

  test('shows a project to its members and the committee, and to nobody else that it exists', async () => {
    const { send } = await startApi();
    const { id, projectId } = (await send('POST', '/v1/applications', { ...applicant, body: content })).body;
    await submitAndApprove(send, id, 1);
    const stranger = await send('GET', `/v1/projects/${projectId}`, { as: 'applicant-2' });
    const missing = await send('GET', `/v1/projects/p-${'0'.repeat(26)}`, { as: 'applicant-2' });
    expect(stranger).toEqual(missing);
    expect(stranger).toMatchObject({ status: 404, body: { code: 'PROJECT_NOT_FOUND' } });
    expect((await send('GET', `/v1/projects/${projectId}`, reviewer(1))).status).toBe(200);
    const others = await send('GET', '/v1/projects', { as: 'applicant-2' });
    expect(others.body).toEqual({ projects: [] });
  });

  test('calls a project ended when its last day is over', async () => {
    const { send, clock } = await startApi();
    const { id } = (await send('POST', '/v1/applications', { ...applicant, body: content })).body;
    await submitAndApprove(send, id, 1);
    clock.moveTo('2027-11-01T00:00:00Z');
    const { projects } = (await send('GET', '/v1/projects', { as: 'applicant-1' })).body;
    expect(projects).toMatchObject([{ status: 'ended' }]);
  });

  test('records people by officers only, with subjects as issuers write them', async () => {
    const { send } = await startApi();
    const path = `/v1/people/${encodeURIComponent('oidc|first.last@example')}`;
    const body = { roles: ['uploader'], trust: 'RX1' };
    const put = await send('PUT', path, { ...officer, body, ...at(0) });
    expect(await send('PUT', path, { ...officer, body, ...at(0) })).toMatchObject({ status: 412 });
    expect(put).toMatchObject({ status: 200, body: { subject: 'oidc|first.last@example', ...body } });
    expect((await send('GET', path, officer)).body).toEqual(put.body);
    expect(await send('PUT', path, { ...applicant, body, ...at(1) })).toMatchObject({
      status: 403,
      body: { code: 'ROLE_REQUIRED' },
    });
    expect((await send('GET', '/v1/people/nobody', officer)).body.code).toBe('PERSON_NOT_FOUND');
  });

  test('tells everybody who they are', async () => {
    const { send } = await startApi();
    expect(me.parse((await send('GET', '/v1/me', { as: 'nobody' })).body)).toEqual({
      subject: 'nobody',
      roles: [],
      known: false,
      // Whoever says nothing of the sign-in says that it was weak.
      signIn: { level: 'low', withheldRoles: [] },
    });
  });

  test.each([
    ['a field that is not the applicant’s to set', { ...content, state: 'approved' }],
    ['too many members', { ...content, members: Array.from({ length: 21 }, (_, index) => `m-${index}`) }],
    ['a member that would cut a key in two', { ...content, members: ['a#b'] }],
    ['no object', ['title']],
  ])('refuses a draft with %s', async (_case, body) => {
    const { send } = await startApi();
    expect(await send('POST', '/v1/applications', { ...applicant, body })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST' },
    });
  });

  test.each(['a-1', '..%2f..%2fpeople', `p-${'0'.repeat(26)}`, `a-${'U'.repeat(26)}`])(
    'refuses an id that is none: %s',
    async (id) => {
      const { send } = await startApi();
      const answer = await send('GET', `/v1/applications/${id}`, applicant);
      expect([400, 404]).toContain(answer.status);
    },
  );

  test('makes one application for one Idempotency-Key', async () => {
    const { send } = await startApi();
    const call = { ...applicant, body: content, headers: { 'Idempotency-Key': 'key-1' } };
    const first = await send('POST', '/v1/applications', call);
    const second = await send('POST', '/v1/applications', call);
    expect(second).toEqual(first);
    const other = await send('POST', '/v1/applications', { ...call, body: { title: 'Another' } });
    expect(other).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  test('refuses a change of a version that is no longer, and one that does not say of which', async () => {
    const { send } = await startApi();
    const { id } = (await send('POST', '/v1/applications', { ...applicant, body: content })).body;
    for (const [method, path, as] of [
      ['PUT', '', applicant],
      ['POST', '/submit', applicant],
      ['POST', '/decisions', reviewer(1)],
    ] as const) {
      const body = path === '/decisions' ? { decision: 'approve' } : content;
      const call = { ...as, ...(path !== '/submit' && { body }) };
      expect(await send(method, `/v1/applications/${id}${path}`, call)).toMatchObject({
        status: 428,
        body: { code: 'PRECONDITION_REQUIRED' },
      });
    }
    for (const header of ['"2"', 'W/"1"', 'x']) {
      const put = await send('PUT', `/v1/applications/${id}`, {
        ...applicant,
        body: { ...content, title: 'Another title' },
        headers: { 'If-Match': header },
      });
      expect(put).toMatchObject({ status: 412, body: { code: 'VERSION_DIFFERS' } });
    }
  });
});
