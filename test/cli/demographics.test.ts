import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fictitiousPatient } from '../../dicom/synthetic/fictitious-patients';
import type { FakePlatform } from './fake-platform';
import { BuiltCommand } from './run-command';
import { startUploader, type Uploader, writeExport } from './uploader';

const command = new BuiltCommand();
let platform: FakePlatform;
let folder: string;
let person: string;
let send: Uploader['upload'];

const header = 'nhs_number,age_at_scan,sex,ethnic_category,imd_decile';
const patients = Array.from({ length: 9 }, (_, index) => fictitiousPatient('table', index).nhsNumber ?? '');
const rows = patients.map((nhsNumber, index) => `${nhsNumber},50,1,${index === 0 ? 'Z' : 'A'},`);

beforeAll(() => command.build());
afterAll(() => command.remove());

beforeEach(async () => {
  ({ platform, person, folder, upload: send } = await startUploader(command));
  await writeExport(folder, 'table');
});
afterEach(() => platform.stop());

async function tableOf(lines: readonly string[]): Promise<string> {
  const path = join(command.folder, `table-${person}.csv`);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

const upload = (file: string, words: readonly string[] = []) => send(['--demographics', file, ...words]);

test('check says how much a table knows, and sends nothing', async () => {
  const file = await tableOf([header, ...rows]);
  const { code, stdout } = await command.run('nobody', ['demographics', 'check', file]);
  expect(stdout).toBe('9 rows, no faults · ethnicity known 8 (88 %) · IMD known 0 (0 %)\n');
  expect(code).toBe(0);
});

test('check says all that is wrong at once, and never a value', async () => {
  const file = await tableOf([
    `${header},date_of_birth`,
    `${patients[0]},50,Female,A,,1976-02-03`,
    '12345,x,1,A,,',
  ]);
  const { code, stdout, stderr } = await command.run('nobody', ['demographics', 'check', file]);
  for (const fault of [
    'line 1  date_of_birth  DEMOGRAPHICS_BIRTH_DATE',
    'line 2  sex',
    'line 3  nhs_number',
    'line 3  age_at_scan',
  ])
    expect(stdout.replaceAll(/ +/g, '  ')).toContain(
      fault.replaceAll(/ {2}/g, '  ').replace('line ', 'line  '),
    );
  expect(stderr).toContain(
    'The demographics table has 4 faults. Nothing of it was taken. (DEMOGRAPHICS_INVALID)',
  );
  expect(`${stdout}${stderr}`).not.toMatch(new RegExp(`Female|12345|1976|${patients[0]}`));
  expect(code).toBe(2);
});

test('check gives the faults as JSON with code, line, column, what happened and what to do', async () => {
  const file = await tableOf([header, `${patients[0]},50,F,A,`]);
  const { stdout } = await command.run('nobody', ['demographics', 'check', file, '--json']);
  expect(JSON.parse(stdout)).toEqual({
    demographics: file,
    rows: 1,
    more: 0,
    faults: [
      {
        code: 'DEMOGRAPHICS_SEX',
        line: 2,
        column: 'sex',
        expected: 'one of 1, 2, 9, 0',
        happened: expect.any(String),
        fix: expect.any(String),
      },
    ],
  });
});

test('a dry run says how many subjects of the images have a row', async () => {
  const file = await tableOf([header, ...rows.slice(0, 7), '9990000018,50,1,A,5']);
  const { code, stdout } = await upload(file, ['--dry-run', '--json']);
  const { demographics } = JSON.parse(stdout) as { demographics: object };
  expect(demographics).toMatchObject({ rows: 8, subjectsWithRow: 7, rowsWithoutImages: 1, imdKnown: 1 });
  expect(code).toBe(0);
  const text = await upload(file, ['--dry-run']);
  expect(text.stdout).toMatch(
    /Demographics: 7 of \d+ subjects found · ethnicity known 7 \(87 %\) · IMD known 1 \(12 %\) · 1 row without images here/,
  );
  expect(platform.calls.filter((call) => call.includes('submissions'))).toEqual([]);
});

test('upload sends the table before the files, byte for byte', async () => {
  const file = await tableOf([header, ...rows]);
  const { code, stderr } = await upload(file);
  expect(stderr).toContain('Demographics: 9 rows received');
  expect(platform.onlySubmission.demographics).toEqual(await readFile(file));
  const calls = platform.calls.map((call) => call.split('/').at(-1));
  expect(calls.indexOf('demographics')).toBeLessThan(calls.indexOf('upload-urls'));
  expect(code).toBe(0);
});

test('upload sends nothing where the table has a fault', async () => {
  const file = await tableOf([header, ...rows.slice(1), `${patients[0]},50,M,A,`]);
  const { code, stdout } = await upload(file);
  expect(stdout).toContain('DEMOGRAPHICS_SEX');
  expect(code).toBe(2);
  expect(platform.submissions.size).toBe(0);
});

test('the same upload again sends the table again: it may have been corrected', async () => {
  const file = await tableOf([header, ...rows]);
  await upload(file);
  const corrected = await tableOf([header, ...rows.slice(1)]);
  const { code, stdout } = await upload(corrected);
  expect(stdout).toMatch(/has all of these files already .*The demographics table was sent, 9 rows\./);
  expect(platform.onlySubmission.demographics).toEqual(await readFile(corrected));
  expect(code).toBe(0);
});

test('send brings a table to a submission, once more where the first was deleted unread', async () => {
  await upload(await tableOf([header, ...rows]));
  const { id } = platform.onlySubmission;
  platform.onlySubmission.demographics = null;
  let refused = 0;
  platform.faults.onApi = (method, path) =>
    method === 'POST' && path.endsWith('/demographics') && refused++ === 0
      ? { status: 409, body: { title: 'No table has arrived.', code: 'DEMOGRAPHICS_NOT_RECEIVED' } }
      : null;
  const { code, stdout } = await command.run(person, [
    'demographics',
    'send',
    id,
    await tableOf([header, ...rows]),
  ]);
  expect(stdout).toContain(`Submission ${id}: 9 rows received`);
  expect(platform.onlySubmission.demographics).not.toBeNull();
  expect(refused).toBe(2);
  expect(code).toBe(0);
});

test('send tells the faults that only a newer platform knows', async () => {
  const file = await tableOf([header, ...rows]);
  await upload(file);
  const { id } = platform.onlySubmission;
  const errors = [{ code: 'DEMOGRAPHICS_REGION', line: 4, column: 'region', expected: 'a code' }];
  platform.faults.onApi = (_method, path) =>
    path.endsWith('/demographics')
      ? {
          status: 422,
          body: { title: 'It has faults.', code: 'DEMOGRAPHICS_INVALID', rows: 9, errors, more: 2 },
        }
      : null;
  const { code, stdout, stderr } = await command.run(person, ['demographics', 'send', id, file]);
  expect(stdout).toMatch(/line 4 +region +DEMOGRAPHICS_REGION .* Expected: a code\nand 2 more/);
  expect(stderr).toContain('The demographics table has 3 faults.');
  expect(code).toBe(2);
});

test('a file that is not there is said in words', async () => {
  const { code, stderr } = await command.run('nobody', ['demographics', 'check', 'no-such-file.csv']);
  expect(stderr).toContain('Cannot use no-such-file.csv (ENOENT).');
  expect(code).toBe(2);
});
