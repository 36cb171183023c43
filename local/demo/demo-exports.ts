import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NhsNumberPlace } from '../../dicom/synthetic/study';
import { writeDemonstrationFolder } from '../../dicom/synthetic/write-demonstration-folder';
import { DemoInputError } from './demo-input-error';
import { shareBetweenTrusts } from './share-between-trusts';

/** A trust of the local configuration, its uploader, and where its images hold the NHS number. */
interface DemoTrust {
  readonly odsCode: string;
  readonly uploader: string;
  readonly nhsNumberPlace: NhsNumberPlace;
}

export const demoTrusts: readonly DemoTrust[] = [
  {
    odsCode: 'RX1',
    uploader: 'uploader-rx1',
    nhsNumberPlace: { attribute: 'OtherPatientIDsSequence', issuer: 'NHS' },
  },
  { odsCode: 'RY2', uploader: 'uploader-ry2', nhsNumberPlace: { attribute: 'PatientID' } },
];

/** What a trust sends, and into which collection. */
export interface DemoExport {
  readonly trust: DemoTrust;
  readonly folder: string;
}

/** Patients of one trust begin this far from those of the next. */
const patientsApart = 10;

/** Synthetic studies for both trusts; one patient of each has opted out. The same in every run. */
async function writeSyntheticExports(folder: string, optedOutFile: string): Promise<DemoExport[]> {
  const exports: DemoExport[] = [];
  for (const [index, trust] of demoTrusts.entries()) {
    const target = join(folder, trust.odsCode);
    const { optedOutNhsNumber } = await writeDemonstrationFolder(target, {
      seed: 'demonstration',
      firstPatient: index * patientsApart,
      nhsNumberPlace: trust.nhsNumberPlace,
      size: 256,
    });
    await appendFile(optedOutFile, `${optedOutNhsNumber}\n`);
    exports.push({ trust, folder: target });
  }
  return exports;
}

/** The files of a folder of the person's own, shared out between the trusts by patient. */
async function shareExports(input: string, folder: string): Promise<DemoExport[]> {
  const exports = demoTrusts.map((trust) => ({ trust, folder: join(folder, trust.odsCode) }));
  try {
    await shareBetweenTrusts(
      input,
      exports.map((each) => each.folder),
    );
  } catch (error) {
    const rights =
      error instanceof Error && 'code' in error && ['EACCES', 'EPERM'].includes(String(error.code));
    if (rights && 'path' in error)
      throw new DemoInputError(
        `Cannot read ${error.path} (${error.code}). Give yourself the right to it, or take it out of ${input}.`,
      );
    throw error;
  }
  return exports;
}

/** Makes the folders that the trusts send, anew. */
export async function prepareExports(
  folder: string,
  options: { readonly input: string | undefined; readonly optedOutFile: string },
): Promise<DemoExport[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return options.input === undefined
    ? writeSyntheticExports(folder, options.optedOutFile)
    : shareExports(options.input, folder);
}
