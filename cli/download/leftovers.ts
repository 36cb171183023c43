import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { WantedStudy } from './wanted-studies';

/** Study Instance UIDs of folders of a download that are not among those that were wanted. */
export async function leftovers(folder: string, wanted: ReadonlySet<string>): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && /^\d+(\.\d+)+$/.test(entry.name) && !wanted.has(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** Names of files on their way, as `fetchToFile` gives them. */
const unfinished = /\.[0-9a-f]{8}\.part$/;

/** Takes away what a run that was killed had begun: whoever reads the folder of a series would take it for an image. */
export async function removeUnfinished(folder: string, studies: readonly WantedStudy[]): Promise<void> {
  for (const { studyInstanceUid } of studies) {
    const place = join(folder, studyInstanceUid);
    const names = await readdir(place, { recursive: true }).catch((): string[] => []);
    for (const name of names) if (unfinished.test(name)) await rm(join(place, name), { force: true });
  }
}
