import type * as z from 'zod';
import { HttpApi } from '../../../lambda/platform/http-api';
import { silentLog } from '../../../lambda/platform/log';
import { writeJson } from '../../../lambda/platform/object-store';
import type { RequestPerson } from '../../../lambda/platform/request-person';
import { makeScorecards } from '../../../lambda/quality/make-scorecards';
import type { Scorecard } from '../../../lambda/quality/quality.contract';
import { addQualityRoutes } from '../../../lambda/quality/quality-routes';
import type { SubmissionRecord } from '../../../lambda/submission/submission.contract';
import { apiEvent } from '../fixtures/api-event';
import { MemoryObjectStore } from '../fixtures/memory-object-store';
import { type LakeDatabase, openLakeDatabase } from '../lake/sql/lake-database';
import { person } from '../submission/submission-fixture';

const id = `s-${'0'.repeat(25)}1`;
const digits = (letter: string) => letter.repeat(32);

const record: SubmissionRecord = {
  id,
  trust: 'RX1',
  collection: 'chest',
  fileCount: 22,
  totalBytes: 20_000,
  createdAt: '2026-11-24T07:00:00.000Z',
  createdBy: 'sender',
  completedAt: '2026-11-24T08:00:00.000Z',
  state: 'done',
  finishedAt: '2026-11-24T10:00:00.000Z',
  totals: { imported: 20, duplicateOrWithheld: 1, quarantined: 1, missing: 0 },
  quarantine: { NOT_DICOM: 1 },
};

const trusts = [{ odsCode: 'RX1', expectedStudiesPerWeek: 8 }, { odsCode: 'RY2' }];
const collections = [
  { id: 'chest', legalBasis: { endsOn: '2026-12-09' } },
  { id: 'breast-screening', legalBasis: { endsOn: '2031-03-31' } },
];

let lake: LakeDatabase;
let objects: MemoryObjectStore;
let questions = 0;
let now = '';

beforeAll(async () => {
  lake = await openLakeDatabase();
  await lake.fill(
    'instances',
    Array.from({ length: 20 }, (_, index) => ({
      collection: 'chest',
      split: index < 15 ? 'development' : 'held-out',
      trust: 'RX1',
      submission: id,
      patient_pseudonym: `p${index % 10}`,
      study_instance_uid: `1.2.${index % 10}`,
      sop_instance_uid: `1.2.3.${index}`,
      frames: 1,
      bytes: 900,
      study_date: '2026-01-01',
      modality: 'CT',
      body_part: index < 9 ? 'Thorax' : 'CHEST',
    })),
  );
});
afterAll(() => lake[Symbol.asyncDispose]());

beforeEach(async () => {
  objects = new MemoryObjectStore();
  questions = 0;
  now = '2026-11-30T04:00:00.000Z';
  await writeJson(
    objects,
    { bucket: 'work', key: `submissions/${id}/imports/development-p-0001.json` },
    {
      submissionId: id,
      pack: 'p-0001',
      split: 'development',
      jobId: digits('a'),
      datastoreId: digits('b'),
      files: [],
    },
  );
});

const ports = (change: { records?: SubmissionRecord[] } = {}) => ({
  submissions: {
    listOfTrust: async (trust: string) => ({
      submissions: trust === 'RX1' ? (change.records ?? [record]) : [],
      next: null,
    }),
  },
  engine: {
    rows: <Row>(select: string, row: z.ZodType<Row>) => {
      questions += 1;
      return lake.rows(select, row);
    },
  },
  objects,
  catalogueBucket: 'catalogue',
  workBucket: 'work',
  trusts,
  collections,
  clock: { now: () => new Date(now) },
});

async function send(who: RequestPerson, path: string, query: Record<string, string> = {}) {
  const api = new HttpApi(silentLog);
  addQualityRoutes(api, {
    objects,
    catalogueBucket: 'catalogue',
    trusts,
    collections,
    clock: { now: () => new Date(now) },
  });
  const { subject, ...rest } = who;
  const answer = await api.handler(
    apiEvent({ method: 'GET', path, query, authorizer: { subject, person: JSON.stringify(rest) } }),
  );
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
}

const uploader = person('RX1');
const officer: RequestPerson = { ...person(null, ['officer']), subject: 'officer-1' };
const auditor: RequestPerson = { ...person(null, ['auditor']), subject: 'auditor-1' };

async function cardsOf(who = officer, query: Record<string, string> = {}): Promise<Scorecard[]> {
  const { body } = await send(who, '/v1/trusts/RX1/scorecards', query);
  return body.scorecards as Scorecard[];
}

it('makes a scorecard of the week from the ledger and the lake', async () => {
  await makeScorecards(ports());
  const [card] = await cardsOf(uploader, { week: '2026-W48' });
  expect(card).toMatchObject({
    trust: 'RX1',
    week: '2026-W48',
    delivered: {
      submissions: 1,
      files: { imported: 20, duplicateOrWithheld: 1, quarantined: 1, missing: 0 },
      quarantine: { NOT_DICOM: 1 },
    },
    delay: { medianSeconds: 7_200, ninetiethSeconds: 7_200 },
    backlog: { submissions: 0, files: 0, oldestSeconds: null },
    studies: { received: 10, expected: 8 },
  });
  const [chest] = card?.collections ?? [];
  expect(chest).toMatchObject({
    collection: 'chest',
    images: 20,
    week: { studies: 10, images: 20, bytes: 18_000 },
    legalBasisDaysLeft: 10,
    demographics: { patients: 10 },
  });
  expect(chest?.findings).toContainEqual(
    expect.objectContaining({
      check: 'not-in-list',
      attribute: 'body_part',
      count: 9,
      of: 20,
      exceeded: true,
    }),
  );
});

it('makes up for weeks that were left out, and lets what stands stand', async () => {
  expect(await makeScorecards(ports())).toEqual({ scorecards: 8 });
  const before = await cardsOf();
  expect(before.map(({ week }) => week)).toEqual(['2026-W48', '2026-W47', '2026-W46', '2026-W45']);
  questions = 0;
  now = '2026-11-30T09:00:00.000Z';
  expect(await makeScorecards(ports({ records: [] }))).toEqual({ scorecards: 0 });
  expect(questions).toBe(0);
  expect(await cardsOf()).toEqual(before);
  now = '2026-12-07T04:00:00.000Z';
  expect(await makeScorecards(ports())).toEqual({ scorecards: 2 });
  expect((await cardsOf()).map(({ week }) => week)[0]).toBe('2026-W49');
});

it('shows a trust its own scorecards and no others', async () => {
  await makeScorecards(ports());
  const code = async (who: RequestPerson, path: string, query = {}) =>
    (await send(who, path, query)).body.code;
  expect(await code(person('RY2'), '/v1/trusts/RX1/scorecards')).toBe('OTHER_TRUST');
  expect(await code(person(null), '/v1/trusts/RX1/scorecards')).toBe('NO_TRUST');
  expect(await code(auditor, '/v1/trusts/RX1/scorecards')).toBe('ROLE_REQUIRED');
  expect(await code(uploader, '/v1/quality', { collection: 'chest' })).toBe('ROLE_REQUIRED');
  expect(await code(uploader, '/v1/trusts/RX1/scorecards', { week: '2026-W01' })).toBe('SCORECARD_NOT_FOUND');
  expect((await send(uploader, '/v1/trusts/RX1/scorecards', { week: '2025-W53' })).status).toBe(400);
  expect(await code(officer, '/v1/quality', { collection: 'head' })).toBe('COLLECTION_NOT_FOUND');
  expect(await code(officer, '/v1/trusts/RX1/scorecards')).toBeUndefined();
});

it('shows the quality of a collection exactly to officers, and by the disclosure rule to auditors', async () => {
  await makeScorecards(ports());
  const bodyPart = { check: 'not-in-list', attribute: 'body_part' };
  const exact = (await send(officer, '/v1/quality', { collection: 'chest' })).body;
  expect(exact).toMatchObject({ counts: 'exact', trusts: [{ trust: 'RX1', week: '2026-W48', images: 20 }] });
  expect((exact.trusts as { findings: unknown[] }[])[0]?.findings).toContainEqual(
    expect.objectContaining({ ...bodyPart, count: 9 }),
  );
  const shown = (await send(auditor, '/v1/quality', { collection: 'chest' })).body;
  expect(shown).toMatchObject({ counts: 'shown', trusts: [{ images: { kind: 'shown', value: 20 } }] });
  expect((shown.trusts as { findings: unknown[] }[])[0]?.findings).toContainEqual(
    expect.objectContaining({ ...bodyPart, count: { kind: 'shown', value: 10 } }),
  );
  expect((await send(officer, '/v1/quality', { collection: 'breast-screening' })).body.trusts).toEqual([]);
});
