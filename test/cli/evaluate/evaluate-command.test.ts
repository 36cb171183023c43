import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { madeUpRows } from '../../statistics/fairness/scored-rows';
import { BuiltCommand } from '../run-command';

const command = new BuiltCommand();
const folder = mkdtempSync(join(tmpdir(), 'nmip-evaluate-'));
const file = (name: string) => join(folder, name);

function writeTables(
  name: string,
  rows: readonly {
    id: string;
    patient: string;
    positive: boolean;
    score: number;
    groups: readonly (string | null)[];
  }[],
  columns: readonly string[],
): [string, string] {
  const scores = rows.map(({ id, score }) => `${id},${score}`);
  const labels = rows.map(({ id, patient, positive, groups }) =>
    [id, patient, positive ? 1 : 0, ...groups.map((value) => value ?? '')].join(','),
  );
  writeFileSync(file(`${name}-scores.csv`), ['id,score', ...scores, ''].join('\n'));
  writeFileSync(
    file(`${name}-labels.csv`),
    [['id', 'patient', 'label', ...columns].join(','), ...labels, ''].join('\n'),
  );
  return [file(`${name}-scores.csv`), file(`${name}-labels.csv`)];
}

const evaluate = (scores: string, labels: string, ...words: readonly string[]) =>
  command.run('researcher', [
    'evaluate',
    'scores',
    scores,
    '--labels',
    labels,
    '--resamples',
    '100',
    ...words,
  ]);

beforeAll(() => command.build());
afterAll(() => {
  command.remove();
  rmSync(folder, { recursive: true, force: true });
});

const positive = [1, 1, 1, 0, 0, 0, 1, 0];
const goldenRows = [0.9, 0.8, 0.7, 0.7, 0.4, 0.3, 0.2, 0.1].map((score, index) => ({
  id: `i${index}`,
  patient: `p${index}`,
  positive: positive[index] === 1,
  score,
  groups: [],
}));

it('gives the AUC of the golden case', async () => {
  const [scores, labels] = writeTables('golden', goldenRows, []);
  const { code, stdout } = await evaluate(scores, labels, '--internal', '--json');
  expect(code).toBe(0);
  const { all } = JSON.parse(stdout);
  expect(all.figures.auc).toEqual({ estimate: 0.78125, low: null, high: null, decimals: 3 });
  const safe = await evaluate(scores, labels, '--json');
  expect(JSON.parse(safe.stdout).all.figures.auc).toMatchObject({ withheld: 'SMALL_CELL' });
});

it('prints the same for a seed, whatever the order of rows', async () => {
  const rows = madeUpRows(150, 2, 4);
  const forwards = await evaluate(
    ...writeTables('forwards', rows, ['arm', 'parity']),
    '--groups',
    'arm,parity',
    '--json',
  );
  const turned = [...rows].reverse();
  const backwards = await evaluate(
    ...writeTables('backwards', turned, ['arm', 'parity']),
    '--groups',
    'arm,parity',
    '--json',
  );
  expect(forwards.code).toBe(0);
  expect(backwards.stdout).toBe(forwards.stdout);
});

it('writes tables, notes on how to read them, and a page without scripts', async () => {
  const rows = madeUpRows(200, 1, 4).map((row, index) => ({
    ...row,
    groups: [...row.groups, index % 2 === 0 ? '<script>alert(1)</script>' : '"A" & B'],
  }));
  const [scores, labels] = writeTables('page', rows, ['arm', 'parity', 'maker']);
  // quotation marks are doubled inside quoted fields
  writeFileSync(labels, readFileSync(labels, 'utf8').replaceAll('"A" & B', '"""A"" & B"'));
  const words = ['--groups', 'arm,maker', '--html', file('page.html'), '--intersections', 'arm,maker'];
  const { code, stdout, stderr } = await evaluate(scores, labels, ...words);
  expect(stderr).toBe(`Written: ${file('page.html')}\n`);
  expect(code).toBe(0);
  expect(stdout).toContain('Disclosure rule applied');
  expect(stdout).toMatch(/^not known .*suppressed|^not known .*not estimable/m);
  expect(stdout).toContain('arm × maker');
  const page = readFileSync(file('page.html'), 'utf8');
  expect(page).not.toMatch(/<script|<link|<img|javascript:|\son\w+=/i);
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).toContain('&quot;A&quot; &amp; B');
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const labelled = [...page.matchAll(/aria-labelledby="([^"]+)"/g)].flatMap(([, names = '']) =>
    names.split(' '),
  );
  expect(labelled.length).toBeGreaterThan(10);
  expect(labelled.filter((id) => !ids.includes(id))).toEqual([]);
});

it('says that exact counts stay inside', async () => {
  const { stdout } = await evaluate(
    file('page-scores.csv'),
    file('page-labels.csv'),
    '--groups',
    'parity',
    '--internal',
  );
  expect(stdout).toContain('INTERNAL');
});

it('applies the thresholds of a file', async () => {
  const rule = file('thresholds.json');
  writeFileSync(rule, JSON.stringify({ attribute: 'arm', thresholds: { A: 0 }, otherwise: 1.5 }));
  const tables = [file('forwards-scores.csv'), file('forwards-labels.csv')] as const;
  const { stdout } = await evaluate(
    ...tables,
    '--groups',
    'arm',
    '--thresholds-file',
    rule,
    '--internal',
    '--json',
  );
  const [arm] = JSON.parse(stdout).attributes;
  const sensitivities = arm.groups.map(
    ({ figures }: { figures: { sensitivity: { estimate?: number } } }) => figures.sensitivity.estimate,
  );
  expect(sensitivities.slice(0, 3)).toEqual([1, 0, 0]);
  const unknown = await evaluate(...tables, '--groups', 'parity', '--thresholds-file', rule);
  expect([unknown.code, unknown.stderr]).toEqual([
    2,
    expect.stringContaining('EVALUATION_ATTRIBUTE_UNKNOWN'),
  ]);
});

it('says where thresholds are of values that no row has', async () => {
  const rule = file('others.json');
  const judge = (thresholds: Record<string, number>) => {
    writeFileSync(rule, JSON.stringify({ attribute: 'arm', thresholds, otherwise: 0.5 }));
    const tables = [file('forwards-scores.csv'), file('forwards-labels.csv')] as const;
    return evaluate(...tables, '--groups', 'arm', '--thresholds-file', rule);
  };
  const none = await judge({ a: 0.2, b: 0.3 });
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('EVALUATION_THRESHOLDS_UNUSED')]);
  const some = await judge({ A: 0.2, b: 0.3 });
  expect([some.code, some.stderr]).toEqual([0, expect.stringContaining('No row has these values')]);
});

it('refuses a threshold that no probability reaches', async () => {
  const [scores, labels] = writeTables('golden', goldenRows, []);
  const { code, stderr } = await evaluate(scores, labels, '--threshold', '7');
  expect([code, stderr]).toEqual([2, expect.stringContaining('EVALUATION_THRESHOLD_RANGE')]);
  expect((await evaluate(scores, labels, '--threshold', '7', '--scores', 'any')).code).toBe(0);
});

it('refuses a pair of columns that is there already, so that no gap is tested twice', async () => {
  const pair = (text: string) => ['--intersections', text];
  const words = ['--groups', 'arm,parity', ...pair('arm,parity'), ...pair('parity,arm')];
  const { code, stderr } = await evaluate(file('forwards-scores.csv'), file('forwards-labels.csv'), ...words);
  expect([code, stderr]).toEqual([2, expect.stringContaining('each pair of columns once')]);
});

it('refuses more groups and resamples than memory holds', async () => {
  const rows = madeUpRows(200, 1, 4).map((row, index) => ({
    ...row,
    groups: [`a${index % 14}`, `b${index % 13}`],
  }));
  const [scores, labels] = writeTables('many', rows, ['first', 'second']);
  const words = ['--groups', 'first,second', '--intersections', 'first,second', '--resamples', '100000'];
  const { code, stderr } = await evaluate(scores, labels, ...words);
  expect([code, stderr]).toEqual([2, expect.stringContaining('EVALUATION_TOO_MUCH_TO_RESAMPLE')]);
  expect(stderr).toMatch(/\d groups allow [\d,]+ resamples/);
});

it('lists what is wrong with the tables, and exits with 2', async () => {
  writeFileSync(file('bad.csv'), 'id,score\ni0,NaN\ni0,0.4\n');
  const [, labels] = writeTables('golden', goldenRows, []);
  const { code, stdout, stderr } = await evaluate(file('bad.csv'), labels, '--json');
  expect(code).toBe(2);
  expect(JSON.parse(stderr)).toMatchObject({ code: 'EVALUATION_INPUT_INVALID', exitCode: 2 });
  const codes = JSON.parse(stdout).faults.map((fault: { code: string }) => fault.code);
  expect(codes).toEqual(['EVALUATION_SCORE_INVALID', 'EVALUATION_ID_REPEATED', 'EVALUATION_ID_NOT_SCORED']);
});

it.each([
  ['--threshold', 'high'],
  ['--seed', '-1'],
  ['--resamples', '10'],
  ['--groups', 'sex,sex'],
  ['--groups', 'sex,SEX'],
  ['--intersections', 'sex'],
  ['--scores', 'some'],
])('refuses %s %s as wrong usage', async (option, value) => {
  const { code } = await evaluate(file('golden-scores.csv'), file('golden-labels.csv'), option, value);
  expect(code).toBe(2);
});

it('refuses a folder and a file that is not there', async () => {
  const folderGiven = await evaluate(folder, file('golden-labels.csv'));
  expect([folderGiven.code, folderGiven.stderr]).toEqual([2, expect.stringContaining('FILE_NOT_USABLE')]);
  const missing = await evaluate(file('none.csv'), file('golden-labels.csv'));
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('FILE_NOT_USABLE')]);
});
