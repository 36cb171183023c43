import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakePlatform } from './fake-platform';
import { BuiltCommand } from './run-command';
import { writeExport } from './uploader';

/** What people at a trust really point the command at. */

const command = new BuiltCommand();
const person = 'person';
let platform: FakePlatform;
let image: string;
let number = 0;

const newFolder = (): string => {
  const folder = join(command.folder, `messy-${++number}`);
  mkdirSync(folder);
  return folder;
};
const upload = (folder: string, words: readonly string[] = []) =>
  command.run(person, ['upload', folder, '--collection', 'chest', ...words]);

beforeAll(async () => {
  command.build();
  platform = await FakePlatform.start();
  expect((await command.signIn(person, platform.address)).code).toBe(0);
  const folder = newFolder();
  await writeExport(folder, 'messy');
  image = join(folder, 'ct-1', 'IM0001');
});
afterAll(async () => {
  await platform.stop();
  command.remove();
});

test('names of files cannot steer the terminal or begin a line of their own', async () => {
  const folder = newFolder();
  copyFileSync(image, join(folder, 'good'));
  writeFileSync(join(folder, 'red\u001b[31m\u009b2Jtitle\u0007\nImported 1.txt'), 'not an image');
  const { code, stdout } = await upload(folder, ['--dry-run']);
  expect(code).toBe(0);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(stdout).toContain('red\\x1b[31m\\x9b2Jtitle\\x07\\nImported 1.txt');
  const { stdout: record } = await upload(folder, ['--dry-run', '--json']);
  expect(JSON.parse(record).skipped.notDicom).toEqual(['red\u001b[31m\u009b2Jtitle\u0007\nImported 1.txt']);
});

test('a file whose name is not UTF-8 is sent like any other', async () => {
  const folder = newFolder();
  try {
    copyFileSync(
      image,
      Buffer.concat([Buffer.from(`${folder}/r`), Buffer.from([0xf6]), Buffer.from('ntgen')]),
    );
  } catch {
    // This file system takes UTF-8 names only: there is nothing to be tested.
    return;
  }
  const { code, stdout, stderr } = await upload(folder);
  expect(stderr).not.toContain('Fix:');
  expect(stdout).toContain('1 file received');
  expect(code).toBe(0);
  expect([...platform.onlySubmission.received.values()]).toEqual([readFileSync(image)]);
});

const pipes = process.platform === 'win32' ? test.skip : test;
pipes('a pipe is not opened, but counted and named', async () => {
  const folder = newFolder();
  copyFileSync(image, join(folder, 'good'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const { stdout } = await upload(folder, ['--dry-run', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ dicom: 1, skipped: { special: ['pipe'] } });
});

test('a file that the image store does not take is named with the code that it will end with', async () => {
  const folder = newFolder();
  copyFileSync(image, join(folder, 'good'));
  copyFileSync(image, join(folder, 'whole-slide'));
  // of no length on the disc
  truncateSync(join(folder, 'whole-slide'), 10_000_000_001);
  const { stdout } = await upload(folder, ['--dry-run']);
  expect(stdout).toMatch(/1\s+will be refused\s+TOO_LARGE: /);
  expect(stdout).toContain('whole-slide');
  const dry = await upload(folder, ['--dry-run', '--json']);
  expect(JSON.parse(dry.stdout)).toMatchObject({
    dicom: 2,
    willBeRefused: [{ path: 'whole-slide', code: 'TOO_LARGE' }],
  });
});

/** The superuser may read everything, and Windows has no such rights. */
const rights = process.getuid === undefined || process.getuid() === 0 ? test.skip : test;
rights('all files that cannot be read are named at once, and nothing is sent', async () => {
  const folder = newFolder();
  for (const name of ['a', 'b', 'c']) copyFileSync(image, join(folder, name));
  execFileSync('chmod', ['000', join(folder, 'a'), join(folder, 'b')]);
  const { code, stderr } = await upload(folder);
  expect(code).toBe(2);
  expect(stderr).toMatch(/a \(EACCES\)\nb \(EACCES\)\nFix: /);
});

test.each([
  ['that is not there', 'nowhere'],
  ['that is a file', 'file.txt'],
])('a folder %s is wrong usage', async (_what, name) => {
  const folder = newFolder();
  writeFileSync(join(folder, 'file.txt'), 'text');
  const { code, stderr } = await upload(join(folder, name));
  expect(code).toBe(2);
  expect(stderr).toContain(`${name} (`);
  expect(stderr).toContain('FOLDER_NOT_READABLE');
  expect(stderr).toContain('Fix: ');
});

test.each([
  ['empty', []],
  ['with texts only', ['notes.txt', 'image.dcm']],
])('a folder %s is wrong usage, said in plain words', async (_what, names) => {
  const folder = newFolder();
  for (const name of names) writeFileSync(join(folder, name), 'not an image');
  const { code, stderr } = await upload(folder, ['--json']);
  expect(code).toBe(2);
  expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
    code: 'NOTHING_TO_SEND',
    exitCode: 2,
  });
});

test('the folder for the receipt is made; where it cannot be, that is said before the wait', async () => {
  const folder = newFolder();
  copyFileSync(image, join(folder, 'first'));
  writeFileSync(join(folder, 'notes.txt'), 'not an image, so that another submission is made of it');
  const { stdout } = await upload(folder, ['--json']);
  const { submission } = JSON.parse(stdout);
  const receipts = join(folder, 'receipts', 'november');
  const made = await command.run(person, ['submission', submission, '--watch', '--to', receipts]);
  expect(made.stderr).not.toContain('Unexpected');
  expect(existsSync(join(receipts, `nmip-receipt-${submission}.json`))).toBe(true);
  const inFile = join(folder, 'notes.txt', 'receipts');
  const refused = await command.run(person, ['submission', submission, '--to', inFile]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/Cannot use .*notes\.txt.* \(ENOTDIR\)\. \(FILE_NOT_USABLE\)\nFix: /);
});
