import { mkdtempSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeDemonstrationFolder } from '../../dicom/synthetic/write-demonstration-folder';
import { FakePlatform } from './fake-platform';
import type { BuiltCommand } from './run-command';

/** Somebody at a trust who is signed in at a platform of their own, with a folder to send that is empty yet. */
export interface Uploader {
  readonly platform: FakePlatform;
  readonly person: string;
  readonly folder: string;
  /** Sends the folder with the command; the words come behind those that it always takes. */
  readonly upload: (
    words?: readonly string[],
    options?: Parameters<BuiltCommand['run']>[2],
  ) => ReturnType<BuiltCommand['run']>;
}

/** The platform is stopped by the test. */
export async function startUploader(command: BuiltCommand): Promise<Uploader> {
  const platform = await FakePlatform.start();
  const folder = mkdtempSync(join(command.folder, 'export-'));
  const person = basename(folder);
  expect((await command.signIn(person, platform.address)).code).toBe(0);
  return {
    platform,
    person,
    folder,
    upload: (words = [], options = {}) =>
      command.run(person, ['upload', folder, '--collection', 'chest', ...words], options),
  };
}

/** Writes synthetic studies, and what else lies in the folders of trusts. */
export async function writeExport(folder: string, seed: string): Promise<void> {
  await writeDemonstrationFolder(folder, {
    seed,
    firstPatient: 0,
    nhsNumberPlace: { attribute: 'OtherPatientIDsSequence' },
    size: 16,
  });
}
