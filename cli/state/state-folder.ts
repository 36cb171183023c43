import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where the command keeps what it must remember: `$XDG_STATE_HOME/nmip`, by default `~/.local/state/nmip`. */
export function stateFolder(): string {
  const base = process.env.XDG_STATE_HOME;
  return join(base?.startsWith('/') ? base : join(homedir(), '.local', 'state'), 'nmip');
}

export function statePath(...parts: readonly string[]): string {
  return join(stateFolder(), ...parts);
}

/** Replaces a file as a whole, readable by its owner only; a reader sees the old content or the new. */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, content, { mode: 0o600, flag: 'wx' });
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Content of a file, or null where there is none. */
export async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true, recursive: true });
}
