import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CohortVersionView, ManifestStudy } from '../../lambda/cohorts/cohort.contract';
import { lineDigest, ManifestDigest, studyLine } from '../../lambda/cohorts/manifest-digest.contract';
import { datastoreId, FakeImageStore, first } from './fake-image-store';
import { FakePlatform } from './fake-platform';
import { credentialsFor, project, projectOf } from './fake-project';
import { BuiltCommand } from './run-command';

const cohort = `k-${'0'.repeat(26)}`;
const gone = '1.2.826.9.1';
const closed = '1.2.826.9.2';

const study = (studyInstanceUid: string, seriesInstanceUid: string): ManifestStudy => ({
  collection: 'chest',
  studyInstanceUid,
  series: [{ seriesInstanceUid, modality: 'CT', instances: 3, bytes: 3000 }],
});
const there = study(first.study, first.series);

const command = new BuiltCommand();
let platform: FakePlatform;
let store: FakeImageStore;
let target: string;
let number = 0;

/** Studies of the version, in order; those of `withdrawn` were withdrawn since. */
let listed: ManifestStudy[];
let withdrawn: string[];
/** What the project may read. */
let readable: string[];
/** What the API gives in place of the list that was made. */
let given: ManifestStudy[] | null;

function version(): CohortVersionView {
  const heading = { project, release: '2026.4', filter: 'modality = CT', collections: ['chest'] };
  const digest = new ManifestDigest(heading);
  for (const each of listed) digest.add(lineDigest(studyLine(each)));
  return {
    cohortId: cohort,
    cohortVersion: 2,
    projectId: project,
    release: heading.release,
    filter: heading.filter,
    collections: heading.collections,
    reason: null,
    createdAt: '2026-11-23T10:00:00.000Z',
    createdBy: `r-${'0'.repeat(26)}`,
    patients: { kind: 'shown', value: 10 },
    totals: { studies: listed.length, series: listed.length, instances: 3, bytes: 3000 },
    name: 'Chests',
    manifest: digest.hex(),
    withdrawn: withdrawn.length,
    cite: `NMIP 2026.4, cohort ${cohort}@v2`,
  };
}

function answer(path: string): { status: number; body: unknown } | null {
  if (path.endsWith('/credentials')) return { status: 201, body: credentialsFor(store.address) };
  if (path === `/v1/projects/${project}/studies`)
    return {
      status: 200,
      body: {
        studies: readable.map((studyInstanceUid) => ({
          studyInstanceUid,
          collection: 'chest',
          datastoreId,
          // one more series than the cohort has: it came after the release
          series: [
            { seriesInstanceUid: first.series, modality: 'CT', instances: 3 },
            { seriesInstanceUid: `${studyInstanceUid}.99`, modality: 'CT', instances: 1 },
          ],
          instances: 4,
        })),
      },
    };
  if (path === `/v1/projects/${project}`)
    return { status: 200, body: projectOf({ kind: 'collection' }, 'direct') };
  if (path === `/v1/cohorts/${cohort}`) {
    const { projectId, name, createdAt } = version();
    return { status: 200, body: { cohortId: cohort, projectId, name, latest: 2, createdAt, versions: [] } };
  }
  if (path === `/v1/cohorts/${cohort}/versions/2`) return { status: 200, body: version() };
  if (path === `/v1/cohorts/${cohort}/versions/2/manifest`)
    return {
      status: 200,
      body: {
        cohortId: cohort,
        cohortVersion: 2,
        manifest: version().manifest,
        studies: (given ?? listed).map((each) =>
          withdrawn.includes(each.studyInstanceUid)
            ? {
                state: 'withdrawn',
                collection: each.collection,
                studyInstanceUid: each.studyInstanceUid,
                lineSha256: lineDigest(studyLine(each)),
              }
            : { state: 'there', ...each },
        ),
      },
    };
  if (path.startsWith('/v1/cohorts/'))
    return { status: 404, body: { title: 'There is no such cohort.', code: 'COHORT_NOT_FOUND' } };
  return null;
}

beforeAll(() => command.build());
afterAll(() => command.remove());
beforeEach(async () => {
  platform = await FakePlatform.start();
  store = await FakeImageStore.start('the-secret');
  target = join(command.folder, `cohort-${++number}`);
  listed = [there, study(gone, `${gone}.1`)];
  withdrawn = [gone];
  readable = [first.study];
  given = null;
  platform.faults.onApi = (_method, path) => answer(path);
  await command.signIn('researcher', platform.address);
});
afterEach(async () => {
  await platform.stop();
  await store.stop();
  await rm(join(command.folder, 'state'), { recursive: true, force: true });
});

const download = (...words: string[]) =>
  command.run('researcher', ['download', '--cohort', `${cohort}@v2`, '--to', target, ...words]);
const json = async (name: string) =>
  JSON.parse(await readFile(join(target, name), 'utf8')) as Record<string, unknown>;

test('fetches the series of the version and no other, says what was withdrawn, and how to cite it', async () => {
  const { code, stdout } = await download();
  expect(stdout).toContain('Verified 3 files');
  expect(stdout).toContain('Skipped: 1 study of the cohort withdrawn since.');
  expect(stdout).toContain(`Cite as: NMIP 2026.4, cohort ${cohort}@v2`);
  expect(code).toBe(0);
  expect(await readdir(join(target, first.study))).toEqual([first.series]);
  expect(store.requests.some((path) => path.includes(gone) || path.includes('.99'))).toBe(false);
  expect(await json('download.json')).toMatchObject({
    complete: true,
    project,
    cohort: {
      cohortId: cohort,
      cohortVersion: 2,
      release: '2026.4',
      manifest: version().manifest,
      studies: 2,
      withdrawn: 1,
      outside: 0,
    },
  });
});

test('writes a datalist with the folder of each series', async () => {
  await download();
  const { training } = await json('datalist.json');
  expect(training).toEqual([
    {
      image: `${first.study}/${first.series}`,
      study_instance_uid: first.study,
      series_instance_uid: first.series,
      collection: 'chest',
      modality: 'CT',
      instances: 3,
    },
  ]);
});

test('the same command again goes on, and without a number the last version is meant', async () => {
  await download();
  const words = ['download', '--cohort', cohort, '--project', project, '--to', target, '--json'];
  const { stdout, code } = await command.run('researcher', words);
  expect(JSON.parse(stdout)).toMatchObject({
    files: 3,
    kept: 3,
    withdrawn: [gone],
    cohort: { cohortVersion: 2 },
  });
  expect(code).toBe(0);
});

test('a list that is not the one that was made is refused before anything is fetched', async () => {
  given = [study(first.study, '1.2.3')];
  const { code, stderr } = await download();
  expect(stderr).toContain('COHORT_LIST_CHANGED');
  expect(code).toBe(5);
  expect(store.requests).toEqual([]);
});

test('a list that is not the one that was made does not take the place of one that was written before', async () => {
  const file = join(command.folder, 'cohort.csv');
  const write = () => command.run('researcher', ['cohort', 'manifest', `${cohort}@v2`, '--to', file]);
  expect((await write()).code).toBe(0);
  const written = await readFile(file, 'utf8');
  expect(written.trim().split('\n')).toHaveLength(3);
  given = [study(first.study, '1.2.3')];
  const { code, stderr } = await write();
  expect(stderr).toContain('COHORT_LIST_CHANGED');
  expect(code).toBe(5);
  expect(await readFile(file, 'utf8')).toBe(written);
  expect((await readdir(command.folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test.each([
  ['modality = CT\n  and age >= 18', 'modality = CT and age >= 18'],
  ['   ', 'Everything'],
])('a cohort without a name is called by its filter, in one line', async (filter, name) => {
  const names: unknown[] = [];
  platform.faults.onApi = (_method, _path, { body }) => {
    names.push((body as { name?: string }).name);
    return { status: 404, body: { title: 'There is no such project.', code: 'PROJECT_NOT_FOUND' } };
  };
  await command.run('researcher', ['cohort', 'create', '--project', project, '--where', filter]);
  expect(names).toEqual([name]);
});

test('a withdrawn study that stands in another’s place is no part of the list', async () => {
  const real = study(gone, `${gone}.1`);
  given = [
    there,
    { ...real, series: [{ seriesInstanceUid: '1.2.3', modality: 'CT', instances: 1, bytes: 1 }] },
  ];
  expect((await download()).stderr).toContain('COHORT_LIST_CHANGED');
});

test('studies that the grant does not reach are named and skipped, and the exit code says that some are missing', async () => {
  listed.push(study(closed, `${closed}.1`));
  const { code, stdout } = await download();
  expect(stdout).toContain('Skipped: 1 study of the cohort that the project may not read now');
  expect(stdout).toContain(closed);
  expect(code).toBe(1);
});

test('where the grant reaches none of it, nothing is written', async () => {
  readable = [];
  const { code, stderr } = await download();
  expect(stderr).toContain('COHORT_OUTSIDE_GRANT');
  expect(code).toBe(3);
  await expect(readdir(target)).rejects.toThrow('ENOENT');
});

test('a series of which images are gone is named', async () => {
  listed = [{ ...there, series: there.series.map((each) => ({ ...each, instances: 4 })) }];
  const { code, stdout } = await download();
  expect(stdout).toContain(`${first.series}: 3, listed 4`);
  expect(code).toBe(1);
});

test('a copy of a study that was withdrawn is to be deleted, and what else is in the folder is said', async () => {
  await mkdir(join(target, gone), { recursive: true });
  await mkdir(join(target, '1.2.3'), { recursive: true });
  const { stdout } = await download();
  expect(stdout).toMatch(
    /Delete 1 study in the folder, withdrawn since an earlier download:\n {2}1\.2\.826\.9\.1/,
  );
  expect(stdout).toMatch(/1 study of earlier downloads besides.*\n {2}1\.2\.3/);
});

test.each([
  ['no cohort', ['--cohort', 'chest'], 2, 'NOT_A_COHORT'],
  ['a cohort that is not there, or of others', ['--cohort', `k-${'1'.repeat(26)}@v1`], 2, 'COHORT_NOT_FOUND'],
  [
    'a cohort of another project',
    ['--cohort', `${cohort}@v2`, '--project', `p-${'1'.repeat(26)}`],
    2,
    'COHORT_OF_ANOTHER_PROJECT',
  ],
  ['a cohort and a list', ['--cohort', `${cohort}@v2`, '--studies', 'list.txt'], 2, 'COHORT_AND_STUDIES'],
  ['nothing named', [], 2, 'NOTHING_SELECTED'],
])('%s is an error with a code', async (_, words, exit, wanted) => {
  const { code, stderr } = await command.run('researcher', ['download', '--to', target, ...words, '--json']);
  expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({ code: wanted });
  expect(code).toBe(exit);
});

test('a project whose grant has ended says so', async () => {
  platform.faults.onApi = (_method, path) =>
    path === `/v1/projects/${project}/studies`
      ? {
          status: 403,
          body: { title: 'The project has no grant that is in force.', code: 'NO_ACTIVE_GRANT' },
        }
      : answer(path);
  const { code, stderr } = await download();
  expect(stderr).toContain('The project has no grant that is in force. (NO_ACTIVE_GRANT)');
  expect(code).toBe(3);
});
