import { createHash } from 'node:crypto';
import type { CohortAnswer, NewCohort } from '../../../lambda/cohorts/cohort.contract';
import { readQuestion } from '../../../lambda/cohorts/cohort-access';
import { countPeople } from '../../../lambda/cohorts/count-people';
import { createCohort } from '../../../lambda/cohorts/create-cohort';
import { entryDigest, ManifestDigest } from '../../../lambda/cohorts/manifest-digest.contract';
import { serveCohorts } from '../../../lambda/cohorts/serve-cohorts';
import {
  compareCohortVersions,
  listCohortStudies,
  listCohorts,
  showCohort,
  showCohortRepresentation,
  showCohortVersion,
} from '../../../lambda/cohorts/show-cohorts';
import { HttpApi } from '../../../lambda/platform/http-api';
import { createLog } from '../../../lambda/platform/log';
import type { RequestPerson } from '../../../lambda/platform/request-person';
import { apiEvent } from '../fixtures/api-event';
import { CohortFixture, lungs, patientsOfCollection, personOf, release, ribs } from './cohort-fixture';

const rosa = personOf('rosa');
const nina = personOf('nina');
const stranger = personOf('stranger');
const reviewer = personOf('reviewer', ['reviewer']);

let fixture: CohortFixture;
beforeEach(async () => {
  fixture = await CohortFixture.start();
});
afterEach(() => fixture[Symbol.asyncDispose]());

async function count(person: RequestPerson, project: string, filter: string, facets: 'sex'[] = []) {
  const ports = fixture.ports();
  const { scope, asker } = await readQuestion(ports, person, { project, filter });
  return (await countPeople(ports, scope, facets, asker)).counts;
}

const body = (change: Partial<NewCohort> = {}): NewCohort => ({
  project: ribs,
  filter: 'modality = CT',
  name: 'CT of the chest',
  confirm: true,
  ...change,
});

const create = (change: Partial<NewCohort> = {}, key?: string, person = rosa) =>
  createCohort(fixture.ports(), person, body(change), key);

function made(answer: CohortAnswer) {
  if (answer.kind !== 'created') throw new Error('nothing was made');
  return answer.cohort;
}

async function allStudies(cohort: string, number: number, person = rosa) {
  const studies: Awaited<ReturnType<typeof listCohortStudies>>['studies'] = [];
  let next: string | undefined;
  do {
    const page = await listCohortStudies(fixture.ports(), person, cohort, number, next);
    studies.push(...page.studies);
    next = page.next;
  } while (next !== undefined);
  return studies;
}

describe('counting', () => {
  it('shows patients and studies of the latest published release after the disclosure rule', async () => {
    expect(await count(rosa, ribs, 'MODALITY in (ct)')).toEqual({
      release,
      filter: 'modality = CT',
      collections: ['chest'],
      patients: { kind: 'shown', value: 150 },
      studies: { kind: 'shown', value: 200 },
      facets: [],
    });
  });

  it('sees the development split of the granted collection alone, whatever the filter says', async () => {
    const everybody = { kind: 'shown', value: patientsOfCollection };
    expect(await count(rosa, ribs, '')).toMatchObject({ patients: everybody });
    expect(await count(nina, lungs, '')).toMatchObject({ patients: everybody });
    expect(await count(rosa, ribs, 'collection = breast-screening')).toMatchObject({
      patients: { kind: 'suppressed' },
      studies: { kind: 'suppressed' },
    });
  });

  it('gives the same answer again, also when studies were withdrawn since', async () => {
    const before = await count(rosa, ribs, 'modality = CT');
    await fixture.withdraw('2.25.2.1', '2.25.4.1', '2.25.6.1');
    expect(await count(rosa, ribs, 'modality = CT')).toEqual(before);
  });

  it('asks about the studies that a grant lists, where it lists some', async () => {
    const studies = Array.from({ length: 40 }, (_, at) => `2.25.${at + 1}.1`);
    await fixture.putProject(ribs, 'rosa', { studies });
    expect(await count(rosa, ribs, '')).toMatchObject({
      patients: { kind: 'shown', value: 40 },
      studies: { kind: 'shown', value: 40 },
    });
    const cohort = made(await create({ filter: '' }));
    expect(cohort.totals).toEqual({ studies: 40, series: 80, instances: 160, bytes: 80_000 });
  });

  it.each([
    ['somebody of another project', nina, ribs, {}, 'PROJECT_NOT_FOUND'],
    ['an overseer who is no member', reviewer, ribs, {}, 'PROJECT_NOT_FOUND'],
    ['a member whose project has ended', rosa, ribs, { status: 'ended' }, 'NO_ACTIVE_GRANT'],
    ['a member whose project was revoked', rosa, ribs, { status: 'revoked' }, 'NO_ACTIVE_GRANT'],
    ['a member whose last day is over', rosa, ribs, { endsOn: '2026-11-22' }, 'NO_ACTIVE_GRANT'],
  ] as const)('refuses %s', async (_, person, project, change, code) => {
    await fixture.putProject(ribs, 'rosa', change);
    await expect(count(person, project, '')).rejects.toMatchObject({ code });
  });

  it('refuses a release that is not published, and a filter that is none, with its place', async () => {
    const ports = fixture.ports();
    await expect(
      readQuestion(ports, rosa, { project: ribs, release: '2026.5', filter: '' }),
    ).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
    await expect(
      readQuestion(ports, rosa, { project: ribs, filter: "modality = CT' OR '1'='1" }),
    ).rejects.toMatchObject({ status: 400, extensions: { position: expect.any(Number) } });
    await expect(readQuestion(ports, rosa, { project: ribs, filter: 'modalty = CT' })).rejects.toMatchObject({
      code: 'FILTER_UNKNOWN_FIELD',
      extensions: { position: 1, nearest: 'modality' },
    });
  });

  it('refuses a filter that tells a few people from those of another, and says so the same way ever after', async () => {
    await count(rosa, ribs, '');
    const all = Array.from({ length: patientsOfCollection - 3 }, (_, at) => `2.25.${at + 1}.1`);
    await fixture.putProject(ribs, 'rosa', { studies: all });
    for (const _ of [1, 2])
      await expect(count(rosa, ribs, '')).rejects.toMatchObject({ code: 'COUNT_TOO_SIMILAR', status: 409 });
  });

  it('shows facets of a filter that was counted before, each of which is decided once', async () => {
    await count(rosa, ribs, 'modality = CT');
    const first = await count(rosa, ribs, 'modality = CT', ['sex']);
    const [facet] = first.facets;
    if (facet?.kind !== 'shown') throw new Error('the facet was not shown');
    expect(facet.groups.map(({ group }) => group)).toEqual(['1', '2', '9', '']);
    const shown = facet.groups.flatMap(({ patients }) => (patients.kind === 'shown' ? [patients.value] : []));
    expect(shown.every((value) => value >= 8 && value % 5 === 0)).toBe(true);
    expect(await count(rosa, ribs, 'modality = CT', ['sex'])).toEqual(first);
  });

  it('counts new questions against the limit, and answers old ones beyond it', async () => {
    fixture.limits = { ...fixture.limits, perProjectAndDay: 1 };
    const first = await count(rosa, ribs, 'modality = CT');
    await expect(count(rosa, ribs, 'body_part = CHEST')).rejects.toMatchObject({
      code: 'DAILY_QUESTIONS_USED',
      status: 429,
    });
    expect(await count(rosa, ribs, 'modality = CT')).toEqual(first);
  });
});

describe('making a cohort', () => {
  it('shows what it would be and writes no cohort, until it is confirmed', async () => {
    const answer = await create({ confirm: false });
    expect(answer).toMatchObject({
      kind: 'preview',
      counts: { patients: { kind: 'shown', value: 150 } },
      representation: { report: { counts: 'disclosure-rule' }, gate: { kind: 'passes' } },
    });
    const { table } = fixture.register;
    expect(await listCohorts({ ...fixture.ports(), table }, rosa, { project: ribs, limit: 10 })).toEqual({
      cohorts: [],
    });
    expect([...fixture.objects.objects.keys()].filter((name) => name.includes('manifests'))).toEqual([]);
  });

  it('keeps the list of studies under its digest, whole studies with all their series', async () => {
    const cohort = made(await create({ filter: 'modality = CT and body_part = CHEST' }));
    const object = fixture.objects.objects.get(`catalogue/cohorts/manifests/${cohort.manifest}.ndjson`);
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    const lines = object?.body.toString().match(/[^\n]+\n/g) ?? [];
    expect(sha256(lines.map((line) => `${sha256(line)}\n`).join(''))).toBe(cohort.manifest);
    const studies = await allStudies(cohort.cohortId, 1);
    expect(studies).toHaveLength(cohort.totals.studies);
    expect(cohort).toMatchObject({
      totals: { studies: 200, series: 400, instances: 800, bytes: 400_000 },
      withdrawn: 0,
      cite: `NMIP 2026.4, cohort ${cohort.cohortId}@v1`,
    });
    expect(object?.body.toString()).not.toMatch(/pseudonym|RX1|patient_number/);
  });

  it('never holds a study that is held out or of another collection', async () => {
    const cohort = made(await create({ filter: '' }));
    const patients = (await allStudies(cohort.cohortId, 1)).map(({ studyInstanceUid }) =>
      Number(studyInstanceUid.split('.')[2]),
    );
    expect(Math.max(...patients)).toBe(patientsOfCollection);
    expect(new Set(patients).size).toBe(patientsOfCollection);
  });

  it('makes a second version beside the first, which stays, and tells them apart', async () => {
    const first = made(await create());
    const second = made(await create({ cohort: first.cohortId, filter: 'modality in (CT, CR)' }));
    expect(second).toMatchObject({ cohortId: first.cohortId, cohortVersion: 2 });
    const shown = await showCohort(fixture.ports(), rosa, first.cohortId);
    expect(shown).toMatchObject({ latest: 2, versions: [{ cohortVersion: 1 }, { cohortVersion: 2 }] });
    const difference = await compareCohortVersions(fixture.ports(), rosa, first.cohortId, { from: 1, to: 2 });
    expect(difference).toMatchObject({ kept: 200, added: 200, removed: 0, withdrawn: 0 });
    expect(difference.studies?.added).toHaveLength(200);
    expect(await showCohortVersion(fixture.ports(), rosa, first.cohortId, 1)).toEqual(first);
  });

  it('resolves for ever: a withdrawn study stays in its place, by its UID alone, and is counted', async () => {
    const cohort = made(await create());
    await fixture.withdraw('2.25.2.1', '2.25.4.1', '2.25.3.1');
    await fixture.putProject(ribs, 'rosa', { status: 'ended' });
    expect(await showCohortVersion(fixture.ports(), rosa, cohort.cohortId, 1)).toMatchObject({
      manifest: cohort.manifest,
      withdrawn: 2,
    });
    const studies = await allStudies(cohort.cohortId, 1);
    expect(studies.filter(({ state }) => state === 'withdrawn')).toEqual([
      {
        state: 'withdrawn',
        collection: 'chest',
        studyInstanceUid: '2.25.2.1',
        lineSha256: expect.any(String),
      },
      {
        state: 'withdrawn',
        collection: 'chest',
        studyInstanceUid: '2.25.4.1',
        lineSha256: expect.any(String),
      },
    ]);
    expect(studies).toHaveLength(200);
  });

  it('is still known by its digest when studies were withdrawn, to whoever is given the rest', async () => {
    const cohort = made(await create());
    await fixture.withdraw('2.25.2.1');
    const { projectId: project, release, filter, collections } = cohort;
    const digest = new ManifestDigest({ project, release, filter, collections });
    for (const entry of await allStudies(cohort.cohortId, 1)) digest.add(entryDigest(entry));
    expect(digest.hex()).toBe(cohort.manifest);
  });

  it('needs eight patients, whatever is confirmed', async () => {
    await expect(create({ filter: 'age < 1' })).rejects.toMatchObject({ code: 'COHORT_TOO_SMALL' });
  });

  it('asks for a reason where somebody is not shown to be represented as configured, and keeps it', async () => {
    fixture.gate = { lowestRatio: 0.8 };
    const preview = await create({ confirm: false });
    expect(preview.representation.gate.kind).toBe('needs-reason');
    await expect(create()).rejects.toMatchObject({
      code: 'COHORT_REASON_NEEDED',
      extensions: { findings: expect.any(Array), notShown: expect.any(Array) },
    });
    const reason = 'The method is tried on adults of working age first.';
    const cohort = made(await create({ reason }));
    expect(cohort.reason).toBe(reason);
    expect(await showCohortRepresentation(fixture.ports(), reviewer, cohort.cohortId, 1)).toEqual(
      preview.representation,
    );
  });

  it('is told of in the chain of the project, without its studies', async () => {
    const cohort = made(await create());
    const events = (await fixture.register.items()).filter((item) => item.includes('cohort-version-created'));
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) {
      expect(event).toContain(cohort.manifest);
      expect(event).not.toContain('2.25.');
    }
  });

  it('is made once for a request that comes again, also at the same time', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => create({}, 'key-1')));
    expect(new Set(answers.map((answer) => made(answer).cohortId)).size).toBe(1);
    expect(made(await create({}, 'key-1')).cohortVersion).toBe(1);
    await expect(create({ name: 'Another name' }, 'key-1')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  it('numbers versions that are made at once without a gap', async () => {
    const { cohortId } = made(await create());
    const filters = ['modality = CT', 'modality = CR', 'sex = female'];
    const answers = await Promise.all(filters.map((filter) => create({ cohort: cohortId, filter })));
    expect(answers.map((answer) => made(answer).cohortVersion).sort()).toEqual([2, 3, 4]);
  });

  it('leaves no version where access ends while it is made', async () => {
    const ports = fixture.ports();
    const put = fixture.objects.put.bind(fixture.objects);
    ports.objects.put = async (...args: Parameters<typeof put>) => {
      await fixture.putProject(ribs, 'rosa', { status: 'revoked' });
      return put(...args);
    };
    await expect(createCohort(ports, rosa, body(), undefined)).rejects.toMatchObject({
      code: 'NO_ACTIVE_GRANT',
    });
    expect((await fixture.register.items()).some((item) => item.includes('COHORT#'))).toBe(false);
  });
});

describe('who sees a cohort', () => {
  it('members with the list, overseers without, others nothing', async () => {
    const { cohortId } = made(await create());
    const ports = fixture.ports();
    expect((await showCohort(ports, reviewer, cohortId)).versions).toHaveLength(1);
    await expect(listCohortStudies(ports, reviewer, cohortId, 1, undefined)).rejects.toMatchObject({
      code: 'LIST_FOR_MEMBERS',
    });
    const difference = await compareCohortVersions(ports, reviewer, cohortId, { from: 1, to: 1 });
    expect(difference).toMatchObject({ kept: 200, studies: null });
    for (const person of [nina, stranger]) {
      await expect(showCohort(ports, person, cohortId)).rejects.toMatchObject({ code: 'COHORT_NOT_FOUND' });
      await expect(listCohortStudies(ports, person, cohortId, 1, undefined)).rejects.toMatchObject({
        code: 'COHORT_NOT_FOUND',
      });
      await expect(listCohorts(ports, person, { project: ribs, limit: 5 })).rejects.toMatchObject({
        code: 'PROJECT_NOT_FOUND',
      });
    }
  });

  it('not the list of a project whose access was taken away', async () => {
    const { cohortId } = made(await create());
    await fixture.putProject(ribs, 'rosa', { status: 'revoked' });
    await expect(listCohortStudies(fixture.ports(), rosa, cohortId, 1, undefined)).rejects.toMatchObject({
      code: 'LIST_FOR_MEMBERS',
    });
  });

  it('no further version of another project’s cohort', async () => {
    const { cohortId } = made(await create());
    await expect(create({ project: lungs, cohort: cohortId }, undefined, nina)).rejects.toMatchObject({
      code: 'COHORT_NOT_FOUND',
    });
  });
});

it('answers over HTTP as the contracts say', async () => {
  const api = new HttpApi(createLog('cohorts-api'));
  serveCohorts(api, fixture.ports());
  const call = async (method: string, path: string, resource: string, sent?: object) => {
    const { subject, ...person } = rosa;
    const answer = await api.handler(
      apiEvent({
        method,
        path,
        resource,
        headers: { 'content-type': 'application/json' },
        body: sent === undefined ? undefined : JSON.stringify(sent),
        authorizer: { subject, person: JSON.stringify(person) },
      }),
    );
    return { status: answer.statusCode, body: JSON.parse(answer.body) };
  };
  const counted = await call('POST', '/v1/cohorts/counts', '/v1/cohorts/counts', {
    project: ribs,
    filter: 'modality = CT',
  });
  expect(counted).toMatchObject({ status: 200, body: { patients: { value: 150 } } });
  const answer = await call('POST', '/v1/cohorts', '/v1/cohorts', body());
  expect(answer.status).toBe(201);
  const { cohortId } = answer.body.cohort;
  const version = '/v1/cohorts/{id}/versions/{version}';
  for (const [path, resource] of [
    [`/v1/cohorts/${cohortId}`, '/v1/cohorts/{id}'],
    [`/v1/cohorts/${cohortId}/versions/1`, version],
    [`/v1/cohorts/${cohortId}/versions/1/manifest`, `${version}/manifest`],
    [`/v1/cohorts/${cohortId}/versions/1/representativeness`, `${version}/representativeness`],
  ] as const)
    expect((await call('GET', path, resource)).status).toBe(200);
  expect(await call('GET', `/v1/cohorts/${cohortId}/versions/2`, version)).toMatchObject({
    status: 404,
    body: { code: 'COHORT_VERSION_NOT_FOUND' },
  });
});
