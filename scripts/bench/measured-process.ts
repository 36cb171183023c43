import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';

/** Runs in the measured process before its own code, and leaves its peak memory in a file when it ends. */
const peakReporter = `data:text/javascript,${encodeURIComponent(
  'import{writeFileSync}from"node:fs";process.on("exit",()=>writeFileSync(process.env.NMIP_PEAK_FILE,String(process.resourceUsage().maxRSS)))',
)}`;

export interface MeasuredProcess {
  /** Wall time of the whole process, start and end included. */
  readonly seconds: number;
  /** Largest resident set, MB of 10^6 bytes. */
  readonly peakMegabytes: number;
  readonly stdout: string;
}

/**
 * Runs a Node program as a process of its own and measures it as a whole.
 * @param peakFile scratch file for the peak memory
 * @throws Error with the program's standard error where it fails
 */
export async function measureProcess(words: readonly string[], peakFile: string): Promise<MeasuredProcess> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', peakReporter, ...words], {
    env: { ...process.env, NMIP_PEAK_FILE: peakFile },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const seconds = (performance.now() - startedAt) / 1000;
  if (code !== 0) throw new Error(`${words.join(' ')} exited with ${code}:\n${stderr}\n${stdout}`);
  const kibibytes = Number(await readFile(peakFile, 'utf8'));
  await rm(peakFile, { force: true });
  return { seconds, peakMegabytes: Math.round((kibibytes * 1024) / 1e5) / 10, stdout };
}

/** The middle one of an odd number of measurements. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));
