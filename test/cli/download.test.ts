import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { singlePart } from '../../cli/download/multipart-related';
import { MOST_STUDIES } from '../../lambda/credentials/credentials.contract';
import { datastoreId, FakeImageStore, first, slices, uidsOf } from './fake-image-store';
import { FakePlatform } from './fake-platform';
import { credentialsFor, type ProjectView, project, projectOf } from './fake-project';
import { BuiltCommand } from './run-command';

const command = new BuiltCommand();
let platform: FakePlatform;
let store: FakeImageStore;
let target: string;
let number = 0;
/** What the project's grant covers. */
let scope: ProjectView['grants'][number]['scope'];
/** Studies asked for with each request for credentials; null: all of the grant. */
let askedFor: (string[] | null)[];

/** Further studies of the project; each has the three slices. */
let further: string[];

beforeAll(() => command.build());
afterAll(() => command.remove());
beforeEach(async () => {
  platform = await FakePlatform.start();
  store = await FakeImageStore.start('the-secret');
  target = join(command.folder, `images-${++number}`);
  scope = { kind: 'collection' };
  further = [];
  askedFor = [];
  platform.faults.onApi = (_method, path, { body }) => {
    if (path.endsWith('/credentials')) {
      const { studies = null } = body as { studies?: string[] };
      askedFor.push(studies);
      return {
        status: 201,
        body: credentialsFor(store.address),
      };
    }
    if (path.endsWith('/studies'))
      return {
        status: 200,
        body: {
          studies: [
            {
              studyInstanceUid: first.study,
              collection: 'chest',
              datastoreId,
              series: [{ seriesInstanceUid: first.series, modality: 'CT', instances: 3 }],
              instances: 3,
            },
            ...further.map((studyInstanceUid) => ({
              studyInstanceUid,
              collection: 'chest',
              datastoreId,
              series: [{ seriesInstanceUid: `${studyInstanceUid}.1`, modality: 'CT', instances: 3 }],
              instances: 3,
            })),
          ],
        },
      };
    if (path.startsWith('/v1/projects/')) return { status: 200, body: projectOf(scope, 'dae-only') };
    return null;
  };
  await command.signIn('researcher', platform.address);
});
afterEach(async () => {
  await platform.stop();
  await store.stop();
  await rm(join(command.folder, 'state'), { recursive: true, force: true });
});

const download = (...words: string[]) =>
  command.run('researcher', ['download', '--project', project, '--to', target, ...words]);
const seriesFolder = () => join(target, first.study, first.series);

test('fetches every instance by signed requests into a folder a study and series, with a manifest', async () => {
  const { code, stdout } = await download();
  expect(stdout).toContain('Verified 3 files');
  expect(code).toBe(0);
  for (const { file } of slices)
    expect(await readFile(join(seriesFolder(), `${uidsOf(file).instance}.dcm`))).toEqual(file);
  const manifest = (await readFile(join(target, 'manifest.csv'), 'utf8')).trim().split('\n');
  expect(manifest).toHaveLength(4);
  expect(manifest[1]?.split(',').at(-1)).toMatch(/^[0-9a-f]{64}$/);
});

test('a second run fetches only what is missing or damaged', async () => {
  await download();
  const [missing = '', damaged = ''] = (await readdir(seriesFolder())).sort();
  await rm(join(seriesFolder(), missing));
  await writeFile(join(seriesFolder(), damaged), 'damaged');
  store.requests.length = 0;
  const { stdout, code } = await download();
  expect(code).toBe(0);
  expect(stdout).toContain('1 of them from an earlier run');
  expect(store.requests.filter((path) => /instances\/[\d.]+$/.test(path))).toHaveLength(2);
  expect(await readdir(seriesFolder())).toHaveLength(3);
});

test('an instance that arrives cut off is fetched again, and an answer that stays damaged is an error', async () => {
  store.cutOff = 1;
  expect((await download()).code).toBe(0);
  await rm(target, { recursive: true });
  store.cutOff = 1000;
  const { code, stderr } = await download();
  expect(code).toBe(5);
  expect(stderr).toContain('DOWNLOAD_INCOMPLETE');
  expect(await readdir(target)).toContain('manifest.csv');
  expect((await readdir(target, { recursive: true })).filter((name) => /\.(dcm|part)$/.test(name))).toEqual(
    [],
  );
});

const fetched = () => store.requests.filter((path) => /instances\/[\d.]+$/.test(path)).length;

test('a file that no run has noted as whole is fetched again', async () => {
  await download();
  await rm(join(target, 'manifest.csv'));
  const instance = first.instance;
  const path = join(seriesFolder(), `${instance}.dcm`);
  await writeFile(path, (await readFile(path)).subarray(0, 200));
  const { stdout, code } = await download();
  expect(code).toBe(0);
  expect(stdout).toContain('0 of them from an earlier run');
  expect(await readFile(path)).toEqual(slices[0]?.file);
});

test('what a killed run had noted is kept, a note that was cut off is not, and what it had begun is taken away', async () => {
  await download();
  const [, noted = '', cutOff = ''] = (await readFile(join(target, 'manifest.csv'), 'utf8')).split('\n');
  await rm(join(target, 'manifest.csv'));
  await writeFile(join(target, 'manifest.csv.part'), `\n${noted}\n${cutOff.slice(0, -10)}`);
  await writeFile(join(seriesFolder(), `${first.instance}.dcm.0123abcd.part`), 'half');
  store.requests.length = 0;
  const { stdout, code } = await download();
  expect(code).toBe(0);
  expect(stdout).toContain('1 of them from an earlier run');
  expect(fetched()).toBe(2);
  expect(await readdir(seriesFolder())).toHaveLength(3);
  expect(await readdir(target)).not.toContain('manifest.csv.part');
});

test('a run that stops early forgets nothing of the files that it did not come to', async () => {
  await download();
  const before = await readFile(join(target, 'manifest.csv'), 'utf8');
  store.deny = true;
  expect((await download()).code).toBe(3);
  expect(await readFile(join(target, 'manifest.csv'), 'utf8')).toBe(before);
  store.deny = false;
  await writeFile(join(seriesFolder(), `${first.instance}.dcm`), 'damaged');
  expect((await download()).stdout).toContain('2 of them from an earlier run');
});

test('an image store whose instances have names that are no UIDs is not written from', async () => {
  store.instanceName = '../../../strange';
  const { code, stderr } = await download();
  expect(code).toBe(4);
  expect(stderr).toContain('UNKNOWN_ANSWER');
  expect(await readdir(target, { recursive: true })).not.toContain('strange.dcm');
});

test('a target that is a file is an error in words', async () => {
  await writeFile(target, 'a file');
  const { code, stderr } = await download();
  expect(code).toBe(2);
  expect(stderr).toContain('FILE_NOT_USABLE');
});

test('a refusal exits with 3 and says where the project may read', async () => {
  store.deny = true;
  const { code, stderr } = await download();
  expect(code).toBe(3);
  expect(stderr).toContain('AccessDeniedException');
  expect(stderr).toContain(
    'Fix: Run this inside the Data Access Environment, or ask the committee for direct access.',
  );
});

test('frames are written as they are stored', async () => {
  expect((await download('--frames')).code).toBe(0);
  for (const { file, pixels } of slices)
    expect(await readFile(join(seriesFolder(), uidsOf(file).instance, 'frame-0001'))).toEqual(pixels);
});

test('a study that the project does not hold is refused before anything is fetched', async () => {
  const list = join(command.folder, 'list.txt');
  await writeFile(list, '1.2.3\n');
  expect(await download('--studies', list)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('STUDY_OUTSIDE_GRANT'),
  });
  expect(store.requests).toEqual([]);
});

test('a project that may read a collection downloads it by one credential', async () => {
  further = ['1.2.3.1', '1.2.3.2'];
  expect(await download('--frames')).toMatchObject({ code: 0 });
  expect(askedFor).toEqual([null]);
});

test('where the grant lists studies, there is one credential for each 20 of them, and none for all', async () => {
  scope = { kind: 'studies', count: 46, digest: '0'.repeat(64) };
  further = Array.from({ length: 45 }, (_, index) => `1.2.3.${index + 1}`);
  expect(await download('--frames')).toMatchObject({ code: 0 });
  expect(askedFor.map((studies) => studies?.length).sort()).toEqual([MOST_STUDIES, MOST_STUDIES, 6]);
  expect(askedFor.flatMap((studies) => studies ?? []).sort()).toEqual([first.study, ...further].sort());
});

test('the one part of a multipart answer is its body; several parts are not one', () => {
  const parts = (...bodies: string[]) =>
    Buffer.from(`${bodies.map((body) => `--b\r\nContent-Type: x/y\r\n\r\n${body}`).join('\r\n')}\r\n--b--`);
  expect(singlePart('multipart/related; boundary="b"', parts('data--b'))?.toString()).toBe('data--b');
  expect(singlePart('multipart/related; boundary=b', parts('one', 'two'))).toBeNull();
  expect(singlePart('multipart/related', parts('one'))).toBeNull();
  expect(singlePart('application/octet-stream', Buffer.from('raw'))?.toString()).toBe('raw');
});
