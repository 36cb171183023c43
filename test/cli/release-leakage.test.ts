import type { LeakageFinding, LeakageReport } from '../../lambda/splits/leakage.contract';
import { FakePlatform } from './fake-platform';
import { BuiltCommand } from './run-command';

const command = new BuiltCommand();
let platform: FakePlatform;
let report: LeakageReport;
let acknowledged: { release: string; finding: string; reason: string }[] = [];

const side = (number: number) => ({
  collection: 'chest',
  study: `2.25.${number}`,
  series: `2.25.${number}.1`,
  instance: `2.25.${number}.1.1`,
});

const finding = (id: string, kind: LeakageFinding['kind'], change: Partial<LeakageFinding> = {}) => ({
  id: id.padEnd(64, '0'),
  kind,
  development: side(1),
  heldOut: side(2),
  images: 3,
  ...change,
});

const alike = finding('3f0a12bc9d01', 'near-duplicate', { distance: 4 });
const both = finding('3f0a12bcffff', 'patient-in-both');

beforeAll(async () => {
  command.build();
  platform = await FakePlatform.start();
  await command.signIn('officer', platform.address);
});

afterAll(async () => {
  await platform.stop();
  command.remove();
});

beforeEach(() => {
  acknowledged = [];
  report = {
    release: '2026.4',
    checkedAt: '2026-11-30T04:00:00.000Z',
    outcome: 'stopped',
    account: {
      compared: 1_200,
      withoutInformation: 7,
      withoutHash: 2,
      distance: 7,
      duplicates: { development: 1, heldOut: 0 },
    },
    findings: [alike, both],
    more: false,
    acknowledged: 0,
  };
  platform.faults.onApi = (method, path, sent) => {
    if (method === 'GET' && path === '/v1/leakage/2026.4') return { status: 200, body: report };
    if (method === 'GET' && path === '/v1/releases/2026.4/findings')
      return { status: 200, body: { leakage: null, representativeness: null } };
    if (method !== 'POST' || path !== '/v1/leakage/acknowledgements') return null;
    const body = sent.body as unknown as (typeof acknowledged)[number];
    acknowledged.push(body);
    const found = report.findings.find(({ id }) => id === body.finding);
    report = { ...report, findings: report.findings.filter((each) => each !== found), acknowledged: 1 };
    const { release: _, ...said } = body;
    return {
      status: 200,
      body: { ...said, kind: found?.kind, by: `r-${'0'.repeat(26)}`, at: '2026-11-30T05:00:00.000Z' },
    };
  };
});

const run = (...words: string[]) => command.run('officer', ['release', ...words]);
const acknowledge = (...ids: string[]) =>
  run(
    'acknowledge',
    '2026.4',
    ...ids.flatMap((id) => ['--finding', id]),
    '--reason',
    'different-people',
    '--json',
  );

describe('nmip release leakage', () => {
  it('lists both sides of each finding and what may be done about it, and ends with 1', async () => {
    const { code, stdout } = await run('leakage', '2026.4');
    expect(code).toBe(1);
    expect(stdout).toContain('2026.4: stopped, 2 findings to look at');
    expect(stdout).toContain('1,200 images compared');
    expect(stdout).toContain('7 that say too little, 2 without a hash');
    expect(stdout).toMatch(/3f0a12bc9d01 {2}near-duplicate: .*\(3 pairs of images, the nearest 4 bits/);
    expect(stdout).toContain(
      'May be acknowledged as nobody-in-the-image, nothing-to-tell-apart, different-people.',
    );
    expect(stdout).toMatch(/3f0a12bcffff {2}patient-in-both: .*\(3 images\)/);
    expect(stdout).toContain('Cannot be acknowledged: withdraw the images of one side.');
    for (const uid of ['2.25.1', '2.25.2']) expect(stdout).toContain(`study ${uid}\n`);
  });

  it('has the whole report as one line of JSON', async () => {
    const { code, stdout } = await run('leakage', '2026.4', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([1, report]);
  });

  it('does not speak of acknowledging where no finding may be', async () => {
    report = { ...report, findings: [both] };
    expect((await run('leakage', '2026.4')).stdout).not.toContain('nmip release acknowledge');
  });

  it('ends with 1 where there are more findings than are listed, with 0 where none is left', async () => {
    report = { ...report, findings: [], more: true };
    expect((await run('leakage', '2026.4')).code).toBe(1);
    report = { ...report, more: false };
    const { code, stdout } = await run('leakage', '2026.4');
    expect([code, stdout.includes('nmip release resume 2026.4')]).toEqual([0, true]);
  });
});

describe('nmip release acknowledge', () => {
  it('puts one finding on record by its first digits, and says what is left', async () => {
    const { code, stdout, stderr } = await acknowledge('3f0a12bc9d');
    expect(code).toBe(0);
    expect(acknowledged).toEqual([{ release: '2026.4', finding: alike.id, reason: 'different-people' }]);
    expect(JSON.parse(stdout)).toMatchObject({ finding: alike.id, kind: 'near-duplicate' });
    expect(stderr).toContain('Still to look at: 1.');
  });

  it.each([
    ['digits of several findings', '3f0a12bc', 'FINDING_NOT_CLEAR'],
    ['digits of no finding', 'ffffffff', 'FINDING_NOT_FOUND'],
  ])('puts nothing on record at %s', async (_, digits, expected) => {
    const { code, stderr } = await acknowledge(alike.id, digits);
    expect([code, JSON.parse(stderr).code, acknowledged]).toEqual([2, expected, []]);
  });

  it('asks for a finding and for a reason of the list', async () => {
    expect((await run('acknowledge', '2026.4', '--reason', 'different-people')).code).toBe(2);
    expect((await run('acknowledge', '2026.4', '--finding', alike.id)).code).toBe(2);
    const other = ['--finding', alike.id, '--reason', 'in-a-hurry'];
    expect((await run('acknowledge', '2026.4', ...other)).code).toBe(2);
    expect((await acknowledge('3f')).code).toBe(2);
    expect(acknowledged).toEqual([]);
  });
});

it('findings of a release say what has not been looked at yet', async () => {
  const { code, stdout } = await run('findings', '2026.4');
  expect(code).toBe(0);
  expect(stdout).toContain('Both sides of the split: not compared yet.');
  expect(stdout).toContain('Representativeness: not looked at yet.');
});

it('a release is not asked for without a collection', async () => {
  const { code, stderr } = await run('create', '2026.5', '--title', 'Spring');
  expect([code, stderr.includes('--collection')]).toEqual([2, true]);
});
