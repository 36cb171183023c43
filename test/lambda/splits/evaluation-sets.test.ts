import { platformChain } from '../../../lambda/register/close-access';
import { verifyHistory } from '../../../lambda/register/history';
import { commitHeldOut, commitmentOf } from '../../../lambda/splits/commit';
import {
  type Commitment,
  commitmentRecord,
  verifyCommitment,
} from '../../../lambda/splits/commitment.contract';
import { guardRelease } from '../../../lambda/splits/leakage-records';
import { PublicCommitments } from '../../../lambda/splits/list-commitments';
import { committedTextKey } from '../../../lambda/splits/splits-places';
import { splitsRoutes as routes } from '../../../lambda/splits/splits-routes.contract';
import { type LakeDatabase, openLakeDatabase } from '../lake/sql/lake-database';
import {
  applicant,
  approveOne,
  firstReviewer,
  makeRegister,
  officer,
  requester,
} from '../register/register-fixture';
import { catalogueBucket, definition, heldOutSeries, SplitsRoom } from './splits-fixture';
import { cleanInstances, instance } from './synthetic-instances';

let lake: LakeDatabase;
beforeAll(async () => {
  lake = await openLakeDatabase();
});
afterAll(() => lake[Symbol.asyncDispose]());

const auditor = requester('auditor-1', 'auditor');

let room: SplitsRoom;
beforeEach(async () => {
  room = new SplitsRoom(await makeRegister(), lake);
  await room.releaseIs('published');
  await lake.fill('tombstones', []);
  await lake.fill('released_series', [
    ...Array.from({ length: 20 }, (_, patient) => heldOutSeries(patient + 1, 1)),
    heldOutSeries(1, 2),
    heldOutSeries(30, 1, { modality: 'CT' }),
    heldOutSeries(31, 1, { split: 'development' }),
    heldOutSeries(32, 1, { release: '2026.3' }),
    heldOutSeries(33, 1, { collection: 'breast-screening' }),
  ]);
});

const create = (body: object = { name: 'nodules', definition }, key?: string) =>
  room.ask(routes.createEvaluationSet, officer, { body, ...(key && { key }) });

const params = { name: 'nodules', version: '1' };

const commitments = async (): Promise<Commitment[]> =>
  room.register.table.partition('PUBLIC').flatMap((item) => {
    const parsed = commitmentRecord.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });

it('draws from the held-out patients of the release alone, and says which stratum is short', async () => {
  const { status, body } = await create();
  expect(status).toBe(201);
  expect(body).toMatchObject({
    name: 'nodules',
    setVersion: 1,
    patients: 13,
    studies: 13 + (await listed()).filter(({ study }) => study === '1.2.1.2').length,
    complete: false,
    strata: [
      { group: ['1'], pool: 10, drawn: 3, short: 0 },
      { group: ['2'], pool: 10, drawn: 10, short: 10 },
    ],
  });
});

async function listed(): Promise<{ study: string; withdrawn: boolean }[]> {
  const { projectId } = await approveOne(room.register, {});
  const use = await room.ask(routes.useEvaluationSet, officer, {
    params,
    body: { project: projectId, model: 'Nodule finder 2.1', reason: 'validation' },
  });
  expect(use.status).toBe(201);
  const answer = await room.ask(routes.listEvaluationSetStudies, officer, {
    params,
    query: { use: String(use.body.id) },
  });
  return answer.body.studies as { study: string; withdrawn: boolean }[];
}

it('commits to the list publicly, in the chain of the platform, and the text proves it', async () => {
  const { body } = await create();
  const [commitment] = await commitments();
  if (commitment === undefined) throw new Error('no commitment');
  expect(commitment).toMatchObject({
    subject: { kind: 'evaluation-set', release: '2026.4', name: 'nodules', setVersion: 1 },
    people: { kind: 'shown', value: 15 },
    sha256: body.commitment,
  });
  const place = { bucket: catalogueBucket, key: committedTextKey(commitment.sha256) };
  const text = (await room.objects.readText(place)) ?? '';
  expect(verifyCommitment(commitment, text)).toMatchObject({ holds: true, studies: body.studies });
  const { table, clock } = room.register;
  expect(await new PublicCommitments({ table, clock }).list()).toHaveLength(1);
  expect(await verifyHistory(table, platformChain)).toMatchObject({ intact: true, head: { version: 1 } });
});

it('refuses a set that does not meet a minimum, an unknown release and a filter that cannot be read', async () => {
  const short = { ...definition, quotas: [{ group: ['1'], patients: 30, minimum: 11 }] };
  expect(await create({ name: 'nodules', definition: short })).toMatchObject({
    status: 422,
    body: { code: 'QUOTAS_NOT_MET', strata: [{ group: ['1'], pool: 10, minimum: 11, short: 20 }] },
  });
  expect(await create({ name: 'nodules', definition: { ...definition, release: '2025.1' } })).toMatchObject({
    status: 404,
    body: { code: 'RELEASE_NOT_FOUND' },
  });
  const elsewhere = { ...definition, collections: ['brain'] };
  expect(await create({ name: 'nodules', definition: elsewhere })).toMatchObject({
    status: 422,
    body: { code: 'NOTHING_HELD_OUT' },
  });
  const quoted = { ...definition, filter: "modality = 'CR' or 1 = 1; DROP TABLE instances" };
  expect(await create({ name: 'nodules', definition: quoted })).toMatchObject({
    status: 422,
    body: { code: 'FILTER_INVALID' },
  });
  expect(await commitments()).toHaveLength(0);
});

it.each(['draft', 'building', 'stopped', 'abandoned'] as const)(
  'makes no set of a release that is %s, though rows of it stand in the lake',
  async (state) => {
    await room.releaseIs(state);
    expect(await create()).toMatchObject({ status: 404, body: { code: 'RELEASE_NOT_FOUND' } });
    expect(await commitments()).toHaveLength(0);
    expect([...room.objects.objects.keys()]).toEqual([]);
  },
);

it('makes a new version beside the old one, and the old one stays byte for byte', async () => {
  await create();
  const before = new Map(room.objects.objects);
  const larger = { ...definition, quotas: [{ group: ['1'], patients: 6 }] };
  const second = await create({ name: 'nodules', definition: larger });
  expect(second.body).toMatchObject({ setVersion: 2, patients: 6 });
  for (const [name, object] of before) expect(room.objects.objects.get(name)).toBe(object);
  const first = await room.ask(routes.showEvaluationSet, auditor, { params });
  expect(first.body).toMatchObject({ setVersion: 1, patients: 13, withdrawnStudies: 0 });
  const list = await room.ask(routes.listEvaluationSets, auditor);
  expect(list.body.sets).toMatchObject([{ name: 'nodules', setVersion: 2 }]);
  expect(await commitments()).toHaveLength(2);
});

it('makes one version of a request that comes twice, and as many as there are officers at once', async () => {
  const [first, again] = [await create(undefined, 'key-1'), await create(undefined, 'key-1')];
  expect(again.body).toEqual(first.body);
  const made = await Promise.all([create(), create(), create()]);
  expect(made.map(({ body }) => body.setVersion).sort()).toEqual([2, 3, 4]);
  expect(await create({ name: 'others', definition }, 'key-1')).toMatchObject({
    status: 422,
    body: { code: 'IDEMPOTENCY_KEY_REUSED' },
  });
});

it('keeps withdrawn studies as tombstones, with their number', async () => {
  await create();
  const all = await listed();
  const [gone] = all;
  await lake.fill('tombstones', [
    { collection: 'chest', split: 'held-out', study_instance_uid: gone?.study ?? null },
  ]);
  const shown = await room.ask(routes.showEvaluationSet, auditor, { params });
  expect(shown.body).toMatchObject({ studies: all.length, withdrawnStudies: 1 });
  const after = await listed();
  expect(after.map(({ study }) => study)).toEqual(all.map(({ study }) => study));
  expect(after.filter(({ withdrawn }) => withdrawn).map(({ study }) => study)).toEqual([gone?.study]);
});

it('refuses to pass on a list that is not the one that was frozen', async () => {
  await create();
  for (const [name, object] of room.objects.objects)
    if (name.includes('evaluation-sets/'))
      room.objects.objects.set(name, { ...object, body: Buffer.from('{"studies":[]}') });
  expect((await room.ask(routes.showEvaluationSet, officer, { params })).status).toBe(500);
});

describe('uses', () => {
  it('are recorded with who, for which model, when and why, and are limited by project', async () => {
    await create();
    const { projectId } = await approveOne(room.register, {});
    const other = await approveOne(room.register, { title: 'Another project' });
    const use = (project: string, key?: string) => {
      room.register.clock.moveBy(1);
      return room.ask(routes.useEvaluationSet, officer, {
        params,
        body: { project, model: 'Nodule finder 2.1', reason: 'validation' },
        ...(key && { key }),
      });
    };
    const first = await use(projectId, 'key-1');
    expect(first).toMatchObject({ status: 201, body: { ofProject: 1, setVersion: 1 } });
    expect((await use(projectId, 'key-1')).body).toEqual(first.body);
    const raced = await Promise.all([use(projectId), use(projectId)]);
    expect(raced.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(await use(projectId)).toMatchObject({
      status: 409,
      body: { code: 'USES_EXHAUSTED', uses: 2, limit: 2 },
    });
    expect((await use(other.projectId)).status).toBe(201);
    const uses = await room.ask(routes.listEvaluationSetUses, auditor, { params: { name: 'nodules' } });
    expect(uses.body.uses).toHaveLength(3);
    expect(uses.body.uses).toMatchObject(
      [other.projectId, projectId, projectId].map((project) => ({ project, reason: 'validation' })),
    );
    expect(await use('p-00000000000000000000000000')).toMatchObject({
      status: 404,
      body: { code: 'PROJECT_NOT_FOUND' },
    });
  });

  it('alone give the list, and to the officer who recorded them', async () => {
    await create();
    const studies = (query: Record<string, string>, person = officer) =>
      room.ask(routes.listEvaluationSetStudies, person, { params, query });
    expect(await studies({ use: `u-${'0'.repeat(26)}` })).toMatchObject({
      status: 403,
      body: { code: 'USE_NOT_FOUND' },
    });
    expect((await studies({})).status).toBe(400);
    const { projectId } = await approveOne(room.register, {});
    const use = await room.ask(routes.useEvaluationSet, officer, {
      params,
      body: { project: projectId, model: 'Nodule finder', reason: 'fairness' },
    });
    const page = await studies({ use: String(use.body.id), limit: '5' });
    expect(page.body.studies).toHaveLength(5);
    expect(page.body.next).toBe(5);
  });

  it.each([
    ['a researcher', applicant],
    ['a reviewer', firstReviewer],
    ['an auditor', auditor],
  ])('and lists are not for %s', async (_, person) => {
    await create();
    for (const route of [
      routes.createEvaluationSet,
      routes.useEvaluationSet,
      routes.listEvaluationSetStudies,
    ])
      expect(
        await room.ask(route, person, { params, query: { use: `u-${'0'.repeat(26)}` }, body: {} }),
      ).toMatchObject({ status: 403, body: { code: 'ROLE_REQUIRED' } });
    const seen = await room.ask(routes.showEvaluationSet, person, { params });
    expect(seen.status).toBe(person === auditor ? 200 : 403);
  });
});

describe('the held-out list of a release', () => {
  it('is committed to once, whatever has been withdrawn since', async () => {
    const ports = { ...room.ports };
    const first = await commitHeldOut(ports, '2026.4', 'schedule');
    expect(first).toMatchObject({
      studies: { kind: 'shown', value: 25 },
      people: { kind: 'shown', value: 20 },
    });
    await lake.fill('tombstones', [
      { collection: 'chest', split: 'held-out', study_instance_uid: '1.2.1.1' },
    ]);
    expect(await commitHeldOut(ports, '2026.4', 'schedule')).toEqual(first);
    await expect(commitHeldOut(ports, '2025.1', 'schedule')).rejects.toMatchObject({
      code: 'NOTHING_HELD_OUT',
    });
  });

  it('tells by its studies no more of the people than by their count', () => {
    const committed = { subject: { kind: 'held-out', release: '2026.4' }, sha256: 'a'.repeat(64) } as const;
    const { people, studies } = commitmentOf(committed, { people: 84, studies: 252 }, new Date(0));
    expect({ people, studies }).toEqual({
      people: { kind: 'shown', value: 80 },
      studies: { kind: 'shown', value: 240 },
    });
    expect(commitmentOf(committed, { people: 7, studies: 252 }, new Date(0)).studies).toEqual({
      kind: 'suppressed',
    });
  });

  it('is the same text where a run was cut short between text and record', async () => {
    const ports = { ...room.ports };
    room.register.table.beforeTransact = async () => {
      throw new Error('killed');
    };
    await expect(commitHeldOut(ports, '2026.4', 'schedule')).rejects.toThrow('killed');
    const texts = [...room.objects.objects.keys()];
    await commitHeldOut(ports, '2026.4', 'schedule');
    expect([...room.objects.objects.keys()]).toEqual(texts);
    expect(await commitments()).toHaveLength(1);
  });
});

describe('findings of the guard', () => {
  const guard = () => guardRelease(room.ports, '2026.4');
  const acknowledge = (finding: string, reason: string, person = officer) =>
    room.ask(routes.acknowledgeLeakage, person, { body: { release: '2026.4', finding, reason } });

  it('stop the release until an officer has looked at each, and are not for others', async () => {
    const thief = instance('held-out', 'THIEF', 1, {
      pixel_digest: instance('development', 'PATIENT1', 1).pixel_digest ?? null,
    });
    await lake.fill('instances', [...cleanInstances(), thief]);
    const { outcome, findings } = await guard();
    expect(outcome).toBe('stopped');
    const id = findings[0]?.id ?? '';
    const shown = await room.ask(routes.showLeakage, officer, { params: { release: '2026.4' } });
    expect(shown.body.findings).toMatchObject([{ id, kind: 'same-pixels' }]);
    expect((await room.ask(routes.showLeakage, auditor, { params: { release: '2026.4' } })).status).toBe(403);
    expect(await acknowledge(id, 'different-people')).toMatchObject({
      status: 422,
      body: { code: 'REASON_DOES_NOT_FIT' },
    });
    expect(await acknowledge('0'.repeat(64), 'nobody-in-the-image')).toMatchObject({
      status: 404,
      body: { code: 'FINDING_NOT_FOUND' },
    });
    expect((await acknowledge(id, 'nobody-in-the-image', auditor)).status).toBe(403);
    expect((await guard()).outcome).toBe('stopped');
    const done = await acknowledge(id, 'nobody-in-the-image');
    expect(done).toMatchObject({ status: 200, body: { finding: id, reason: 'nobody-in-the-image' } });
    expect((await acknowledge(id, 'nothing-to-tell-apart')).body).toEqual(done.body);
    const left = await room.ask(routes.showLeakage, officer, { params: { release: '2026.4' } });
    expect(left.body).toMatchObject({ outcome: 'stopped', findings: [], acknowledged: 1 });
    expect(await guard()).toMatchObject({ outcome: 'clear', acknowledged: 1 });
    expect(await verifyHistory(room.register.table, platformChain)).toMatchObject({
      intact: true,
      head: { version: 1 },
    });
  });

  it('cannot be acknowledged for a patient in both splits', async () => {
    await lake.fill('instances', [...cleanInstances(), instance('held-out', 'PATIENT1', 9)]);
    const { findings } = await guard();
    for (const reason of ['nobody-in-the-image', 'nothing-to-tell-apart', 'different-people'])
      expect((await acknowledge(findings[0]?.id ?? '', reason)).status).toBe(422);
  });
});
