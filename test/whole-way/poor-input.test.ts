import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeZip } from '../dicom/archive/zip-file';
import { goodSlice } from './bad-files';
import { newDataFolder, runOnce } from './demonstration';

/** `npm start -- --once --input` on folders that give the demonstration little to show. */
describe('a demonstration', () => {
  const data = newDataFolder();
  const folder = dirname(data);
  let number = 0;

  const input = (files: Readonly<Record<string, string | Buffer>>): string => {
    const path = join(folder, `input-${++number}`);
    mkdirSync(path);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
    return path;
  };

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('balances on the folder of one patient: the other trust has nothing to send', async () => {
    const path = input({ a: goodSlice(1, 1), b: goodSlice(1, 2), 'notes.txt': 'not an image' });
    const { code, said, report } = await runOnce(data, ['--input', path]);
    expect(said).toMatch(/RY2: nothing to send, 1 skipped/);
    expect(report).toMatchObject({ files: 2, skipped: 1 });
    expect(report?.outcomes).toMatchObject({ imported: 2, missing: 0 });
    expect(code).toBe(0);
  }, 120_000);

  it('shows the images of zip archives like others, each trust its archive', async () => {
    const path = input({
      'a.zip': writeZip([1, 2].map((slice) => ({ name: `CT/${slice}`, content: goodSlice(4, slice) })))
        .archive,
      'b.zip': writeZip([{ name: '1', content: goodSlice(5, 1), stored: true }]).archive,
      loose: goodSlice(6, 1),
    });
    const { code, said, report } = await runOnce(data, ['--input', path]);
    expect(report).toMatchObject({ files: 4, skipped: 0 });
    expect(report?.outcomes).toMatchObject({ imported: 4 });
    expect(said).toMatch(new RegExp(`${report?.framesRead} are byte for byte what the trusts sent`));
    expect(code).toBe(0);
  }, 120_000);

  it('says that a folder without images has none', async () => {
    const path = input({ 'notes.txt': 'not an image' });
    const { code, said } = await runOnce(data, ['--input', path]);
    expect(said).toContain(`There is no DICOM file in ${path}. Give another folder with --input.`);
    expect(said).not.toMatch(/^ {4}at /m);
    expect(code).toBe(1);
  }, 120_000);

  it.each([
    ['a file as input', () => ['--input', join(input({ a: 'x' }), 'a')], /There is no folder .*--input/],
    [
      'a report in no folder',
      () => ['--report', join(folder, 'no', 'r.json')],
      /There is no folder .*--report/,
    ],
  ])('refuses %s before it starts anything', async (_what, options, message) => {
    const before = readdirSync(folder);
    const { code, said } = await runOnce(join(folder, 'never'), options());
    expect(said).toMatch(message);
    expect(code).toBe(2);
    expect(readdirSync(folder)).not.toContain('never');
    expect(before).not.toContain('never');
  });
});
