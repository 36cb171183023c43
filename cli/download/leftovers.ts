import { readdir } from 'node:fs/promises';

/** Study Instance UIDs of folders of a download that are not among those that were wanted. */
export async function leftovers(folder: string, wanted: ReadonlySet<string>): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && /^\d+(\.\d+)+$/.test(entry.name) && !wanted.has(entry.name))
    .map(({ name }) => name)
    .sort();
}
