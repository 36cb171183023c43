import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import { fictitiousPatient } from '../../../dicom/synthetic/fictitious-patients';
import { writeDemonstrationFolder } from '../../../dicom/synthetic/write-demonstration-folder';
import { writeUltrasoundCine } from '../../../dicom/synthetic/write-image';

const options = {
  seed: 'test',
  firstPatient: 0,
  nhsNumberPlace: { attribute: 'OtherPatientIDsSequence', issuer: 'NHS' },
  size: 32,
} as const;

const images = ['cr-1/IM0001', 'ct-1/IM0001', 'us-1/IM0001', 'mg-1/LCC', 'odd/IM0001-other-pixels'] as const;

let root: string;
let folder: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nmip-synthetic-'));
  folder = join(root, 'one');
  await writeDemonstrationFolder(folder, options);
});

afterAll(() => rm(root, { recursive: true, force: true }));

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const parse = async (path: string) => dicomParser.parseDicom(await readFile(join(folder, path)));

test('the same seed gives the same bytes, another seed other UIDs', async () => {
  await writeDemonstrationFolder(join(root, 'two'), options);
  await writeDemonstrationFolder(join(root, 'three'), { ...options, seed: 'other' });
  const digests = async (path: string) =>
    Promise.all((await filesBelow(path)).map(async (file) => digest(await readFile(file))));
  expect(await digests(join(root, 'two'))).toEqual(await digests(folder));
  const uid = async (path: string) =>
    dicomParser.parseDicom(await readFile(join(path, 'ct-1/IM0001'))).string('x0020000d');
  expect(await uid(join(root, 'three'))).not.toEqual(await uid(folder));
});

test('the folder says how many files it holds and who opted out', async () => {
  const written = await writeDemonstrationFolder(join(root, 'four'), options);
  expect(written.files).toBe((await filesBelow(join(root, 'four'))).length);
  const identifiers = (await parse('cr-3/IM0001')).elements.x00101002?.items?.[0]?.dataSet;
  expect(identifiers?.string('x00100020')).toBe(written.optedOutNhsNumber);
});

test('NHS numbers are of the test range, pass modulus 11 and differ between patients', () => {
  const numbers = Array.from({ length: 500 }, (_, index) => fictitiousPatient('any', index).nhsNumber);
  expect(new Set(numbers).size).toBe(500);
  for (const number of numbers) {
    expect(number).toMatch(/^999\d{7}$/);
    const sum = [...number.slice(0, 9)].reduce((total, digit, i) => total + Number(digit) * (10 - i), 0);
    expect((11 - (sum % 11)) % 11).toBe(Number(number[9]));
  }
});

test('the duplicate has the same bytes; the conflict the same SOP Instance UID and other pixels', async () => {
  const original = await readFile(join(folder, 'cr-1/IM0001'));
  expect(await readFile(join(folder, 'odd/IM0001-again'))).toEqual(original);
  const conflict = await parse('odd/IM0001-other-pixels');
  expect(conflict.string('x00080018')).toBe((await parse('cr-1/IM0001')).string('x00080018'));
  expect(digest(await readFile(join(folder, 'odd/IM0001-other-pixels')))).not.toBe(digest(original));
});

test('pixel data has the length that rows, columns and bits ask for', async () => {
  for (const path of images) {
    const dataSet = await parse(path);
    const bytes =
      ((dataSet.uint16('x00280010') ?? 0) *
        (dataSet.uint16('x00280011') ?? 0) *
        (dataSet.uint16('x00280100') ?? 0)) /
      8;
    expect(dataSet.elements.x7fe00010?.length).toBe(bytes);
  }
});

test('a cine loop is streamed to disk with every frame in its place', async () => {
  const path = join(root, 'cine.dcm');
  const study = {
    seed: 'test',
    name: 'cine',
    patient: fictitiousPatient('test', 0),
    nhsNumberPlace: { attribute: 'PatientID' },
  } as const;
  const bytes = await writeUltrasoundCine(path, study, { rows: 16, columns: 16, frames: 9 });
  expect((await stat(path)).size).toBe(bytes);
  const file = await readFile(path);
  const pixels = dicomParser.parseDicom(file).elements.x7fe00010;
  expect(pixels?.length).toBe(16 * 16 * 9);
  for (let frame = 0; frame < 9; frame++)
    expect(file.readUInt32LE((pixels?.dataOffset ?? 0) + frame * 256)).toBe(frame);
});

const run = (tool: string, args: string[]) => spawnSync(tool, args, { encoding: 'utf8' });
const withTool = (path: string) => (existsSync(path) ? test : test.skip);

withTool('/usr/bin/dciodvfy')('dciodvfy finds no error in any kind of image', () => {
  for (const path of images) {
    const { stderr } = run('/usr/bin/dciodvfy', [join(folder, path)]);
    expect(stderr.split('\n').filter((line) => line.startsWith('Error'))).toEqual([]);
  }
});

withTool('/usr/bin/dcmdump')('dcmdump reads every image without a warning', () => {
  for (const path of images) expect(run('/usr/bin/dcmdump', [join(folder, path)]).stderr).toBe('');
});

const pydicom = () => {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import pydicom'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

(pydicom() ? test : test.skip)('pydicom reads the pixels of every image', () => {
  const script =
    'import sys, pydicom\nfor path in sys.argv[1:]:\n  d = pydicom.dcmread(path)\n  assert len(d.PixelData) == d.Rows * d.Columns * d.BitsAllocated // 8';
  execFileSync('/usr/bin/python3', [
    '-W',
    'error',
    '-c',
    script,
    ...images.map((path) => join(folder, path)),
  ]);
});
