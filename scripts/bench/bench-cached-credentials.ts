import { spawn } from 'node:child_process';
import { type AccessPlatform, command } from './access-platform';
import { median, rounded } from './measured-process';

export interface CachedCredentialsBench {
  readonly rounds: number;
  /** Medians of whole processes, from start to end. */
  readonly command: number;
  readonly bareNode: number;
  /** What the command adds to a process of Node.js that does nothing. */
  readonly own: number;
}

const ROUNDS = 41;

/** Wall time of a process, in milliseconds. */
async function timed(words: readonly string[], home: string): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, words, {
    env: { ...process.env, XDG_STATE_HOME: home },
    stdio: 'ignore',
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  if (code !== 0) throw new Error(`${words.slice(0, 2).join(' ')} ended with ${code}.`);
  return performance.now() - began;
}

/** `nmip credentials` from its cache beside `node -e 0`, in turns, so that what slows the machine slows both. */
export async function benchCachedCredentials({
  researcher,
  projectId,
}: AccessPlatform): Promise<CachedCredentialsBench> {
  const words = [command, 'credentials', '--project', projectId, '--format', 'process'];
  // The first call asks the service, and leaves the cache.
  await timed(words, researcher.home);
  const commands: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await timed(['-e', '0'], researcher.home));
    commands.push(await timed(words, researcher.home));
  }
  const own = commands.map((took, round) => took - (bare[round] ?? Number.NaN));
  return {
    rounds: ROUNDS,
    command: rounded(median(commands)),
    bareNode: rounded(median(bare)),
    own: rounded(median(own)),
  };
}
