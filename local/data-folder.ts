import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

/** File that says that a folder is the platform's own and may be emptied. */
const markerName = '.nmip-data';
const markerText = 'Data of the embedded NMIP platform. `npm start -- --fresh` empties this folder.\n';
const lockName = 'lock';

/** A data folder that cannot be used. The code is stable. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';

  constructor(
    readonly code: 'DATA_FOLDER_IN_USE' | 'DATA_FOLDER_NOT_OURS' | 'DATA_FOLDER_NOT_USABLE',
    message: string,
  ) {
    super(message);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, in clock ticks since boot, so that a process id in second use is not taken for the first. */
function startOfProcess(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function takeLock(folder: string): void {
  const path = join(folder, lockName);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const descriptor = openSync(path, 'wx');
      writeSync(descriptor, `${process.pid} ${startOfProcess(process.pid)}`);
      closeSync(descriptor);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pidText = '', began = ''] = readFileSync(path, 'utf8').split(' ');
    const pid = Number(pidText);
    if (pid > 0 && isAlive(pid) && startOfProcess(pid) === began) {
      throw new DataFolderError(
        'DATA_FOLDER_IN_USE',
        `Process ${pid} runs the platform on ${folder}. Stop it, or give another folder with --data.`,
      );
    }
    // Left by a process that was killed.
    rmSync(path, { force: true });
  }
}

/** A folder that this process alone uses. */
export interface DataFolder {
  readonly path: string;
  /** Gives the folder free for the next process. */
  release(): void;
}

/**
 * Takes a data folder into use, making it where needed.
 * @param fresh empties it first, which is refused for a folder that the platform did not make
 * @throws DataFolderError
 */
export function openDataFolder(folder: string, fresh: boolean): DataFolder {
  const path = resolve(folder);
  const marker = join(path, markerName);
  let there: string[];
  try {
    there = existsSync(path) ? readdirSync(path) : [];
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new DataFolderError(
      'DATA_FOLDER_NOT_USABLE',
      `${path} cannot be used (${(error as NodeJS.ErrnoException).code}). Give a folder that can be written to with --data.`,
    );
  }
  if (there.length > 0 && !existsSync(marker)) {
    throw new DataFolderError(
      'DATA_FOLDER_NOT_OURS',
      `${path} holds files and was not made by the platform. Give an empty folder with --data.`,
    );
  }
  if (there.length === 0) writeFileSync(marker, markerText);
  takeLock(path);
  if (fresh) {
    for (const name of readdirSync(path)) {
      if (name !== markerName && name !== lockName)
        rmSync(join(path, name), { recursive: true, force: true });
    }
  }
  return { path, release: () => rmSync(join(path, lockName), { force: true }) };
}
