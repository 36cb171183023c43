import { createHash } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import type { DemographicsApiPorts } from '../../../lambda/demographics/accept-demographics';
import {
  demographicsAccepted,
  demographicsFaults,
  demographicsUrl,
} from '../../../lambda/demographics/demographics.contract';
import { DemographicsAccount } from '../../../lambda/demographics/demographics-account';
import { addDemographicsRoutes } from '../../../lambda/demographics/demographics-routes';
import { ExchangeDemographicsStore } from '../../../lambda/demographics/demographics-store';
import { HttpApi } from '../../../lambda/platform/http-api';
import { newId } from '../../../lambda/platform/ids';
import { silentLog } from '../../../lambda/platform/log';
import { S3UrlSigner } from '../../../lambda/platform/presigned-urls';
import type { RequestPerson } from '../../../lambda/platform/request-person';
import { apiEvent } from '../fixtures/api-event';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { type Answer, chest, person, SubmissionApi } from '../submission/submission-fixture';
import { nhsNumbers } from './demographics-fixture';

const table = `nhs_number,age_at_scan,sex,ethnic_category,imd_decile\n${nhsNumbers[0]},50,1,A,3\n${nhsNumbers[1]},91,2,Z,\n`;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let embedded: EmbeddedTable;
let submissions: SubmissionApi;
let api: HttpApi;
let uploads = 0;

beforeAll(async () => {
  embedded = await startEmbeddedTable();
});
afterAll(() => embedded.stop());

beforeEach(() => {
  submissions = new SubmissionApi(embedded.table);
  const { objects } = submissions;
  api = new HttpApi(silentLog);
  const ports: DemographicsApiPorts = {
    submissions: submissions.submissions,
    demographics: new ExchangeDemographicsStore(embedded.table, objects, 'exchange'),
    account: new DemographicsAccount(embedded.table, objects, 'work'),
    signer: new S3UrlSigner(
      new S3Client({
        region: 'eu-west-2',
        credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
        requestChecksumCalculation: 'WHEN_REQUIRED',
      }),
    ),
    collections: [chest],
    exchangeBucket: 'exchange',
    acceptedDays: 30,
    clock: { now: () => submissions.now },
    newUploadId: () => newId('u', { now: () => new Date(++uploads) }),
  };
  addDemographicsRoutes(api, ports);
});

async function post(path: string, body: unknown, who: RequestPerson = person('RX1')): Promise<Answer> {
  const event = apiEvent({
    method: 'POST',
    path: `/v1/submissions/${path}`,
    body: JSON.stringify(body),
    authorizer: { subject: who.subject, person: JSON.stringify(who) },
  });
  const answer = await api.handler(event, {} as Context);
  return { status: answer.statusCode, body: JSON.parse(answer.body) };
}

let keys = 0;
const newSubmission = () => submissions.submit([sha256('file')], `demographics-key-${++keys}`);

/** A table that was put to its URL. */
async function put(id: string, text: string): Promise<string> {
  const asked = await post(`${id}/demographics-url`, { bytes: text.length, sha256: sha256(text) });
  const { upload } = demographicsUrl.parse(asked.body);
  submissions.objects.set('exchange', `demographics/tables/${id}/${upload}.csv`, text);
  return upload;
}

const inExchange = () => submissions.objects.keys('exchange');

it('gives a URL bound to length, digest and a key without anything identifying', async () => {
  const id = await newSubmission();
  const answer = await post(`${id}/demographics-url`, { bytes: table.length, sha256: sha256(table) });
  const { upload, url, headers } = demographicsUrl.parse(answer.body);
  expect(new URL(url).pathname).toContain(`demographics/tables/${id}/${upload}.csv`);
  expect(headers).toMatchObject({
    'content-length': String(table.length),
    'content-type': 'text/csv',
    'if-none-match': '*',
  });
});

it('takes a table without faults, keeps its rows and deletes the table', async () => {
  const id = await newSubmission();
  const upload = await put(id, table);
  const answer = await post(`${id}/demographics`, { upload });
  expect(answer.status).toBe(200);
  expect(demographicsAccepted.parse(answer.body)).toEqual({
    upload,
    rows: 2,
    ethnicityKnown: 1,
    imdKnown: 1,
  });
  expect(inExchange()).toEqual([`demographics/rows/${id}/${upload}.json`]);
  expect(await submissions.send('GET', `/submissions/${id}`)).toMatchObject({
    body: { demographics: { state: 'waiting', rows: 2 } },
  });
});

it('answers a table that is handed in again as before', async () => {
  const id = await newSubmission();
  const upload = await put(id, table);
  const first = await post(`${id}/demographics`, { upload });
  expect(await post(`${id}/demographics`, { upload })).toEqual(first);
});

it('tells all faults at once and keeps nothing', async () => {
  const id = await newSubmission();
  const upload = await put(id, table.replace(',1,A,', ',M,White,').replace('91', 'ninety'));
  const answer = await post(`${id}/demographics`, { upload });
  expect(answer).toMatchObject({
    status: 422,
    body: { code: 'DEMOGRAPHICS_INVALID', fix: expect.any(String) },
  });
  const { errors, more, rows } = demographicsFaults.parse(answer.body);
  expect(errors.map(({ code, line }) => [code, line])).toEqual([
    ['DEMOGRAPHICS_SEX', 2],
    ['DEMOGRAPHICS_ETHNIC_CATEGORY', 2],
    ['DEMOGRAPHICS_AGE', 3],
  ]);
  expect([more, rows]).toEqual([0, 2]);
  expect(JSON.stringify(answer.body)).not.toMatch(new RegExp(`ninety|White|${nhsNumbers[0]}`));
  expect(inExchange()).toEqual([]);
});

it('lets a later table win, in whichever order they are handed in', async () => {
  const id = await newSubmission();
  const earlier = await put(id, table);
  const later = await put(id, table);
  expect((await post(`${id}/demographics`, { upload: later })).status).toBe(200);
  expect(await post(`${id}/demographics`, { upload: earlier })).toMatchObject({
    status: 409,
    body: { code: 'DEMOGRAPHICS_SUPERSEDED' },
  });
  expect(inExchange()).toEqual([`demographics/rows/${id}/${later}.json`]);
});

it('takes a table in every state, until the submission is too old', async () => {
  const id = await newSubmission();
  await submissions.send('POST', `/submissions/${id}/complete`);
  expect((await post(`${id}/demographics`, { upload: await put(id, table) })).status).toBe(200);
  submissions.now = new Date(submissions.now.getTime() + 31 * 86_400_000);
  const body = { bytes: 1, sha256: sha256('x') };
  expect(await post(`${id}/demographics-url`, body)).toMatchObject({
    status: 409,
    body: { code: 'DEMOGRAPHICS_TOO_LATE' },
  });
});

it.each([
  ['a table over 5 MB', { bytes: 5_000_001, sha256: sha256('x') }, 422, 'DEMOGRAPHICS_TOO_LARGE'],
  ['no bytes', { bytes: 0, sha256: sha256('') }, 400, 'INVALID_REQUEST'],
  ['a member that it does not know', { bytes: 1, sha256: sha256('x'), key: 'a' }, 400, 'INVALID_REQUEST'],
])('gives no URL for %s', async (_what, body, status, code) => {
  const id = await newSubmission();
  expect(await post(`${id}/demographics-url`, body)).toMatchObject({ status, body: { code } });
});

it('takes nothing that has not arrived, is of another trust, or after the legal basis ended', async () => {
  const id = await newSubmission();
  const upload = newId('u', { now: () => new Date() });
  expect(await post(`${id}/demographics`, { upload })).toMatchObject({
    status: 409,
    body: { code: 'DEMOGRAPHICS_NOT_RECEIVED' },
  });
  expect(await post(`${id}/demographics`, { upload }, person('RX2'))).toMatchObject({
    status: 404,
    body: { code: 'SUBMISSION_NOT_FOUND' },
  });
  expect(await post(`${id}/demographics`, { upload }, person('RX1', ['applicant']))).toMatchObject({
    status: 403,
    body: { code: 'ROLE_REQUIRED' },
  });
  submissions.now = new Date('2027-03-20T12:00:00Z');
  const late = await newSubmission();
  submissions.now = new Date('2027-04-02T12:00:00Z');
  expect(await post(`${late}/demographics`, { upload })).toMatchObject({
    status: 409,
    body: { code: 'COLLECTION_ENDED' },
  });
});
