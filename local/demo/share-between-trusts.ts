import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, opendir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { readInstanceSummary } from '../../dicom/deidentify/read-instance-summary';

async function filesBelow(root: string, folder = root): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await filesBelow(root, path)));
    else if (entry.isFile()) files.push(relative(root, path));
  }
  return files.sort();
}

/** What must stay together: the files of a patient; of a study where they name no patient; else the file alone. */
async function togetherKey(path: string, name: string): Promise<string> {
  const stream = createReadStream(path);
  try {
    const summary = await readInstanceSummary(stream, []);
    if (summary.kind !== 'dicom') return `file ${name}`;
    return summary.subject.patientId === null
      ? `study ${summary.studyInstanceUid}`
      : `patient ${summary.subject.patientId}`;
  } finally {
    stream.destroy();
  }
}

/** Links a file where the file system can, else copies it. */
async function place(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await link(source, target).catch(() => copyFile(source, target));
}

/**
 * Shares the files of a folder out between folders, one a trust, by patient: each new patient goes to the trust whose
 * turn it is.
 * @returns number of files shared out
 */
export async function shareBetweenTrusts(input: string, folders: readonly string[]): Promise<number> {
  const turns = new Map<string, string>();
  const files = await filesBelow(input);
  for (const folder of folders) await mkdir(folder, { recursive: true });
  for (const name of files) {
    const source = join(input, name);
    const key = await togetherKey(source, name);
    const folder = turns.get(key) ?? folders[turns.size % folders.length];
    if (folder === undefined) throw new Error('There is no trust to send the files.');
    turns.set(key, folder);
    await place(source, join(folder, name));
  }
  return files.length;
}
