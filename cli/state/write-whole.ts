import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';

/** Writes beside the target and renames, so that a file under its own name is whole. */
export async function writeWhole<Result>(
  path: string,
  write: (temporary: string) => Promise<Result>,
): Promise<Result> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    const result = await write(temporary);
    await rename(temporary, path);
    return result;
  } finally {
    await rm(temporary, { force: true });
  }
}
