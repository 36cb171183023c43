import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakePlatform } from './fake-platform';
import { publishTwo } from './release-folders';
import { BuiltCommand } from './run-command';

const folder = mkdtempSync(join(tmpdir(), 'nmip-release-diff-'));
const versions = ['2026.3', '2026.4'];
const command = new BuiltCommand();
let platform: FakePlatform;
let files: Server;
let origin: string;
/** What the store gives in place of a file, by version and name. */
let spoilt: Record<string, string>;

const content = (path: string): string => spoilt[path] ?? readFileSync(join(folder, path), 'utf8');
const link = (path: string) => ({
  status: 200,
  body: { url: `${origin}/${path}`, expiresAt: '2026-12-01T00:00:00.000Z' },
});

function answer(path: string) {
  const [, , , version = '', kind, name] = path.split('/');
  if (!path.startsWith('/v1/releases/')) return null;
  if (!versions.includes(version))
    return { status: 404, body: { title: 'There is no such release.', code: 'RELEASE_NOT_FOUND' } };
  if (kind === 'files') return link(`${version}/${name}`);
  if (kind === 'manifest') return platform.tokens.length > 0 ? link(`${version}/manifest.csv`) : null;
  const checksums = readFileSync(join(folder, version, 'checksums.txt'));
  return {
    status: 200,
    body: {
      version,
      title: 'A release',
      collections: ['chest'],
      publishedAt: '2026-11-01T00:00:00.000Z',
      people: { kind: 'shown', value: 9000 },
      studies: { kind: 'suppressed' },
      checksums: createHash('sha256').update(checksums).digest('hex'),
      heldOut: null,
      withdrawn: null,
      files: [],
    },
  };
}

beforeAll(async () => {
  command.build();
  await publishTwo(join(folder, '2026.3'), join(folder, '2026.4'));
  files = createServer((request, response) => response.end(content((request.url ?? '').slice(1))));
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => files.close(resolve));
  command.remove();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  spoilt = {};
  platform = await FakePlatform.start();
  platform.faults.onApi = (_method, path) => answer(path);
});
afterEach(async () => {
  await platform.stop();
  rmSync(join(command.folder, 'state'), { recursive: true, force: true });
});

const diff = (...words: string[]) =>
  command.run('researcher', ['release', 'diff', ...words, '--api', platform.address]);

test('two releases are compared by their versions, with their studies for somebody who is signed in', async () => {
  await command.signIn('researcher', platform.address);
  const { code, stdout } = await diff('2026.3', '2026.4');
  expect(stdout).toContain('2 studies added, 1 study no longer in it (withdrawn: 0 to 7)');
  expect(stdout).toMatch(/^people +9,000 +10,000$/m);
  expect(code).toBe(0);
});

test('without a sign-in figures are compared, and it is said once that the studies are not', async () => {
  const { code, stdout, stderr } = await diff('2026.3', '2026.4');
  expect(stdout).toContain('Studies were not compared');
  expect(stdout).toMatch(/^people +9,000 +10,000$/m);
  expect(stderr.match(/Figures alone/g)).toHaveLength(1);
  expect(code).toBe(0);
  expect(JSON.parse((await diff('2026.3', '2026.4', '--json')).stdout)).toMatchObject({
    studiesAdded: null,
    studiesRemoved: null,
  });
});

test('a folder and a version may be compared', async () => {
  await command.signIn('researcher', platform.address);
  const { stdout } = await diff(join(folder, '2026.3'), '2026.4', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ studiesAdded: ['1.2.4', '1.2.5'], studiesRemoved: ['1.2.1'] });
});

test.each([
  ['the other way round', ['2026.4', '2026.3'], 2, 'RELEASES_OUT_OF_ORDER'],
  ['a release that is not there', ['2026.3', '2026.9'], 2, 'RELEASE_NOT_FOUND'],
  ['neither folder nor version', ['2026.3', 'nowhere'], 2, 'FILE_NOT_USABLE'],
])('%s is an error with a code', async (_, words, exit, wanted) => {
  const { code, stderr } = await diff(...words);
  expect(stderr).toContain(wanted);
  expect(code).toBe(exit);
});

test.each(['checksums.txt', 'release.json', 'manifest.csv'])(
  'a %s that is not the one that was published ends with 5',
  async (name) => {
    await command.signIn('researcher', platform.address);
    spoilt[`2026.4/${name}`] = `${readFileSync(join(folder, '2026.4', name), 'utf8')} `;
    const { code, stderr } = await diff('2026.3', '2026.4');
    expect(stderr).toContain(`${name} is not as it was published. (FILE_CHANGED)`);
    expect(code).toBe(5);
  },
);
