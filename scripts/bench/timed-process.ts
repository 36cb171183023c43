import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';

export interface TimedProcess {
  /** Wall time of the whole process, start and end included. */
  readonly seconds: number;
  /** Largest resident set, MB of 10^6 bytes; null where GNU time is not there to measure it. */
  readonly peakMegabytes: number | null;
}

const gnuTime = '/usr/bin/time';

/**
 * Runs a program of any kind as a process of its own and measures it as a whole.
 * @param scratch file for the peak memory
 * @throws Error with what the program wrote to standard error where it fails
 */
export async function timeProcess(words: readonly string[], scratch: string): Promise<TimedProcess> {
  const hasTime = existsSync(gnuTime);
  const [command = '', ...rest] = hasTime ? [gnuTime, '-f', '%M', '-o', scratch, ...words] : words;
  const startedAt = performance.now();
  const child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const seconds = (performance.now() - startedAt) / 1000;
  if (code !== 0) throw new Error(`${words.slice(0, 2).join(' ')} ended with ${code}:\n${stderr}`);
  if (!hasTime) return { seconds, peakMegabytes: null };
  const kibibytes = Number((await readFile(scratch, 'utf8')).trim().split('\n').at(-1));
  await rm(scratch, { force: true });
  return { seconds, peakMegabytes: Math.round((kibibytes * 1024) / 1e5) / 10 };
}
