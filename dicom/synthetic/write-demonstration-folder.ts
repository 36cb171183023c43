import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeDataSet } from './encode-data-set';
import { type FictitiousPatient, fictitiousPatient } from './fictitious-patients';
import { chestRadiograph, ctSlice, mammogram, ultrasoundImage } from './images';
import { fileMetaInformation, part10File } from './part10-file';
import { seededUid } from './seeded-values';
import type { NhsNumberPlace, SyntheticStudy } from './study';
import { writeImage } from './write-image';

export interface DemonstrationFolder {
  /** All files written, DICOM or not. */
  readonly files: number;
  /** NHS number of the patient who opted out. */
  readonly optedOutNhsNumber: string;
}

export interface DemonstrationOptions {
  readonly seed: string;
  /** Number of the first patient: give each trust a range of its own, 10 apart. */
  readonly firstPatient: number;
  readonly nhsNumberPlace: NhsNumberPlace;
  /** Rows and columns of a CT slice; the other images follow in proportion. 512 makes files of 0.5 MB. */
  readonly size: number;
}

/** A DICOMDIR without records (Media Storage Directory, PS3.3 F.3). */
function emptyDicomdir(seed: string): Buffer {
  return Buffer.concat([
    fileMetaInformation('1.2.840.10008.1.3.10', seededUid(seed, 'dicomdir')),
    encodeDataSet({
      FileSetID: 'ZZDISC',
      OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity: 0,
      OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity: 0,
      FileSetConsistencyFlag: 0,
      DirectoryRecordSequence: [],
    }),
  ]);
}

/** Adds what an upload must cope with: a duplicate, a conflict, a truncated file, a text file and a DICOMDIR. */
async function writeOddities(
  folder: string,
  seed: string,
  radiograph: SyntheticStudy,
  size: number,
): Promise<void> {
  const odd = join(folder, 'odd');
  await mkdir(odd, { recursive: true });
  const first = join(folder, 'cr-1', 'IM0001');
  await copyFile(first, join(odd, 'IM0001-again'));
  const otherPixels = chestRadiograph(radiograph, { rows: size, columns: size });
  otherPixels.pixels.writeUInt16LE(4095, 0);
  await writeFile(join(odd, 'IM0001-other-pixels'), part10File(otherPixels.instance, otherPixels.pixels));
  const whole = await readFile(join(folder, 'ct-1', 'IM0001'));
  await writeFile(join(odd, 'IM0001-cut-off'), whole.subarray(0, Math.floor(whole.length / 2)));
  await writeFile(join(odd, 'export-notes.txt'), 'Exported for a demonstration. Not an image.\n');
  await writeFile(join(odd, 'DICOMDIR'), emptyDicomdir(seed));
}

/**
 * Writes what a small export of a trust's PACS may hold: nine patients with CT, CR, US and MG studies, one of whom
 * opted out, and a folder of oddities. The same options give the same bytes.
 */
export async function writeDemonstrationFolder(
  folder: string,
  options: DemonstrationOptions,
): Promise<DemonstrationFolder> {
  const { seed, firstPatient, nhsNumberPlace, size } = options;
  const study = (name: string, patient: FictitiousPatient): SyntheticStudy => ({
    seed,
    name: `${firstPatient}/${name}`,
    patient,
    nhsNumberPlace,
  });
  const patient = (index: number) => fictitiousPatient(seed, firstPatient + index);
  let files = 0;
  const write = async (path: string, image: Parameters<typeof writeImage>[1]) => {
    await writeImage(join(folder, path), image);
    files++;
  };

  const radiograph = study('cr-1', patient(0));
  await write('cr-1/IM0001', chestRadiograph(radiograph, { rows: size, columns: size }));
  for (const [name, index, slices] of [
    ['ct-1', 1, 6],
    ['ct-2', 2, 4],
    ['ct-3', 3, 4],
  ] as const)
    for (let slice = 1; slice <= slices; slice++)
      await write(
        `${name}/IM${String(slice).padStart(4, '0')}`,
        ctSlice(study(name, patient(index)), { series: 1, slice, size }),
      );
  for (const [name, index] of [
    ['us-1', 4],
    ['us-2', 5],
  ] as const)
    await write(
      `${name}/IM0001`,
      ultrasoundImage(study(name, patient(index)), { rows: size, columns: size }),
    );
  for (const laterality of ['L', 'R'] as const)
    await write(
      `mg-1/${laterality}CC`,
      mammogram(study('mg-1', patient(6)), { rows: size, columns: size, laterality }),
    );
  await write('cr-2/IM0001', chestRadiograph(study('cr-2', patient(7)), { rows: size, columns: size }));
  const optedOut = patient(8);
  await write('cr-3/IM0001', chestRadiograph(study('cr-3', optedOut), { rows: size, columns: size }));
  await writeOddities(folder, `${seed}/${firstPatient}`, radiograph, size);
  await writeFile(join(folder, 'README.txt'), 'Synthetic studies of patients who do not exist.\n');
  return { files: files + 6, optedOutNhsNumber: optedOut.nhsNumber };
}
