import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCredentialsSection, withProfile } from '../../cli/credentials/aws-profile';
import { FakePlatform } from './fake-platform';
import { BuiltCommand } from './run-command';

const command = new BuiltCommand();
let platform: FakePlatform;
let person: string;
let number = 0;

beforeAll(() => command.build());
afterAll(() => command.remove());
beforeEach(async () => {
  platform = await FakePlatform.start();
  person = `person-${++number}`;
  await command.signIn(person, platform.address);
});
afterEach(() => platform.stop());

const credentials = (...words: string[]) =>
  command.run(person, ['credentials', '--project', 'p-1', ...words]);
const issued = () => platform.calls.filter((call) => call.endsWith('/credentials')).length;

test('prints what a credential_process must print, and nothing on standard error', async () => {
  const { code, stdout, stderr } = await credentials('--format', 'process');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const printed = JSON.parse(stdout);
  expect(Object.keys(printed).sort()).toEqual([
    'AccessKeyId',
    'Expiration',
    'SecretAccessKey',
    'SessionToken',
    'Version',
  ]);
  expect(printed.Version).toBe(1);
});

test('a second call answers from the cache, ten at once ask once', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => credentials()));
  expect(new Set(answers.map((answer) => answer.stdout)).size).toBe(1);
  expect(issued()).toBe(1);
});

test('asks anew before the cached credential expires', async () => {
  platform.credentialSeconds = 1;
  await credentials();
  await new Promise((resolve) => setTimeout(resolve, 800));
  await credentials();
  expect(issued()).toBe(2);
});

test('a list of studies has a credential of its own', async () => {
  const list = join(command.folder, 'studies.txt');
  await writeFile(list, '# mine\n1.2.3\n\n1.2.4  # the second\n');
  await credentials();
  await credentials('--studies', list);
  expect(issued()).toBe(2);
  await writeFile(list, '1.2.x\n');
  expect(await credentials('--studies', list)).toMatchObject({ code: 2, stdout: '' });
});

test('a refusal exits with 3 and prints the fix', async () => {
  platform.faults.onApi = (_method, path) =>
    path.endsWith('/credentials')
      ? {
          status: 403,
          body: { title: 'The project has ended.', code: 'PROJECT_NOT_ACTIVE', fix: 'Apply again.' },
        }
      : null;
  const { code, stdout, stderr } = await credentials();
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toContain('Fix: Apply again.');
});

test('env format can be evaluated by a shell', async () => {
  const { stdout } = await credentials('--format', 'env');
  expect(stdout).toContain("export AWS_ACCESS_KEY_ID='ASIATEST'\n");
});

test('configure writes a profile without a secret', async () => {
  expect((await command.run(person, ['configure', 'aws', '--project', 'p-1'])).code).toBe(0);
  const config = await readFile(join(command.folder, '.aws', 'config'), 'utf8');
  expect(config).toMatch(
    /^\[profile nmip-p-1\]\ncredential_process = \/\S+ \/\S+ credentials --project p-1 --format process\nregion = eu-west-2\n$/,
  );
});

test('a profile takes the place of its old self only', () => {
  const other = '[default]\nregion = eu-west-1\n';
  const one = { name: 'nmip-p-1', region: 'eu-west-2', credentialProcess: 'one' };
  const first = withProfile(other, one);
  const second = withProfile(`${first}\n[profile z]\nregion = x\n`, { ...one, credentialProcess: 'two' });
  expect(second).toContain(other);
  expect(second).toContain('credential_process = two');
  expect(second).not.toContain('credential_process = one');
  expect(second).toContain('[profile z]\nregion = x\n');
  expect(withProfile(second, { ...one, credentialProcess: 'two' })).toBe(second);
  expect(hasCredentialsSection('[nmip-p-1]\naws_access_key_id = x\n', 'nmip-p-1')).toBe(true);
  expect(hasCredentialsSection('[other]\n', 'nmip-p-1')).toBe(false);
});
