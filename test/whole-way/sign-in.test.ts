import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DemoPerson } from '../../local/demo/demo-person';
import type { Platform } from '../../local/platform';
import { BuiltCommand } from '../cli/run-command';
import { ApiClient } from '../local/api-client';
import { cloneInThisRealm } from '../local/sign-in/clone-in-realm';
import { signInByScript } from '../local/sign-in/sign-in-by-script';
import { goodSlice } from './bad-files';
import { newDataFolder } from './demonstration';
import { platformOn } from './platform-on';

/** One answer to a request whose headers are sent as they are, also twice. */
async function ask(
  origin: string,
  path: string,
  headers: readonly string[],
): Promise<{ status: number; code: unknown }> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, path, method: 'GET', headers: ['host', `${hostname}:${port}`, ...headers] },
      (response) => {
        text(response).then(
          (body) =>
            resolve({ status: response.statusCode ?? 0, code: (JSON.parse(body) as { code: unknown }).code }),
          reject,
        );
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

/** Every file below a folder. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

describe('signing in, on the whole platform', () => {
  const data = newDataFolder();
  const command = new BuiltCommand();
  let platform: Platform;
  let origin: string;
  let officer: ApiClient;
  let machineEnvironment: Record<string, string>;
  const tokens: string[] = [];

  const tokenOf = async (subject: string, secondFactor: 'none' | 'security-key'): Promise<string> => {
    const { access_token } = await signInByScript(`${origin}/sign-in`, subject, { secondFactor });
    tokens.push(access_token);
    return access_token;
  };
  const clientOf = async (subject: string, secondFactor: 'none' | 'security-key'): Promise<ApiClient> =>
    new ApiClient(origin, await tokenOf(subject, secondFactor));

  beforeAll(async () => {
    cloneInThisRealm();
    command.build();
    platform = await platformOn(data);
    origin = platform.addresses.frontDoor;
    officer = await clientOf('officer-1', 'security-key');
    machineEnvironment = {
      NMIP_API: origin,
      NMIP_CLIENT_ID: 'machine-rx1',
      NMIP_CLIENT_KEY_FILE: join(data, 'sign-in', 'machines', 'machine-rx1.pem'),
    };
  }, 240_000);

  afterAll(async () => {
    await platform?.stop();
    command.remove();
    rmSync(dirname(data), { recursive: true, force: true });
  });

  it('withholds the roles of an officer who used no second factor, and says so', async () => {
    const weak = await clientOf('officer-1', 'none');
    expect((await weak.ask('GET', '/me')).content).toMatchObject({
      roles: [],
      signIn: { level: 'low', withheldRoles: ['officer'] },
    });
    expect(await weak.ask('PUT', '/people/reviewer-1', { roles: [] }, 0)).toMatchObject({
      status: 403,
      code: 'SIGN_IN_TOO_WEAK',
      content: { fix: expect.stringContaining('nmip login --strong'), roles: ['officer'] },
    });
    expect((await officer.ask('GET', '/me')).content).toMatchObject({
      roles: ['officer'],
      signIn: { level: 'high', withheldRoles: [] },
    });
  });

  it('tells somebody without a role that they need one, and not a second factor', async () => {
    const applicant = await clientOf('applicant-1', 'none');
    expect(await applicant.ask('PUT', '/people/reviewer-1', { roles: [] }, 0)).toMatchObject({
      status: 403,
      code: 'ROLE_REQUIRED',
    });
  });

  it('the command asks for a second factor, and gets it', async () => {
    const person = new DemoPerson('officer-1', {
      command: command.path,
      api: origin,
      homes: join(command.folder, 'homes'),
      signal: new AbortController().signal,
    });
    await person.signIn(['--strong']);
    expect(await person.record(['whoami'])).toMatchObject({ roles: ['officer'], signIn: { level: 'high' } });
  });

  it('a machine can do nothing before an officer has recorded it', async () => {
    const run = await command.run('machine', ['submission', '--json'], { environment: machineEnvironment });
    expect(run.code).toBe(3);
    expect(run.stderr).toContain('ROLE_REQUIRED');
  });

  it('a recorded machine sends images unattended, without anybody having signed in', async () => {
    await officer.recordPerson('machine-rx1', { kind: 'machine', roles: ['uploader'], trust: 'RX1' });
    const folder = join(command.folder, 'export');
    mkdirSync(folder);
    for (const slice of [1, 2, 3]) writeFileSync(join(folder, `${slice}.dcm`), goodSlice(1, slice));
    const sent = await command.run(
      'machine',
      ['upload', folder, '--collection', 'any-kind', '--watch', '--json'],
      { environment: machineEnvironment },
    );
    expect(`${sent.code} ${sent.stderr}`).toMatch(/^0 /);
    expect(sent.stdout).toContain('"imported":3');
  });

  it('a machine reaches nothing but what sending needs, whatever the register says', async () => {
    const login = await command.run('machine', ['login', '--json'], { environment: machineEnvironment });
    expect(JSON.parse(login.stdout)).toMatchObject({ subject: 'machine-rx1', roles: ['uploader'] });
    const file = join(command.folder, 'state', 'machine', 'nmip', 'session.json');
    const { session } = JSON.parse(readFileSync(file, 'utf8'));
    tokens.push(session.accessToken);
    const machine = new ApiClient(origin, session.accessToken);
    expect((await machine.ask('GET', '/submissions')).status).toBe(200);
    for (const [method, path] of [
      ['GET', '/projects'],
      ['GET', '/withdrawals'],
      ['POST', '/withdrawals'],
      ['GET', '/people/officer-1'],
      ['POST', `/projects/p-${'0'.repeat(26)}/credentials`],
    ] as const)
      expect([path, (await machine.ask(method, path, method === 'POST' ? {} : undefined)).code]).toEqual([
        path,
        'ACCESS_DENIED',
      ]);
  });

  it.each([
    ['another role', { kind: 'machine', roles: ['officer'] }],
    [
      'a role beside',
      { kind: 'machine', roles: ['uploader', 'reviewer'], trust: 'RX1', organisation: 'X Y' },
    ],
    ['no trust', { kind: 'machine', roles: ['uploader'] }],
    ['a kind that is none', { kind: 'Machine', roles: ['uploader'], trust: 'RX1' }],
    ['a Cyrillic letter in a role', { roles: ['\u043efficer'] }],
    ['a full-width role', { roles: ['\uff4fff\uff49cer'] }],
    ['an invisible character in a role', { roles: ['officer\u200b'] }],
    ['a pseudonym of one’s own', { roles: [], pseudonym: `r-${'0'.repeat(26)}` }],
    ['a version', { roles: [], version: 1 }],
    ['another subject', { roles: [], subject: 'officer-1' }],
  ])('an officer cannot record somebody with %s', async (_what, body) => {
    expect(await officer.ask('PUT', '/people/somebody', body, 0)).toMatchObject({
      status: 400,
      code: 'INVALID_REQUEST',
    });
  });

  it('a machine does not become a person', async () => {
    expect(await officer.ask('PUT', '/people/machine-rx1', { roles: ['auditor'] }, 2)).toMatchObject({
      status: 409,
      code: 'KIND_FIXED',
    });
  });

  it.each<[string, (token: string) => { path?: string; headers: string[] }]>([
    ['no token', () => ({ headers: [] })],
    ['the token in the query', (token) => ({ path: `/v1/me?access_token=${token}`, headers: [] })],
    [
      'two tokens in two headers',
      (token) => ({ headers: ['authorization', `Bearer ${token}`, 'authorization', `Bearer ${token}`] }),
    ],
    [
      'two tokens under two spellings',
      (token) => ({ headers: ['Authorization', `Bearer ${token}`, 'AUTHORIZATION', `Bearer ${token}`] }),
    ],
    [
      'two tokens in one header',
      (token) => ({ headers: ['authorization', `Bearer ${token}, Bearer ${token}`] }),
    ],
    ['a cookie', (token) => ({ headers: ['cookie', `authorization=Bearer ${token}`] })],
  ])('answers NOT_SIGNED_IN to %s', async (_what, make) => {
    const { path = '/v1/me', headers } = make(await tokenOf('applicant-1', 'none'));
    expect(await ask(origin, path, headers)).toEqual({ status: 401, code: 'NOT_SIGNED_IN' });
  });

  it('takes the scheme in any case (RFC 7235)', async () => {
    const token = await tokenOf('applicant-1', 'none');
    expect((await ask(origin, '/v1/me', ['authorization', `bEaReR ${token}`])).status).toBe(200);
  });

  it('does not take an ID token', async () => {
    const { id_token = '' } = await signInByScript(`${origin}/sign-in`, 'officer-1');
    tokens.push(id_token);
    expect(await ask(origin, '/v1/me', ['authorization', `Bearer ${id_token}`])).toEqual({
      status: 401,
      code: 'NOT_SIGNED_IN',
    });
  });

  it('leaves no token in any file of the platform', () => {
    const held = filesBelow(data).filter((path) => statSync(path).size < 50_000_000);
    expect(tokens.length).toBeGreaterThan(10);
    const found = held.filter((path) => {
      const content = readFileSync(path);
      return tokens.some((token) => content.includes(token.split('.')[2] ?? token));
    });
    expect(found).toEqual([]);
  });
});
