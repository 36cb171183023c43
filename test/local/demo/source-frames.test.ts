import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fictitiousPatient } from '../../../dicom/synthetic/fictitious-patients';
import { writeDemonstrationFolder } from '../../../dicom/synthetic/write-demonstration-folder';
import { writeUltrasoundCine } from '../../../dicom/synthetic/write-image';
import { type DemoReport, demoProblems } from '../../../local/demo/demo-report';
import { shareBetweenTrusts } from '../../../local/demo/share-between-trusts';
import { sourceFrames } from '../../../local/demo/source-frames';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nmip-demo-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('frames of a native multi-frame image are its pixel data cut by frame', async () => {
  const path = join(folder, 'cine.dcm');
  const study = {
    seed: 'frames',
    name: 'cine',
    patient: fictitiousPatient('frames', 0),
    nhsNumberPlace: { attribute: 'PatientID' },
  } as const;
  await writeUltrasoundCine(path, study, { rows: 8, columns: 8, frames: 3 });
  const file = await readFile(path);
  const expected = [0, 1, 2].map((frame) => {
    const start = file.length - (3 - frame) * 64;
    return createHash('sha256')
      .update(file.subarray(start, start + 64))
      .digest('hex');
  });
  expect(await sourceFrames(path)).toEqual({ readable: true, sha256: expected });
});

test('a file that the parser cannot read is not comparable', async () => {
  const path = join(folder, 'text');
  await writeFile(path, 'text');
  expect(await sourceFrames(path)).toEqual({ readable: false });
});

test('files are shared out by patient: none is lost, and no patient goes to two trusts', async () => {
  const input = join(folder, 'input');
  await writeDemonstrationFolder(input, {
    seed: 'share',
    firstPatient: 0,
    nhsNumberPlace: { attribute: 'PatientID' },
    size: 8,
  });
  const targets = [join(folder, 'a'), join(folder, 'b')];
  const shared = await shareBetweenTrusts(input, targets);
  const filesOf = async (target: string) =>
    (await readdir(target, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(target.length + 1));
  const [a = [], b = []] = await Promise.all(targets.map(filesOf));
  expect(a.length + b.length).toBe(shared);
  expect(shared).toBe((await filesOf(input)).length);
  expect(Math.min(a.length, b.length)).toBeGreaterThan(0);
  // The study, its duplicate and the image that conflicts with it are of one patient.
  const ofFirst = ['cr-1/IM0001', 'odd/IM0001-again', 'odd/IM0001-other-pixels'];
  expect([0, 3]).toContain(a.filter((name) => ofFirst.includes(name)).length);
});

describe('the accounts of a demonstration', () => {
  const balanced: DemoReport = {
    files: 5,
    skipped: 1,
    outcomes: { imported: 3, duplicate: 1, withheld: 0, quarantined: 1, missing: 0 },
    quarantine: { TRUNCATED: 1 },
    imageSets: 2,
    framesRead: 3,
    deniedReads: 1,
    seconds: { synth: 0, start: 0, upload: 0, pipeline: 0, read: 0 },
    objects: { deidentified: '/d', quarantine: '/q' },
  };
  const refused = [{ what: 'a search', status: 403 }];

  test('balance where every file has one end and all that must be is refused', () => {
    expect(demoProblems(balanced, [], refused)).toEqual([]);
  });

  test('do not balance where a file has no end, a frame differs, or a read is answered', () => {
    expect(demoProblems({ ...balanced, files: 6 }, [], refused)).toHaveLength(1);
    expect(demoProblems({ ...balanced, quarantine: {} }, [], refused)).toHaveLength(1);
    expect(demoProblems(balanced, ['s-1 file 2'], refused)).toHaveLength(1);
    expect(demoProblems(balanced, [], [{ what: 'a search', status: 200 }])).toHaveLength(1);
  });
});
