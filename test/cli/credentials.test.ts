import { spawn, spawnSync } from 'node:child_process';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectOfProfile } from '../../cli/credentials/answer-from-cache';
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
const folder = () => join(command.folder, 'state', person, 'nmip', 'credentials');
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

/** Sets back the life of the one cached credential: an hour, of which this many minutes are left. */
async function leaveMinutes(minutes: number): Promise<void> {
  const [name = ''] = (await readdir(folder())).filter((each) => each.endsWith('.json'));
  const path = join(folder(), name);
  const cached = JSON.parse(await readFile(path, 'utf8'));
  const expiresAt = Date.now() + minutes * 60_000;
  cached.obtainedAt = expiresAt - 3_600_000;
  cached.credentials.expiration = new Date(expiresAt).toISOString();
  await writeFile(path, JSON.stringify(cached));
}

test('asks anew in the last five minutes of the cached credential, and not before', async () => {
  await credentials();
  await leaveMinutes(6);
  await credentials();
  expect(issued()).toBe(1);
  await leaveMinutes(4);
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

describe('the call of a profile', () => {
  const written = ['credentials', '--project', 'p-1', '--format', 'process'];
  const turned = ['credentials', '--format', 'process', '--project', 'p-1'];
  const program = () => join(command.folder, 'nmip', 'nmip.mjs');

  test('is answered from the cache as any other order of its words is', async () => {
    const first = await command.run(person, written);
    expect(await command.run(person, written)).toEqual(first);
    expect(await command.run(person, turned)).toEqual(first);
    expect(issued()).toBe(1);
  });

  test('needs the cache alone while the credential is fresh', async () => {
    const first = await command.run(person, written);
    await rename(program(), `${program()}.away`);
    try {
      expect(await command.run(person, written)).toEqual(first);
      expect((await command.run(person, turned)).code).not.toBe(0);
      await leaveMinutes(4);
      expect((await command.run(person, written)).code).not.toBe(0);
    } finally {
      await rename(`${program()}.away`, program());
    }
  });

  test('says what the command says where nobody is signed in', async () => {
    const { code, stdout, stderr } = await command.run('nobody', written);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('NOT_SIGNED_IN');
  });

  test.each([
    [...written, '--studies', 'x'],
    [...written.slice(0, 2), '../p-1', ...written.slice(3)],
    [...written.slice(0, 4), 'env'],
    written.slice(0, 3),
    [...written, '--help'],
    ['help', ...written.slice(0, 4)],
  ])('is told from %j %j %j %j %j %j', (...words) => {
    expect(projectOfProfile(written)).toBe('p-1');
    expect(projectOfProfile(words)).toBeNull();
  });
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

test('every attempt of one request has one key, and another request another', async () => {
  const keys: unknown[] = [];
  platform.faults.onApi = (_method, path, { headers }) => {
    if (!path.endsWith('/credentials')) return null;
    keys.push(headers['idempotency-key']);
    return keys.length < 3 ? { status: 503, body: { title: 'Busy.', code: 'REGISTER_BUSY' } } : null;
  };
  expect(await credentials()).toMatchObject({ code: 0, stderr: '' });
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  const list = join(command.folder, 'one-study.txt');
  await writeFile(list, '1.2.3\n');
  await credentials('--studies', list);
  expect(new Set(keys).size).toBe(2);
});

test('a request that the service calls old is asked anew', async () => {
  const keys: unknown[] = [];
  platform.faults.onApi = (_method, path, { headers }) => {
    if (!path.endsWith('/credentials')) return null;
    keys.push(headers['idempotency-key']);
    return keys.length === 1
      ? { status: 409, body: { title: 'Old.', code: 'CREDENTIAL_REQUEST_OLD' } }
      : null;
  };
  expect(await credentials()).toMatchObject({ code: 0, stderr: '' });
  expect(new Set(keys).size).toBe(2);
});

describe('the cache', () => {
  const file = async () => {
    const [name = ''] = (await readdir(folder())).filter((each) => each.endsWith('.json'));
    return join(folder(), name);
  };

  test('is readable by its owner only', async () => {
    await credentials();
    expect((await stat(await file())).mode & 0o777).toBe(0o600);
  });

  test.each(['', 'null', '{"version":2}', '{"version":2,"credentials":{"secretAccessKey":"x"}}', '[]'])(
    'that holds %j is replaced',
    async (content) => {
      await credentials();
      await writeFile(await file(), content);
      expect(await credentials()).toMatchObject({ code: 0, stderr: '' });
      expect(issued()).toBe(2);
    },
  );

  test('that cannot be written is done without', async () => {
    await writeFile(folder(), 'a file where the folder should be');
    const { code, stdout, stderr } = await credentials();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout).Version).toBe(1);
  });

  test('goes by the clock of the service, not of the machine', async () => {
    await credentials();
    const path = await file();
    const cached = JSON.parse(await readFile(path, 'utf8'));
    expect(Math.abs(cached.clockAheadMs)).toBeLessThan(60_000);
    // The machine's clock is two hours ahead of the service's: the credential would have expired by it.
    const hours = 2 * 3_600_000;
    cached.clockAheadMs -= hours;
    cached.obtainedAt -= hours;
    cached.credentials.expiration = new Date(Date.now() - hours + 3_600_000).toISOString();
    await writeFile(path, JSON.stringify(cached));
    await credentials();
    expect(issued()).toBe(1);
  });

  test('is taken over from a process that was killed while it held the lock', async () => {
    await credentials();
    const path = await file();
    await rm(path);
    const gone = spawnSync(process.execPath, ['-e', '']);
    await writeFile(`${path}.lock`, String(gone.pid));
    expect(await credentials()).toMatchObject({ code: 0, stderr: '' });
    expect((await readdir(folder())).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });
});

test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
  'a command that ends by %s while it holds the lock stops nobody after it',
  async (signal) => {
    const lock = async () =>
      (await readdir(folder()).catch(() => [])).filter((name) => name.endsWith('.lock'));
    platform.faults.onApi = (_method, path) => (path.endsWith('/credentials') ? new Promise(() => {}) : null);
    const child = spawn(process.execPath, [command.path, 'credentials', '--project', 'p-1'], {
      env: { HOME: command.folder, XDG_STATE_HOME: join(command.folder, 'state', person) },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    while (issued() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await lock()).toHaveLength(1);
    child.kill(signal);
    await ended;
    platform.faults.onApi = () => null;
    expect(await credentials()).toMatchObject({ code: 0, stderr: '' });
    expect(await lock()).toEqual([]);
  },
);

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
