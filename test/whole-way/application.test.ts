import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Platform } from '../../local/platform';
import { assessmentContent } from '../lambda/register/assessment-content';
import { content } from '../lambda/register/register-fixture';
import { ApiClient } from '../local/api-client';
import { newDataFolder } from './demonstration';
import { platformOn } from './platform-on';

const pdf = Buffer.from('%PDF-1.7\nThe committee has no objection.');
const people = {
  'applicant-1': { roles: ['applicant'], organisation: 'Research organisation A' },
  'reviewer-1': { roles: ['reviewer'], organisation: 'Organisation B' },
  'reviewer-2': { roles: ['reviewer'], organisation: 'Organisation C' },
};

interface Versioned {
  readonly id: string;
  readonly projectId: string;
  readonly state: string;
  readonly version: number;
  readonly content: object;
}

let dataFolder: string;
let platform: Platform;
const clients = new Map<string, ApiClient>();
const as = (subject: string): ApiClient => {
  const client = clients.get(subject);
  if (client === undefined) throw new Error(`${subject} is not signed in`);
  return client;
};

beforeAll(async () => {
  dataFolder = newDataFolder();
  platform = await platformOn(dataFolder);
  for (const subject of ['officer-1', ...Object.keys(people)])
    clients.set(subject, await ApiClient.signedIn(platform.addresses.frontDoor, subject));
  for (const [subject, person] of Object.entries(people)) await as('officer-1').recordPerson(subject, person);
}, 300_000);

afterAll(async () => {
  await platform.stop();
  rmSync(dataFolder, { recursive: true, force: true });
});

const read = (subject: string, path: string) => as(subject).call<Versioned>('GET', path);
const change = async (subject: string, of: string, path: string, body?: unknown) =>
  as(subject).call<Versioned>('POST', path, body, (await read(subject, of)).version);

async function attach(path: string): Promise<string> {
  const paper = { kind: 'ethics-approval', name: 'Ethics.pdf', bytes: pdf.length };
  const announced = await as('applicant-1').call<{
    id: string;
    upload: { url: string; headers: Record<string, string> };
  }>('POST', `${path}/attachments`, { ...paper, sha256: createHash('sha256').update(pdf).digest('hex') });
  const { url, headers } = announced.upload;
  const other = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(pdf).fill(32) });
  expect(other.ok).toBe(false);
  const put = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(pdf) });
  expect(put.status).toBe(200);
  await as('applicant-1').call('POST', `${path}/attachments/${announced.id}/complete`);
  return announced.id;
}

test('an application with papers, a model and conditions is approved, told in a letter, and amended', async () => {
  const draft = await as('applicant-1').call<Versioned>('POST', '/applications', {
    ...content,
    organisation: 'Research organisation A',
    collection: 'breast-screening',
    requestedEndsOn: new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10),
    aiUse: true,
  });
  const path = `/applications/${draft.id}`;
  expect(await as('applicant-1').call('GET', `${path}/shortcomings`)).toEqual({ shortcomings: [] });
  const paper = await attach(path);
  await change('applicant-1', path, `${path}/submit`);

  const { url } = await as('reviewer-1').call<{ url: string }>('GET', `${path}/attachments/${paper}`);
  const fetched = await fetch(url);
  expect(fetched.headers.get('content-disposition')).toBe(`attachment; filename="${paper}.pdf"`);
  expect(Buffer.from(await fetched.arrayBuffer())).toEqual(pdf);

  const assessment = `${path}/assessment`;
  await as('applicant-1').call('PUT', assessment, assessmentContent, 0);
  await change('applicant-1', assessment, `${assessment}/submit`);

  const approval = { decision: 'approve', conditions: [{ code: 'publish-results' }] };
  await change('reviewer-1', path, `${path}/decisions`, approval);
  const { version } = await read('reviewer-2', path);
  const early = await as('reviewer-2').ask('POST', `${path}/decisions`, approval, version);
  expect(early).toMatchObject({ status: 409, code: 'ASSESSMENT_NOT_ACCEPTED' });
  await change('reviewer-2', assessment, `${assessment}/decisions`, { decision: 'accept' });
  const approved = await change('reviewer-2', path, `${path}/decisions`, approval);
  expect(approved.state).toBe('approved');

  const letter = await as('applicant-1').call<{ text: string }>('GET', `${path}/letters/decision`);
  expect(letter.text).toContain('- Results are published, whatever they are.');

  const begun = await as('applicant-1').call<Versioned>('POST', `/projects/${draft.projectId}/amendments`);
  const next = `/applications/${begun.id}`;
  const amended = { ...begun.content, aiUse: false, changeReason: `No model after all (${randomUUID()}).` };
  await as('applicant-1').call('PUT', next, amended, begun.version);
  await change('applicant-1', next, `${next}/submit`);
  const queue = await as('reviewer-1').call<{ applications: { id: string }[] }>(
    'GET',
    '/applications?state=submitted&order=age',
  );
  expect(queue.applications.map(({ id }) => id)).toEqual([begun.id]);
  for (const reviewer of ['reviewer-1', 'reviewer-2'])
    await change(reviewer, next, `${next}/decisions`, { decision: 'approve' });
  const project = await as('applicant-1').call<{ grants: object[]; aiUse: boolean }>(
    'GET',
    `/projects/${draft.projectId}`,
  );
  expect(project).toMatchObject({ aiUse: false, grants: [{ status: 'superseded' }, { status: 'active' }] });
}, 120_000);
