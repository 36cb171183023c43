import { lstat, readdir, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { CommandError, exitCode } from '../terminal/exit-code';
import { visibleName } from '../terminal/text';

export interface FolderFile {
  /** Below the folder, with `/` between the parts; for people. */
  readonly path: string;
  /** By which the file is opened: bytes, since an older system may have named it in another encoding than UTF-8. */
  readonly location: Buffer;
  readonly bytes: number;
  readonly modifiedMs: number;
}

export interface WalkedFolder {
  readonly files: readonly FolderFile[];
  /** Symbolic links, which are not followed. */
  readonly links: readonly string[];
  /** Pipes, sockets and devices, which are not opened. */
  readonly special: readonly string[];
}

interface Collected {
  readonly files: FolderFile[];
  readonly links: string[];
  readonly special: string[];
}

const separator = Buffer.from(sep);

async function collect(folder: Buffer, prefix: string, found: Collected): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, encoding: 'buffer' })) {
    const location = Buffer.concat([folder, separator, entry.name]);
    const path = `${prefix}${entry.name.toString('utf8')}`;
    if (entry.isDirectory()) await collect(location, `${path}/`, found);
    else if (entry.isSymbolicLink()) found.links.push(path);
    else if (entry.isFile()) {
      const { size, mtimeMs } = await lstat(location);
      found.files.push({ path, location, bytes: size, modifiedMs: mtimeMs });
    } else found.special.push(path);
  }
}

/** Order of UTF-16 units: the same on every machine, whatever its language. */
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * All regular files below a folder in the order of their paths, and what else there is.
 * @throws CommandError (exit 2) where the folder or one below it cannot be read; it names that one
 */
export async function walkFolder(folder: string): Promise<WalkedFolder & { readonly root: string }> {
  try {
    const root = await realpath(folder);
    const found: Collected = { files: [], links: [], special: [] };
    await collect(Buffer.from(root), '', found);
    found.files.sort((a, b) => byText(a.path, b.path) || Buffer.compare(a.location, b.location));
    return { root, files: found.files, links: found.links.sort(byText), special: found.special.sort(byText) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
      const place = 'path' in error && error.path !== undefined ? String(error.path) : folder;
      throw new CommandError(
        `Cannot read the folder ${visibleName(place)} (${error.code}).`,
        exitCode.usage,
        {
          code: 'FOLDER_NOT_READABLE',
          fix: 'Give a folder that exists and that you may read, with all folders below it.',
        },
      );
    }
    throw error;
  }
}
