import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CommandError, exitCode } from '../terminal/exit-code';

/** A lock older than this is left over: what is done under a lock is one exchange with the service. */
const staleAfterMs = 60_000;
const giveUpAfterMs = 90_000;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function isStale(lockPath: string): Promise<boolean> {
  try {
    const pid = Number(await readFile(lockPath, 'utf8'));
    const { mtimeMs } = await stat(lockPath);
    return Date.now() - mtimeMs > staleAfterMs || (pid > 0 && !isAlive(pid));
  } catch {
    return false;
  }
}

/**
 * Does `work` while no other process of this machine holds the lock `<path>.lock`. A lock whose holder is gone is taken over.
 * @throws CommandError (exit 4) where the lock stays taken for 90 seconds
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lockPath = `${path}.lock`;
  await mkdir(dirname(lockPath), { recursive: true, mode: 0o700 });
  const giveUpAt = Date.now() + giveUpAfterMs;
  for (let attempt = 0; ; attempt++) {
    try {
      await writeFile(lockPath, String(process.pid), { flag: 'wx', mode: 0o600 });
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    if (await isStale(lockPath)) await rm(lockPath, { force: true });
    else if (Date.now() > giveUpAt)
      throw new CommandError('Another nmip process holds the lock for too long.', exitCode.network, {
        fix: `End the other process, or remove ${lockPath}.`,
      });
    else await wait(Math.min(250, 5 * 2 ** attempt) * (0.5 + Math.random() / 2));
  }
  try {
    return await work();
  } finally {
    await rm(lockPath, { force: true });
  }
}
