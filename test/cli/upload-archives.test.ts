import { createHash } from 'node:crypto';
import { appendFileSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { type WrittenMember, writeZip } from '../dicom/archive/zip-file';
import type { FakePlatform } from './fake-platform';
import { BuiltCommand } from './run-command';
import { startUploader, type Uploader, writeExport } from './uploader';

/** Archives among the files of an export. */

const command = new BuiltCommand();
let platform: FakePlatform;
let images: Buffer[];
let other: Buffer;
let person: string;
let folder: string;
let upload: Uploader['upload'];

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

beforeAll(async () => {
  command.build();
  const made = join(command.folder, 'made');
  await writeExport(made, 'archives');
  const series = join(made, 'ct-1');
  images = readdirSync(series)
    .sort()
    .map((name) => readFileSync(join(series, name)));
  other = readFileSync(join(made, 'ct-2', readdirSync(join(made, 'ct-2')).sort()[0] ?? ''));
});
afterAll(() => command.remove());

beforeEach(async () => {
  ({ platform, person, folder, upload } = await startUploader(command));
});
afterEach(() => platform.stop());

const image = (index: number): Buffer => {
  const found = images[index];
  if (found === undefined) throw new Error('no such image');
  return found;
};
const zip = (name: string, members: readonly WrittenMember[]): Buffer => {
  const { archive } = writeZip(members);
  writeFileSync(join(folder, name), archive);
  return archive;
};
const entriesInOrder = () =>
  [...platform.onlySubmission.entries.values()].sort((a, b) => a.ordinal - b.ordinal);

test('lists each member as a file of its own, and sends the archive as it is', async () => {
  writeFileSync(join(folder, 'a-loose'), image(0));
  const first = zip('b.zip', [
    { name: 'SMITH^JANE/', content: Buffer.alloc(0), stored: true },
    { name: 'SMITH^JANE/1', content: image(1) },
    { name: '__MACOSX/._1', content: Buffer.from('resources') },
    { name: 'SMITH^JANE/notes.txt', content: Buffer.from('not an image') },
    { name: 'SMITH^JANE/2', content: image(2) },
  ]);
  const second = zip('c.ZIP', [{ name: '3', content: other, stored: true }]);
  const { code, stdout, stderr } = await upload();
  expect(stderr).toContain('in 2 zip archives');
  expect(stdout).toMatch(/4 files received \(with 2 zip archives\), 3 skipped/);
  expect(code).toBe(0);
  const submission = platform.onlySubmission;
  expect(submission).toMatchObject({ fileCount: 4, state: 'done' });
  expect(submission.totalBytes).toBe(
    [image(0), image(1), image(2), other].reduce((sum, file) => sum + file.length, 0),
  );
  const listed = (ordinal: number, content: Buffer, group: number, archived?: object) => ({
    ordinal,
    bytes: content.length,
    sha256: digest(content),
    group,
    ...(archived && { archived }),
  });
  expect(entriesInOrder()).toEqual([
    listed(1, image(0), 1),
    listed(2, image(1), 1, { archive: 1, member: 2 }),
    listed(3, image(2), 1, { archive: 1, member: 5 }),
    listed(4, other, 2, { archive: 2, member: 1 }),
  ]);
  expect([...submission.archives.values()]).toEqual([
    { archive: 1, bytes: first.length, sha256: digest(first) },
    { archive: 2, bytes: second.length, sha256: digest(second) },
  ]);
  expect([...submission.received.keys()]).toEqual([1]);
  expect(submission.receivedArchives.get(1)).toEqual(first);
  expect(submission.receivedArchives.get(2)).toEqual(second);
  expect(submission.subjects?.trim().split('\n').length).toBeGreaterThanOrEqual(1);
});

test('sends no name of a member, and shows them with their control characters written out', async () => {
  zip('b.zip', [
    { name: '../../x\u001b[31m', content: image(0) },
    { name: '/etc/\0passwd', content: Buffer.from('not an image') },
    { name: Buffer.from([0xff, 0xfe, 0x41]), content: image(1) },
  ]);
  const { stderr, code } = await upload();
  expect(code).toBe(0);
  expect(stderr).toContain('b.zip//etc/\\x00passwd');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  expect(entriesInOrder().map(({ archived }) => archived?.member)).toEqual([1, 3]);
});

test('announces a member that cannot be taken out by its bytes in the archive', async () => {
  const packed = deflateRawSync(image(1));
  zip('b.zip', [
    { name: 'sound', content: image(0) },
    { name: 'wrong CRC', content: image(1), says: { crc32: 7 } },
    { name: 'encrypted', content: image(2), says: { flags: 1 } },
  ]);
  const { stderr } = await upload();
  expect(stderr).toContain('ARCHIVE_MEMBER_INVALID');
  expect(stderr).toContain('b.zip/wrong CRC');
  const entries = entriesInOrder();
  expect(entries[1]).toMatchObject({ bytes: packed.length, sha256: digest(packed), group: 2 });
  expect(entries.map(({ group }) => group)).toEqual([1, 2, 3]);
  expect(entries[2]?.sha256).toBe(digest(deflateRawSync(image(2))));
});

test('leaves at home an archive without images, and takes a DICOM file for what it is whatever its name', async () => {
  zip('letters.zip', [{ name: 'letter.pdf', content: Buffer.from('Dear') }]);
  writeFileSync(join(folder, 'image.zip'), image(0));
  const { code, stdout } = await upload();
  expect(code).toBe(0);
  expect(stdout).toMatch(/1 file received, 1 skipped/);
  expect(platform.onlySubmission.archives.size).toBe(0);
  expect(entriesInOrder()[0]).not.toHaveProperty('archived');
});

test('refuses archives that cannot be read, all at once, and sends nothing', async () => {
  zip('good.zip', [{ name: 'a', content: image(0) }]);
  const whole = zip('cut.zip', [{ name: 'a', content: image(0) }]);
  writeFileSync(join(folder, 'cut.zip'), whole.subarray(0, whole.length - 40));
  writeFileSync(join(folder, 'text.zip'), 'no archive');
  const kernel = Buffer.alloc(100_000);
  zip('bomb.zip', [
    { name: 'kernel', content: kernel },
    {
      name: 'again',
      content: kernel,
      compressed: Buffer.alloc(0),
      says: { offset: 0, compressedBytes: deflateRawSync(kernel).length },
    },
  ]);
  for (const words of [[], ['--dry-run']]) {
    const { code, stderr } = await upload(words);
    expect(code).toBe(2);
    expect(stderr).toContain('Cannot read 3 zip archives');
    expect(stderr).toMatch(/bomb\.zip: its files share the same bytes/);
    expect(stderr).toMatch(/cut\.zip: damaged/);
    expect(stderr).toMatch(/text\.zip: damaged/);
  }
  expect(platform.submissions.size).toBe(0);
});

test('a dry run counts archives and their files', async () => {
  zip('b.zip', [
    { name: '1', content: image(0) },
    { name: '2', content: image(1) },
  ]);
  const { stdout } = await upload(['--dry-run', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    dryRun: true,
    files: 2,
    dicom: 2,
    archives: 1,
    archivedFiles: 2,
  });
});

test('the same command goes on with the archives that are not received yet, and knows a changed one', async () => {
  zip('b.zip', [{ name: '1', content: image(0) }]);
  zip('c.zip', [{ name: '2', content: image(1) }]);
  platform.faults.onPut = (_ordinal, _attempt, url) => (url.pathname.endsWith('archive-2') ? 400 : null);
  expect((await upload()).code).toBe(4);
  expect([...platform.onlySubmission.receivedArchives.keys()]).toEqual([1]);
  platform.faults.onPut = () => null;
  const before = platform.puts.get(1);
  expect((await upload()).code).toBe(0);
  expect(platform.puts.get(1)).toBe(before);
  expect([...platform.onlySubmission.receivedArchives.keys()]).toEqual([1, 2]);

  const again = await upload();
  expect(again.stdout).toContain('Nothing was sent.');
  zip('c.zip', [{ name: '2', content: image(1), stored: true }]);
  expect((await upload()).code).toBe(0);
  expect(platform.submissions.size).toBe(2);
});

test('an archive that changes while it is sent is an error, and the submission stays open', async () => {
  zip('b.zip', [{ name: '1', content: image(0) }]);
  platform.faults.onApi = (method, path) => {
    if (method === 'POST' && path.endsWith('/archive-urls')) appendFileSync(join(folder, 'b.zip'), 'more');
    return null;
  };
  const { code, stderr } = await upload();
  expect(code).toBe(5);
  expect(stderr).toContain('FILE_CHANGED');
  expect(platform.onlySubmission.state).toBe('open');
});

test('puts the names of members back into the account of a submission', async () => {
  copyFileSync(
    join(command.folder, 'made', 'ct-1', readdirSync(join(command.folder, 'made', 'ct-1'))[0] ?? ''),
    join(folder, 'a'),
  );
  zip('b.zip', [{ name: 'SMITH^JANE/1', content: image(1) }]);
  platform.outcomes.set(2, { outcome: 'quarantined', code: 'ARCHIVE_MEMBER_INVALID' });
  await upload();
  const { stdout } = await command.run(person, ['submission', platform.onlySubmission.id]);
  expect(stdout).toContain('b.zip/SMITH^JANE/1');
});

test('sends an archive above 100 MB in parts, and after a stop only those that are missing', async () => {
  const filling = Buffer.alloc(105_000_000, 3);
  zip('b.zip', [
    { name: '1', content: image(0) },
    { name: 'not an image', content: filling, stored: true },
  ]);
  platform.faults.onPart = (part) => (part === 3 ? 400 : null);
  expect((await upload()).code).toBe(4);
  const listed = platform.onlySubmission.archives.get(1);
  expect(listed?.parts?.sha256).toHaveLength(4);
  expect(platform.onlySubmission.uploads.get(-1)?.completed).toBe(false);
  const sentOnce = platform.partPuts.get(1);
  platform.faults.onPart = () => null;
  const { code, stdout } = await upload();
  expect(stdout).toMatch(/1 file received \(with 1 zip archive\)/);
  expect(code).toBe(0);
  expect(platform.partPuts.get(1)).toBe(sentOnce);
  expect(platform.onlySubmission.uploads.get(-1)).toMatchObject({ completed: true });
  expect(platform.onlySubmission.receivedArchives.size).toBe(0);
}, 120_000);
