import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { representativenessReport } from '../../statistics/representativeness/report.contract';
import {
  comparedGroup,
  goldenCounts,
  goldenReference,
  made,
} from '../statistics/representativeness/population';
import { BuiltCommand } from './run-command';

const command = new BuiltCommand();
let number = 0;

beforeAll(() => command.build());
afterAll(() => command.remove());

function fileOf(content: unknown): string {
  number += 1;
  const path = join(command.folder, `file-${number}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const countsFile = (groups: unknown, more: object = {}) =>
  fileOf({ name: 'Release 2026.4', attributes: { ethnic_group: groups }, ...more });

const referenceFile = (more: object = {}) =>
  fileOf({
    id: 'england-2021',
    label: 'England',
    source: 'Census 2021',
    date: '2021-03-21',
    licence: 'Open Government Licence v3.0',
    attributes: { ethnic_group: goldenReference },
    ...more,
  });

const run = (...words: string[]) => command.run('nobody', ['representativeness', ...words]);

test('the known answers come out of two files to six decimals', async () => {
  const { code, stdout, stderr } = await run(
    '--counts',
    countsFile(goldenCounts),
    '--reference',
    referenceFile(),
    '--json',
  );
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const report = representativenessReport.parse(JSON.parse(stdout));
  const comparison = report.attributes[0]?.comparisons[0];
  const { distances, worstGroup } = made(comparison);
  expect(distances.populationStabilityIndex).toBeCloseTo(0.0190833, 6);
  expect(distances.totalVariation).toBeCloseTo(0.0477732, 6);
  expect(distances.jensenShannonDistance).toBeCloseTo(0.0585305, 6);
  expect(distances.chiSquared).toBeCloseTo(166.020154, 6);
  const ratios = {
    Asian: [0.739123, 0.688419, 0.793258],
    Black: [0.711545, 0.636425, 0.795226],
    Mixed: [0.642942, 0.558446, 0.739938],
    Other: [1.102993, 0.973304, 1.249483],
    White: [1.05618, 1.047521, 1.064502],
  };
  for (const [group, [ratio = 0, low = 0, high = 0]] of Object.entries(ratios)) {
    const compared = comparedGroup(comparison, group);
    expect(compared.ratio).toBeCloseTo(ratio, 6);
    expect(compared.interval.low).toBeCloseTo(low, 6);
    expect(compared.interval.high).toBeCloseTo(high, 6);
  }
  expect(worstGroup?.group).toBe('Mixed');
});

test('England’s census is meant where no reference is named, and people read a table and a sentence', async () => {
  const { code, stdout } = await run('--counts', countsFile({ ...goldenCounts, Z: 500 }));
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Mixed +190 +1\.9 % +3\.0 % +0\.64 +0\.56 to 0\.74 +\[#{6} {4}\| {10}\] +under-represented$/m,
  );
  expect(stdout).toMatch(/^Not stated +500$/m);
  expect(stdout).toContain(
    'Least represented: Mixed, 1.9 % of the people here and 3.0 % of England, Census 2021: 0.64 of their share (95 % interval 0.56 to 0.74).',
  );
  expect(stdout).toContain('Clearly under-represented: Asian, Black, Mixed.');
});

test('several references stand side by side', async () => {
  const { stdout } = await run(
    '--counts',
    countsFile(goldenCounts),
    '--reference',
    'england-census-2021',
    '--reference',
    referenceFile(),
    '--json',
  );
  const { attributes } = representativenessReport.parse(JSON.parse(stdout));
  expect(attributes[0]?.comparisons.map(({ reference }) => reference)).toEqual([
    'england-census-2021',
    'england-2021',
  ]);
});

test('small counts are taken out where that is asked, and else there is a warning', async () => {
  const file = countsFile({ ...goldenCounts, Mixed: 3 });
  const given = await run('--counts', file);
  expect(given.stdout).toMatch(/^Mixed +3 /m);
  expect(given.stderr).toContain('Do not pass them on');
  const suppressed = await run('--counts', file, '--suppress');
  expect(suppressed.stdout).toMatch(/^Mixed +suppressed .*at most 0\.02/m);
  expect(suppressed.stderr).toBe('');
});

test('trusts are shown inside the platform alone', async () => {
  const file = countsFile(goldenCounts, { trusts: { RX1: { people: 900, missing: { ethnic_group: 300 } } } });
  const plain = await run('--counts', file);
  expect(plain.stdout).not.toContain('RX1');
  expect(plain.stderr).toContain('--internal');
  const internal = await run('--counts', file, '--internal');
  expect(internal.stdout).toMatch(/^RX1 .* 300 +33\.3 % +more than 20 %$/m);
});

test('the page is written besides', async () => {
  const page = join(command.folder, 'report.html');
  const { code } = await run('--counts', countsFile(goldenCounts), '--html', page);
  expect(code).toBe(0);
  expect(readFileSync(page, 'utf8')).toContain('<h1>Whom Release 2026.4 represents</h1>');
});

test.each([
  ['nothing named', () => [], 'COUNTS_NOT_NAMED'],
  ['no such file', () => ['--counts', 'nowhere.json'], 'FILE_NOT_USABLE'],
  ['a folder', () => ['--counts', command.folder], 'FILE_NOT_USABLE'],
  ['not JSON', () => ['--counts', fileOf('{"name": NaN')], 'FILE_NOT_JSON'],
  ['a negative count', () => ['--counts', countsFile({ ...goldenCounts, Asian: -1 })], 'COUNT_NEGATIVE'],
  ['nobody', () => ['--counts', countsFile({ Asian: 0, White: 0 })], 'TOTAL_ZERO'],
  ['other groups', () => ['--counts', countsFile({ ...goldenCounts, Purple: 4 })], 'GROUP_UNKNOWN'],
  [
    'a reference without people',
    () => ['--counts', countsFile(goldenCounts), '--reference', referenceFile({ attributes: {} })],
    'ATTRIBUTES_EMPTY',
  ],
])('%s is an error with a code, and nothing is reported', async (_, words, wanted) => {
  const { code, stdout, stderr } = await run(...words(), '--json');
  expect(code).toBe(2);
  expect(stdout).toBe('');
  const error = JSON.parse(stderr) as { code: string; fix: string };
  expect(error.code).toBe(wanted);
  expect(error.fix).not.toBe('');
});

test('an error says the place and the nearest name', async () => {
  const { Asian, ...others } = goldenCounts;
  const { stderr } = await run('--counts', countsFile({ ...others, Asain: Asian }));
  expect(stderr).toContain(
    'attributes › ethnic_group › Asain: The reference has no such group. Expected: Asian? (GROUP_UNKNOWN)',
  );
});
