import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FakePlatform } from './fake-platform';
import { BuiltCommand } from './run-command';

const command = new BuiltCommand();
let platform: FakePlatform;

beforeAll(() => command.build());
afterAll(() => command.remove());
beforeEach(async () => {
  platform = await FakePlatform.start();
});
afterEach(() => platform.stop());

const sessionFile = (person: string) => join(command.folder, 'state', person, 'nmip', 'session.json');

test('signs in by authorisation code and says for which trust', async () => {
  const { code, stdout } = await command.signIn('code', platform.address);
  expect(stdout).toBe('Signed in as uploader@trust.example for Northfield (RX1).\n');
  expect(code).toBe(0);
});

test('keeps the tokens readable by their owner only, and never prints one', async () => {
  const { stdout, stderr } = await command.signIn('secret', platform.address);
  expect((await stat(sessionFile('secret'))).mode & 0o777).toBe(0o600);
  const whoami = await command.run('secret', ['whoami', '--json']);
  expect(JSON.parse(whoami.stdout)).toMatchObject({ name: 'uploader@trust.example', roles: ['uploader'] });
  for (const token of platform.tokens)
    for (const printed of [stdout, stderr, whoami.stdout, whoami.stderr])
      expect(printed).not.toContain(token);
});

test('refuses an ID token with a nonce that is not its own', async () => {
  platform.faults.nonce = () => 'replayed';
  const { code, stderr } = await command.signIn('nonce', platform.address);
  expect(code).toBe(5);
  expect(stderr).toContain('INVALID_ID_TOKEN');
});

test('an answer with another state does not end the sign-in, nor is its code used', async () => {
  let done = false;
  const { code } = await command.run('state', ['login', '--api', platform.address, '--no-browser'], {
    onStderr: (text) => {
      const url = /^(http:\S+authorize\S*)$/m.exec(text)?.[1];
      if (url === undefined || done || !text.endsWith('\n')) return;
      done = true;
      const callback = new URL(url).searchParams.get('redirect_uri');
      void fetch(`${callback}?code=stolen&state=other`).then(async (response) => {
        expect(response.status).toBe(400);
        await fetch(url);
      });
    },
  });
  expect(code).toBe(0);
});

test('an answer of another issuer is refused', async () => {
  const { code, stderr } = await command.run('mixup', ['login', '--api', platform.address, '--no-browser'], {
    onStderr: (text) => {
      const url = /^(http:\S+authorize\S*)$/m.exec(text)?.[1];
      if (url === undefined || !text.endsWith('\n')) return;
      const { searchParams } = new URL(url);
      void fetch(
        `${searchParams.get('redirect_uri')}?code=x&state=${searchParams.get('state')}&iss=https://evil.example`,
      ).catch(() => {});
    },
  });
  expect(stderr).toContain('ISSUER_MISMATCH');
  expect(code).toBe(3);
});

test('an answer that does not name its issuer is refused, since the issuer says that it names itself', async () => {
  const { code, stderr } = await command.run('noiss', ['login', '--api', platform.address, '--no-browser'], {
    onStderr: (text) => {
      const url = /^(http:\S+authorize\S*)$/m.exec(text)?.[1];
      if (url === undefined || !text.endsWith('\n')) return;
      const { searchParams } = new URL(url);
      void fetch(`${searchParams.get('redirect_uri')}?code=x&state=${searchParams.get('state')}`).catch(
        () => {},
      );
    },
  });
  expect(stderr).toContain('ISSUER_MISMATCH');
  expect(code).toBe(3);
});

test('asks for no second factor where the platform wants none', async () => {
  const { code, stderr } = await command.run('strong', ['login', '--api', platform.address, '--strong']);
  expect(stderr).toContain('NO_STRONG_SIGN_IN');
  expect(code).toBe(2);
});

test('an environment that names half of a machine is refused, whoever is signed in', async () => {
  const { code, stderr } = await command.run('half', ['whoami'], {
    environment: { NMIP_API: platform.address, NMIP_CLIENT_ID: 'machine-1' },
  });
  expect(stderr).toContain('MACHINE_INCOMPLETE');
  expect(code).toBe(2);
});

test('signs in by device code', async () => {
  const { code, stderr } = await command.run('device', ['login', '--api', platform.address, '--device']);
  expect(stderr).toContain('enter code  WDJB-MJHT');
  expect(code).toBe(0);
});

test('renews an access token that is about to expire', async () => {
  platform.faults.accessTokenSeconds = 30;
  await command.signIn('renew', platform.address);
  const before = platform.tokens.length;
  expect((await command.run('renew', ['whoami'])).code).toBe(0);
  expect(platform.tokens.length).toBe(before + 2);
});

test('without a sign-in a command exits with 3 and says what to do', async () => {
  const { code, stderr, stdout } = await command.run('nobody', ['projects']);
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toContain('Fix: Run `nmip login');
});

test('signing out revokes the refresh token and forgets everything', async () => {
  await command.signIn('out', platform.address);
  const { refreshToken } = JSON.parse(await readFile(sessionFile('out'), 'utf8')).session;
  expect((await command.run('out', ['logout'])).stdout).toBe('Signed out.\n');
  expect(platform.revoked).toEqual([refreshToken]);
  expect((await command.run('out', ['whoami'])).code).toBe(3);
});

test('refuses an API that is reached without TLS over the network', async () => {
  const { code, stderr } = await command.run('plain', ['login', '--api', 'http://nmip.example.nhs.uk']);
  expect(code).toBe(2);
  expect(stderr).toContain('INSECURE_ADDRESS');
});

test('wrong usage exits with 2, help with 0', async () => {
  expect((await command.run('usage', ['upload', '--nonsense'])).code).toBe(2);
  expect((await command.run('usage', ['nonsense'])).code).toBe(2);
  expect((await command.run('usage', ['help', 'upload'])).code).toBe(0);
  expect((await command.run('usage', ['upload', '--help'])).stdout).toContain('--collection');
});
