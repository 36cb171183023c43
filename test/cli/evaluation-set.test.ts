import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestPerson } from '../../lambda/platform/request-person';
import { commitHeldOut } from '../../lambda/splits/commit';
import { PublicCommitments } from '../../lambda/splits/list-commitments';
import { committedTextKey } from '../../lambda/splits/splits-places';
import { splitsRoutes } from '../../lambda/splits/splits-routes.contract';
import { type LakeDatabase, openLakeDatabase } from '../lambda/lake/sql/lake-database';
import { applicant, approveOne, makeRegister, officer, requester } from '../lambda/register/register-fixture';
import { catalogueBucket, definition, heldOutSeries, SplitsRoom } from '../lambda/splits/splits-fixture';
import { FakePlatform } from './fake-platform';
import type { SentRequest } from './fake-submission';
import { BuiltCommand } from './run-command';

/** The command against the routes of splits-api, on a register in memory and a lake of DuckDB. */

const command = new BuiltCommand();
const auditor = requester('auditor-1', 'auditor');
let lake: LakeDatabase;
let platform: FakePlatform;
let room: SplitsRoom;
let project: string;
/** Who the service takes the person for. */
let acting: RequestPerson;

const routes = Object.values(splitsRoutes).map((route) => ({
  route,
  path: new RegExp(`^${route.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

async function answer(method: string, path: string, { query, body, headers }: SentRequest) {
  if (path === '/v1/commitments') {
    const { table, clock } = room.register;
    return { status: 200, body: { commitments: await new PublicCommitments({ table, clock }).list() } };
  }
  for (const { route, path: pattern } of routes) {
    const found = route.method === method ? pattern.exec(path) : null;
    if (found === null) continue;
    const key = headers['idempotency-key'];
    return room.ask(route, acting, {
      params: { ...found.groups },
      query: Object.fromEntries(query),
      ...(method === 'POST' && { body }),
      ...(typeof key === 'string' && { key }),
    });
  }
  return null;
}

const inFolder = (name: string): string => join(command.folder, name);

function definitionFile(changes: object = {}): string {
  writeFileSync(inFolder('definition.json'), JSON.stringify({ ...definition, ...changes }));
  return inFolder('definition.json');
}

const run = (...words: string[]) => command.run('officer', ['evaluation-set', ...words]);

/** The one record of a run that ends with 0. */
async function record<T = Record<string, unknown>>(...words: string[]): Promise<T> {
  const { code, stdout, stderr } = await run(...words, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
}

/** The error of a run. */
async function refused(...words: string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await run(...words, '--json');
  expect(stdout).toBe('');
  return JSON.parse(stderr) as Record<string, unknown>;
}

const use = ['use', 'nodules', '--model', 'Finder 2.1', '--reason', 'validation', '--project'];

beforeAll(async () => {
  command.build();
  lake = await openLakeDatabase();
  platform = await FakePlatform.start();
  platform.faults.onApi = answer;
  await command.signIn('officer', platform.address);
});

afterAll(async () => {
  await platform.stop();
  await lake[Symbol.asyncDispose]();
  command.remove();
});

beforeEach(async () => {
  acting = officer;
  room = new SplitsRoom(await makeRegister(), lake);
  await room.releaseIs('published');
  project = (await approveOne(room.register, {})).projectId;
  await lake.fill('tombstones', []);
  await lake.fill('released_series', [
    ...Array.from({ length: 20 }, (_, patient) => heldOutSeries(patient + 1, 1)),
    heldOutSeries(30, 1, { modality: 'CT' }),
  ]);
});

describe('create', () => {
  it('draws and freezes a set, and says of each stratum what became of its quota', async () => {
    const { code, stdout } = await run('create', 'nodules', definitionFile());
    expect(code).toBe(0);
    expect(stdout).toContain('nodules, version 1, of release 2026.4: 13 patients, 13 studies.');
    expect(stdout).toContain('  sex Male: 3 of 3\n');
    expect(stdout).toContain('  sex Female: 10 of 20, short by 10\n');
    expect(stdout).toMatch(/^Commitment: [0-9a-f]{64}$/m);
  });

  it('makes a further version beside the first, which stays as it was', async () => {
    await run('create', 'nodules', definitionFile());
    const before = await record('show', 'nodules');
    const smaller = { quotas: [{ group: ['2'], patients: 2 }] };
    expect(await record('create', 'nodules', definitionFile(smaller))).toMatchObject({
      setVersion: 2,
      patients: 2,
      complete: true,
    });
    expect(await record('show', 'nodules')).toEqual(before);
    expect((await run('list')).stdout).toBe('nodules, version 2: 2 patients, 2 studies\n');
  });

  it('names each stratum that is below its minimum, and makes nothing', async () => {
    const quotas = [
      { group: ['1'], patients: 30, minimum: 11 },
      { group: ['2'], patients: 30, minimum: 12 },
      { group: [null], patients: 1 },
    ];
    const { code, stderr } = await run('create', 'nodules', definitionFile({ quotas }));
    expect(code).toBe(2);
    expect(stderr).toContain('QUOTAS_NOT_MET');
    expect(stderr).toContain('sex Male: 10 of at least 11\nsex Female: 10 of at least 12\n');
    expect(stderr).not.toContain('sex not known');
    expect((await run('list')).stdout).toBe('There is no evaluation set.\n');
  });

  it('refuses a definition that is none, with the field, and a filter that is none, before anything is sent', async () => {
    platform.calls.length = 0;
    const wrong = await refused('create', 'nodules', definitionFile({ quotas: [], drawn: 'by hand' }));
    expect(wrong).toMatchObject({ code: 'FILE_NOT_VALID', exitCode: 2 });
    expect(wrong.detail).toContain('quotas');
    const filter = "modality = CR'; DROP TABLE released_series";
    expect(await refused('create', 'nodules', definitionFile({ filter }))).toMatchObject({
      code: 'FILTER_SYNTAX',
      exitCode: 2,
    });
    expect(platform.calls).toEqual([]);
  });

  it('is for officers', async () => {
    acting = applicant;
    const file = definitionFile();
    for (const words of [['create', 'nodules', file], ['list'], ['show', 'nodules'], ['uses', 'nodules']])
      expect(await refused(...words)).toMatchObject({ code: 'ROLE_REQUIRED', exitCode: 3 });
  });
});

describe('show', () => {
  it('says what was withdrawn since, also to auditors', async () => {
    await run('create', 'nodules', definitionFile());
    const { studies } = await record<{ studies: { collection: string; study: string }[] }>(...use, project);
    const [gone] = studies;
    await lake.fill('tombstones', [
      { collection: 'chest', split: 'held-out', study_instance_uid: gone?.study ?? '' },
    ]);
    acting = auditor;
    const { code, stdout } = await run('show', 'nodules');
    expect(code).toBe(0);
    expect(stdout).toContain('13 patients, 13 studies');
    expect(stdout).toContain('Withdrawn since: 1 study, 1 patient as a whole.');
  });

  it('ends with 2 where there is no such set or version', async () => {
    await run('create', 'nodules', definitionFile());
    expect(await refused('show', 'fractures')).toMatchObject({ code: 'SET_NOT_FOUND', exitCode: 2 });
    expect(await refused('show', 'nodules', '--set', '2')).toMatchObject({ code: 'SET_NOT_FOUND' });
  });
});

describe('use', () => {
  it('is on record before the studies are printed, and auditors see it', async () => {
    await run('create', 'nodules', definitionFile());
    const { code, stdout } = await run(...use, project);
    expect(code).toBe(0);
    const [first = '', ...studies] = stdout.trimEnd().split('\n');
    expect(first).toMatch(/^Use u-\w+ of version 1 is recorded: number 1 of this project\.$/);
    expect(studies).toHaveLength(13);
    for (const line of studies) expect(line).toMatch(/^chest 1\.2\.\d+\.1$/);
    acting = auditor;
    const uses = await run('uses', 'nodules');
    expect(uses.stdout).toContain(`version 1 ${project} Finder 2.1 (validation) by r-`);
    expect(uses.stdout.trimEnd().split('\n')).toHaveLength(1);
  });

  it('marks studies that were withdrawn', async () => {
    await run('create', 'nodules', definitionFile());
    const { studies } = await record<{ studies: { study: string }[] }>(...use, project);
    const [gone] = studies;
    await lake.fill('tombstones', [
      { collection: 'chest', split: 'held-out', study_instance_uid: gone?.study ?? '' },
    ]);
    const { stdout } = await run(...use, project);
    expect(stdout.match(/ withdrawn$/gm)).toHaveLength(1);
    expect(stdout).toContain(`chest ${gone?.study} withdrawn\n`);
  });

  it('is limited over all versions: the one too many says how many there were, and gives no study', async () => {
    await run('create', 'nodules', definitionFile());
    await run('create', 'nodules', definitionFile());
    await record(...use, project);
    await record(...use, project, '--set', '2');
    expect(await refused(...use, project)).toMatchObject({
      code: 'USES_EXHAUSTED',
      detail: 'Used 2 times; 2 are allowed.',
      exitCode: 2,
    });
    expect((await run('uses', 'nodules')).stdout.trimEnd().split('\n')).toHaveLength(2);
  });

  it('needs a project that exists, a model and a reason of the list, and an officer', async () => {
    await run('create', 'nodules', definitionFile());
    expect(await refused(...use, `p-${'0'.repeat(26)}`)).toMatchObject({ code: 'PROJECT_NOT_FOUND' });
    const words = ['use', 'nodules', '--project', project, '--model', 'Finder'];
    expect((await run(...words)).code).toBe(2);
    expect((await run(...words, '--reason', 'curiosity')).code).toBe(2);
    acting = auditor;
    expect(await refused(...use, project)).toMatchObject({ code: 'ROLE_REQUIRED', exitCode: 3 });
    acting = officer;
    expect((await run('uses', 'nodules')).stdout).toBe('The set has not been used.\n');
  });
});

describe('commitments', () => {
  const textOf = async (sha256: string) =>
    (await room.objects.readText({ bucket: catalogueBucket, key: committedTextKey(sha256) })) ?? '';

  /** Nobody who is signed in. */
  const anybody = (...words: string[]) =>
    command.run('anybody', ['evaluation-set', ...words, '--api', platform.address]);

  let set: { commitment: string };
  beforeEach(async () => {
    set = await record<{ commitment: string }>('create', 'nodules', definitionFile());
    room.register.clock.moveBy(60);
    await commitHeldOut(room.ports, '2026.4', 'schedule');
  });

  it('are seen by anybody, with rounded counts and no study', async () => {
    const { code, stdout } = await anybody('commitments');
    expect(code).toBe(0);
    expect(stdout).toMatch(/all that is held out +2026\.4 +about 20 +about 20 +[0-9a-f]{64}\n/);
    expect(stdout).toMatch(
      new RegExp(`set nodules, version 1 +2026\\.4 +about 15 +about 15 +${set.commitment}\\n`),
    );
    expect(stdout).not.toMatch(/1\.2\.\d/);
  });

  it('prove a text to anybody to whom it is shown, also from a list that was kept', async () => {
    writeFileSync(inFolder('text'), await textOf(set.commitment));
    const { code, stdout } = await anybody('verify', inFolder('text'));
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Holds: 13 studies of evaluation-set#nodules#0001, as committed to on 2026-11-02T/,
    );

    writeFileSync(inFolder('kept.json'), (await anybody('commitments', '--json')).stdout);
    platform.calls.length = 0;
    const kept = await anybody('verify', inFolder('text'), '--commitments', inFolder('kept.json'), '--json');
    expect(JSON.parse(kept.stdout)).toMatchObject({ holds: true, studies: 13, sha256: set.commitment });
    expect(platform.calls).toEqual([]);
  });

  it.each<[string, string, (text: string) => string]>([
    ['a study less', 'HASH_DIFFERS', (text) => text.replace(/^chest .*\n/m, '')],
    ['another salt', 'HASH_DIFFERS', (text) => text.replace(/^[0-9a-f]{64}$/m, '0'.repeat(64))],
    ['another name', 'NOT_COMMITTED', (text) => text.replace('#nodules#', '#fractures#')],
    ['no form', 'NOT_A_COMMITMENT', (text) => text.replace('nmip/commitment/1', 'a list')],
  ])('end with 5 at a text with %s', async (_, expected, spoil) => {
    const text = await textOf(set.commitment);
    writeFileSync(inFolder('text'), spoil(text));
    expect(readFileSync(inFolder('text'), 'utf8')).not.toBe(text);
    const { code, stdout, stderr } = await anybody('verify', inFolder('text'), '--json');
    expect([code, stdout, JSON.parse(stderr).code]).toEqual([5, '', expected]);
  });
});
