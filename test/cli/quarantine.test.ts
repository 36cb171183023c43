import { FakePlatform } from './fake-platform';
import type { SentRequest } from './fake-submission';
import { BuiltCommand } from './run-command';

const command = new BuiltCommand();
let platform: FakePlatform;

const submission = `s-${'0'.repeat(25)}1`;
const replay = `s-${'0'.repeat(25)}2`;
const releaseId = `r-${'0'.repeat(26)}`;

const rules = {
  policy: { name: 'basic', version: 3, sha256: 'a'.repeat(64) },
  acceptedPixelKinds: [],
  patientsWithoutNhsNumber: 'withhold',
};

const file = (ordinal: number, change: object = {}) => ({
  submission,
  ordinal,
  trust: 'RX1',
  collection: 'chest',
  code: 'BURNED_IN_TEXT',
  tagPath: null,
  bytes: 524_288,
  held: 'quarantine',
  state: 'waiting',
  quarantinedAt: '2026-11-01T10:00:00.000Z',
  expiresAt: '2027-01-30T10:00:00.000Z',
  endsSoon: ordinal === 2,
  replays: 0,
  ...change,
});

const details = (ordinal: number, change: object = {}) => ({
  ...file(ordinal),
  happened: 'It happened.',
  fix: 'Do this.',
  release: 'rule-change',
  releaseReason: 'It may change.',
  rules,
  currentRules: { ...rules, acceptedPixelKinds: ['screen-save'] },
  rulesChanged: true,
  ...change,
});

const part = { part: 1, trust: 'RX1', collection: 'chest', submission: replay, files: 2, bytes: 1_048_576 };

const answer = (id: string | undefined, state: string) => ({
  ...(id !== undefined && { id }),
  files: 2,
  bytes: 1_048_576,
  parts: [{ ...part, state }],
  leftOut: { unchanged: 3, notWaiting: 0, aboveLimit: 0 },
});

/** Requests to the quarantine, with what they held. */
let requests: { call: string; sent: SentRequest }[] = [];
/** What becomes of a watched release, a poll after another. */
let polls: object[] = [];

beforeAll(async () => {
  command.build();
  platform = await FakePlatform.start();
  await command.signIn('officer', platform.address);
}, 60_000);

afterAll(async () => {
  await platform.stop();
  command.remove();
});

beforeEach(() => {
  requests = [];
  platform.faults.onApi = (method, path, sent) => {
    if (!path.startsWith('/v1/quarantine')) return null;
    requests.push({ call: `${method} ${path}`, sent });
    const ok = (body: unknown) => ({ status: 200, body });
    if (path === '/v1/quarantine/counts')
      return ok({
        counts: [
          { trust: 'RY2', code: 'NOT_DICOM', files: 1 },
          { trust: 'RX1', code: 'BURNED_IN_TEXT', files: 1_200 },
        ],
      });
    if (path === '/v1/quarantine')
      return ok(sent.query.get('next') === null ? { files: [file(1)], next: 'more' } : { files: [file(2)] });
    if (path.endsWith('/reject'))
      return ok(details(1, { state: 'rejected', reason: 'not-wanted', endedAt: '2026-11-29T10:00:00.000Z' }));
    if (path === '/v1/quarantine/releases') {
      const { dryRun } = sent.body as { dryRun: boolean };
      return { status: dryRun ? 200 : 202, body: answer(dryRun ? undefined : releaseId, 'planned') };
    }
    if (path.startsWith('/v1/quarantine/releases/'))
      return ok({
        id: releaseId,
        requestedBy: 'officer-1',
        requestedAt: '2026-11-29T10:00:00.000Z',
        again: false,
        parts: [{ ...part, ...polls.shift() }],
      });
    return ok(details(1));
  };
});

const run = (...words: string[]) => command.run('officer', ['quarantine', ...words]);

describe('nmip quarantine list', () => {
  it('begins with the counts by code, the most first, and lists the files of all pages', async () => {
    const { code, stdout } = await run('list');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^1,201 files kept in quarantine\n\nCODE +TRUST +FILES\nBURNED_IN_TEXT +RX1 +1,200\n/,
    );
    expect(stdout).toMatch(/0001\/1 +RX1 +BURNED_IN_TEXT +waiting +524 kB +2027-01-30$/m);
    expect(stdout).toMatch(/0001\/2 .* 2027-01-30 ends soon$/m);
  });

  it('sends its filters, and looks for waiting files where an end is asked for', async () => {
    await run('list', '--code', 'BURNED_IN_TEXT', '--trust', 'RX1', '--ends-within', '14');
    const query = requests.find(({ call }) => call === 'GET /v1/quarantine')?.sent.query;
    expect(Object.fromEntries(query ?? [])).toEqual({
      code: 'BURNED_IN_TEXT',
      trust: 'RX1',
      state: 'waiting',
      endsWithin: '14',
    });
  });

  it('gives each file as a line of JSON', async () => {
    const { stdout } = await run('list', '--json');
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).ordinal)).toEqual([1, 2]);
  });
});

it('nmip quarantine show says what happened, whether it can be released, and that the rules have changed', async () => {
  const { code, stdout } = await run('show', `${submission}/1`);
  expect(code).toBe(0);
  expect(stdout).toContain('It happened.');
  expect(stdout).toContain('after a change of the rules. It may change.');
  expect(stdout).toContain('accepts screen-save');
  expect(stdout).toContain('They have changed.');
});

describe('nmip quarantine release', () => {
  it('only says what it would do with --dry-run', async () => {
    const { code, stdout } = await run('release', '--code', 'BURNED_IN_TEXT', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Would release 2 files, 1\.0 MB, in 1 replay\./);
    expect(stdout).toContain('3 files left out: the rules have not changed since.');
    expect(requests[0]?.sent.body).toEqual({ code: 'BURNED_IN_TEXT', again: false, dryRun: true });
  });

  it('sends files by name, with a key of its own for each run', async () => {
    await run('release', `${submission}/1`, `${submission}/2`, '--again');
    await run('release', `${submission}/1`, `${submission}/2`, '--again');
    expect(requests.map(({ sent }) => sent.body)).toEqual(
      [1, 2].map(() => ({
        files: [1, 2].map((ordinal) => ({ submission, ordinal })),
        again: true,
        dryRun: false,
      })),
    );
    const keys = requests.map(({ sent }) => sent.headers['idempotency-key']);
    expect(new Set(keys).size).toBe(2);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['0 where all were taken', { imported: 1, duplicateOrWithheld: 1, quarantined: 0, missing: 0 }, 0],
    [
      '1 where some were quarantined again',
      { imported: 1, duplicateOrWithheld: 0, quarantined: 1, missing: 0 },
      1,
    ],
  ])('waits with --watch and exits with %s', async (_name, totals, expected) => {
    polls = [{ state: 'copying' }, { state: 'processing' }, { state: 'done', totals }];
    const { code, stdout, stderr } = await run('release', '--code', 'BURNED_IN_TEXT', '--watch');
    expect(code).toBe(expected);
    expect(stderr).toContain('0 of 1 replay done …');
    expect(stdout).toContain('imported 1');
  });

  it.each([
    ['nothing', []],
    ['both a code and files', ['--code', 'BURNED_IN_TEXT', `${submission}/1`]],
    ['a trust without a code', [`${submission}/1`, '--trust', 'RX1']],
    ['an unknown code', ['--code', 'NO_SUCH_CODE']],
    ['what is no name of a file', ['12']],
  ])('is a usage error with %s, and sends nothing', async (_name, words) => {
    const { code } = await run('release', ...words);
    expect(code).toBe(2);
    expect(requests).toEqual([]);
  });
});

describe('nmip quarantine reject', () => {
  it('rejects each file with the reason', async () => {
    const { code, stdout } = await run(
      'reject',
      `${submission}/1`,
      `${submission}/2`,
      '--reason',
      'not-wanted',
    );
    expect(code).toBe(0);
    expect(requests.map(({ call }) => call)).toEqual([
      `POST /v1/quarantine/${submission}/1/reject`,
      `POST /v1/quarantine/${submission}/2/reject`,
    ]);
    expect(stdout).toContain(`${submission}/1 is rejected (not-wanted); its copy is deleted.`);
  });

  it('wants a reason', async () => {
    expect((await run('reject', `${submission}/1`)).code).toBe(2);
    expect(requests).toEqual([]);
  });
});
