import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { FakePlatform } from './fake-platform';
import type { SentRequest } from './fake-submission';
import { BuiltCommand } from './run-command';

const command = new BuiltCommand();
let platform: FakePlatform;
/** The buckets: takes lists of patients and gives the certificate. */
let store: Server;
let storeAddress = '';
const lists: string[] = [];
let certificate: object = {};

const id = `w-${'0'.repeat(26)}`;
const counts = {
  patients: 2,
  submissions: 1,
  submissionsUnderWay: 0,
  studies: 2,
  series: 2,
  instances: 3,
  imageSets: 2,
  quarantined: 1,
  instancesOfOthers: 0,
  projects: 1,
};
const view = (state: string, change: object = {}) => ({
  id,
  kind: 'patients',
  state,
  reason: 'national-data-opt-out',
  createdAt: '2026-11-23T12:00:00.000Z',
  received: 2,
  unreadable: 1,
  counts,
  ...change,
});
const payload = {
  version: 1,
  withdrawal: id,
  kind: 'patients',
  reason: 'national-data-opt-out',
  requestedAt: '2026-11-23T12:00:00.000Z',
  confirmedAt: '2026-11-23T12:01:00.000Z',
  issuedAt: '2026-11-23T12:02:00.000Z',
  counts,
  objects: { deidentified: 3, quarantine: 1, landing: 0 },
  studies: [],
  imageSets: ['a', 'b'].map((imageSetId) => ({ datastoreId: 'd', imageSetId })),
  projectsTold: [],
  runningCredentials: [],
  notDeleted: ['TABLE_RECOVERY_35_DAYS'],
};

let requests: { call: string; sent: SentRequest }[] = [];
let states: string[] = [];

beforeAll(async () => {
  command.build();
  platform = await FakePlatform.start();
  store = createServer(async (request, response) => {
    if (request.method === 'GET') {
      response.end(JSON.stringify(certificate));
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    lists.push(Buffer.concat(chunks).toString('utf8'));
    response.end();
  });
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  storeAddress = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
  certificate = await platform.sign('nmip-withdrawal+jws', payload);
  await command.signIn('officer', platform.address);
}, 60_000);

afterAll(async () => {
  store.closeAllConnections();
  await new Promise<void>((resolve) => store.close(() => resolve()));
  await platform.stop();
  command.remove();
});

beforeEach(() => {
  requests = [];
  lists.length = 0;
  states = ['preparing', 'prepared'];
  platform.faults.onApi = (method, path, sent) => {
    if (!path.startsWith('/v1/withdrawals')) return null;
    requests.push({ call: `${method} ${path}`, sent });
    if (path === '/v1/withdrawals' && method === 'POST')
      return {
        status: 201,
        body: { id, state: 'open', upload: { url: `${storeAddress}/list`, headers: {} } },
      };
    if (path === '/v1/withdrawals') return { status: 200, body: { withdrawals: [view('done')] } };
    if (path.endsWith('/certificate'))
      return {
        status: 200,
        body: { url: `${storeAddress}/certificate`, expiresAt: '2026-11-23T13:00:00.000Z' },
      };
    if (path.endsWith('/prepare')) return { status: 202, body: view('preparing') };
    if (path.endsWith('/confirm')) {
      states = ['withdrawing', 'done'];
      return { status: 202, body: view('withdrawing') };
    }
    const state = states.length > 1 ? states.shift() : states[0];
    return { status: 200, body: view(state ?? 'done', state === 'stopped' ? { stoppedAt: 'Erase' } : {}) };
  };
});

const calls = () => requests.map(({ call }) => call);

function listFile(name: string, text: string): string {
  const path = join(command.folder, name);
  writeFileSync(path, text);
  return path;
}

it('counts first and deletes nothing', async () => {
  const list = listFile('a.txt', '9990000001\n9990000002\n');
  const words = ['withdraw', 'patients', '--subjects', list, '--reason', 'national-data-opt-out'];
  const { code, stdout } = await command.run('officer', words);
  expect(code).toBe(0);
  expect(stdout).toContain('2 patients, 2 studies, 2 series, 3 instances');
  expect(stdout).toContain('Nothing has been deleted');
  expect(lists).toEqual(['9990000001\n9990000002\n']);
  expect(calls()).not.toContain(`POST /v1/withdrawals/${id}/confirm`);
  expect(JSON.stringify(requests.map(({ sent }) => sent.body))).not.toContain('9990000001');
});

it('is the same withdrawal when the same command runs again, and another for another list', async () => {
  const list = listFile('b.txt', '9990000001\n');
  const words = ['withdraw', 'patients', '--subjects', list];
  const keyOf = (): unknown => {
    const asked = requests.find(({ call }) => call === 'POST /v1/withdrawals');
    return (asked?.sent.body as { idempotencyKey?: string } | undefined)?.idempotencyKey;
  };
  await command.run('officer', words);
  const first = keyOf();
  requests = [];
  await command.run('officer', words);
  expect(keyOf()).toBe(first);
  requests = [];
  listFile('b.txt', '9990000001\n9990000002\n');
  await command.run('officer', words);
  expect(keyOf()).not.toBe(first);
});

it('deletes with --confirm, waits, and saves the certificate once it holds', async () => {
  const list = listFile('c.txt', '9990000003\n');
  const words = [
    'withdraw',
    'patients',
    '--subjects',
    list,
    '--confirm',
    '--certificate',
    'c.json',
    '--json',
  ];
  const { code, stdout } = await command.run('officer', words);
  expect(code).toBe(0);
  expect(calls()).toContain(`POST /v1/withdrawals/${id}/confirm`);
  expect(JSON.parse(stdout)).toMatchObject({ state: 'done' });
  expect(JSON.parse(readFileSync(join(command.folder, 'c.json'), 'utf8'))).toEqual(certificate);
});

it('withdraws studies and a trust by name', async () => {
  await command.run('officer', ['withdraw', 'studies', '2.25.1', '2.25.2', '--collection', 'chest']);
  await command.run('officer', ['withdraw', 'trust', 'RX1', '--reason', 'trust-request']);
  const bodies = requests.filter(({ call }) => call === 'POST /v1/withdrawals').map(({ sent }) => sent.body);
  expect(bodies).toMatchObject([
    { kind: 'studies', collection: 'chest', studies: ['2.25.1', '2.25.2'], reason: 'patient-request' },
    { kind: 'trust', trust: 'RX1', reason: 'trust-request' },
  ]);
});

it('says where a withdrawal has stopped', async () => {
  states = ['stopped'];
  const { code, stderr } = await command.run('officer', ['withdrawal', id, '--watch']);
  expect(code).toBe(4);
  expect(stderr).toContain('WITHDRAWAL_STOPPED');
  expect(stderr).toContain('Erase');
});

it('verifies a certificate without the network, and refuses a changed one and a receipt', async () => {
  const keys = listFile('keys.json', JSON.stringify(platform.publicKeys));
  const verify = (name: string, content: object) =>
    command.run('nobody', ['withdrawal', 'verify', listFile(name, JSON.stringify(content)), '--keys', keys]);
  expect(await verify('good.json', certificate)).toMatchObject({ code: 0 });
  const shorter = await platform.sign('nmip-withdrawal+jws', { ...payload, imageSets: [] });
  expect((await verify('shorter.json', shorter)).stderr).toContain('NOT_BALANCED');
  const changed = {
    ...certificate,
    payload: Buffer.from(JSON.stringify({ ...payload, imageSets: [] })).toString('base64url'),
  };
  expect(await verify('changed.json', changed)).toMatchObject({ code: 5 });
  const receipt = await platform.sign('nmip-receipt+jws', payload);
  expect((await verify('receipt.json', receipt)).stderr).toContain('BAD_SIGNATURE');
});

it.each([
  ['an empty list', ['withdraw', 'patients', '--subjects', 'empty.txt'], 'LIST_EMPTY'],
  ['a list that is not there', ['withdraw', 'patients', '--subjects', 'none.txt'], 'FILE_NOT_READABLE'],
  ['no withdrawal to watch', ['withdrawal', '--watch'], 'WITHDRAWAL_MISSING'],
])('refuses %s', async (_what, words, code) => {
  listFile('empty.txt', '');
  const answer = await command.run('officer', words);
  expect(answer.code).toBe(2);
  expect(answer.stderr).toContain(code);
  expect(requests).toEqual([]);
});
