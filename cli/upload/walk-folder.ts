import { lstat, opendir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { CommandError, exitCode } from '../terminal/exit-code';

export interface FolderFile {
  /** Below the folder, with `/` between the parts. */
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

async function collect(root: string, folder: string, files: FolderFile[], links: string[]): Promise<void> {
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name);
    const name = relative(root, path).split(sep).join('/');
    if (entry.isDirectory()) await collect(root, path, files, links);
    else if (entry.isSymbolicLink()) links.push(name);
    else if (entry.isFile()) {
      const { size, mtimeMs } = await lstat(path);
      files.push({ path: name, bytes: size, modifiedMs: mtimeMs });
    }
  }
}

/** Order of UTF-16 units: the same on every machine, whatever its language. */
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * All regular files below a folder in the order of their paths, and the symbolic links, which are not followed.
 * @throws CommandError (exit 2) where the folder is not there
 */
export async function walkFolder(
  folder: string,
): Promise<{ root: string; files: FolderFile[]; links: string[] }> {
  let root: string;
  try {
    root = await realpath(folder);
    const files: FolderFile[] = [];
    const links: string[] = [];
    await collect(root, root, files, links);
    files.sort((a, b) => byText(a.path, b.path));
    return { root, files, links: links.sort(byText) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string')
      throw new CommandError(`Cannot read the folder ${folder} (${error.code}).`, exitCode.usage, {
        code: 'FOLDER_NOT_READABLE',
        fix: 'Give a folder that exists and that you may read.',
      });
    throw error;
  }
}
