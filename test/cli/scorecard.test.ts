import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakePlatform } from './fake-platform';
import { BuiltCommand } from './run-command';

const command = new BuiltCommand();
let platform: FakePlatform;
let asked: string[] = [];
let cards: object[] = [];

const deliveries = (submissions: number, quarantine: object = {}) => ({
  submissions,
  files: { imported: 1_200, duplicateOrWithheld: 3, quarantined: 4, missing: 0 },
  quarantine,
});

const card = (week: string) => ({
  version: 1,
  trust: 'RX1',
  week,
  measuredAt: '2026-11-30T04:00:00.000Z',
  delivered: deliveries(2, { NOT_DICOM: 4 }),
  replayed: deliveries(0),
  delay: { medianSeconds: 5_400, ninetiethSeconds: 259_200 },
  backlog: { submissions: 1, files: 10, oldestSeconds: 600 },
  studies: { received: 50, expected: 80 },
  collections: [
    {
      collection: 'chest',
      images: 1_200,
      demographics: {
        patients: 40,
        known: { demographics: 40, age_band: 40, sex: 38, ethnic_category: 20, imd_decile: 0, region: 40 },
      },
      findings: [
        {
          check: 'missing',
          attribute: 'model',
          unit: 'images',
          threshold: 0.05,
          exceeded: false,
          sentence: 'Few lack it.',
          count: 2,
          of: 1_200,
        },
        {
          check: 'not-in-list',
          attribute: 'body_part',
          unit: 'images',
          threshold: 0,
          exceeded: true,
          sentence: 'A <b>wrong</b> value.',
          count: 9,
          of: 1_200,
        },
      ],
      week: { studies: 50, images: 1_200, bytes: 600_000_000 },
      legalBasisDaysLeft: 90,
    },
  ],
});

beforeAll(async () => {
  command.build();
  platform = await FakePlatform.start();
  await command.signIn('uploader', platform.address);
}, 60_000);

afterAll(async () => {
  await platform.stop();
  command.remove();
});

beforeEach(() => {
  asked = [];
  cards = [card('2026-W48'), card('2026-W47')];
  platform.faults.onApi = (_method, path, sent) => {
    if (!path.startsWith('/v1/trusts/')) return null;
    asked.push(`${path}?${sent.query.toString()}`);
    return { status: 200, body: { scorecards: cards } };
  };
});

it('shows the last week of a trust, findings above their threshold first', async () => {
  const { code, stdout } = await command.run('uploader', ['scorecard', '--trust', 'RX1']);
  expect(code).toBe(0);
  expect(asked).toEqual(['/v1/trusts/RX1/scorecards?']);
  expect(stdout).toContain('RX1, week 2026-W48');
  expect(stdout).toMatch(/NOT_DICOM +4/);
  expect(stdout).toMatch(/median +1\.5 h/);
  expect(stdout).toMatch(/90th percentile +3\.0 days/);
  expect(stdout).toContain('50 of 80 expected (62.5 %)');
  expect(stdout).toMatch(/Ethnic category known +50\.0 %/);
  expect(stdout.indexOf('too many')).toBeLessThan(stdout.indexOf('Few lack it.'));
  expect(stdout).not.toContain('2026-W47');
});

it('writes all weeks as JSON and as a page without scripts', async () => {
  const file = join(command.folder, 'scorecard.html');
  const { stdout } = await command.run('uploader', [
    'scorecard',
    '--trust',
    'RX1',
    '--week',
    '2026-W48',
    '--json',
    '--html',
    file,
  ]);
  expect(asked).toEqual(['/v1/trusts/RX1/scorecards?week=2026-W48']);
  const lines = stdout.trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { week: string }).week)).toEqual(['2026-W48', '2026-W47']);
  const page = readFileSync(file, 'utf8');
  expect(page).toContain('Week 2026-W47');
  expect(page).toContain('A &lt;b&gt;wrong&lt;/b&gt; value.');
  expect(page).not.toContain('<script');
});

it('refuses weeks that no year has, and says where there is no scorecard yet', async () => {
  expect((await command.run('uploader', ['scorecard', '--trust', 'RX1', '--week', '2025-W53'])).code).toBe(2);
  expect(asked).toEqual([]);
  cards = [];
  const { code, stderr } = await command.run('uploader', ['scorecard', '--trust', 'RX1']);
  expect(code).toBe(0);
  expect(stderr).toContain('no scorecard yet');
});
