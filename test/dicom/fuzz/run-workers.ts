import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FuzzFinding, FuzzMessage } from './fuzz-worker';

/**
 * A heap that is nearly full of what is needed: over half a million inputs V8 would otherwise let garbage grow, and the
 * peak would tell nothing of the engine. A worker whose heap is too small for an input dies, which is a finding.
 */
const heapLimits = ['--max-old-space-size=64', '--max-semi-space-size=4'];

export interface FuzzRun {
  readonly seed: number;
  readonly inputs: number;
  readonly workers: number;
  /** The worker as one file of JavaScript. */
  readonly workerFile: string;
  /** Folder for the workers' progress. */
  readonly folder: string;
  readonly memoryLimit: number;
  /** A worker that stays at one input for longer is ended, and the input is a hang. */
  readonly hangMilliseconds: number;
  readonly onProgress: (inputs: number) => void;
}

export interface FuzzResult {
  inputs: number;
  peakBytes: number;
  readonly fates: Record<string, number>;
  readonly findings: FuzzFinding[];
}

/** Spreads the inputs over worker processes; a worker that hangs or dies is replaced behind the input it stopped at. */
export async function runWorkers(run: FuzzRun): Promise<FuzzResult> {
  const result: FuzzResult = { inputs: 0, peakBytes: 0, fates: {}, findings: [] };
  await Promise.all(Array.from({ length: run.workers }, (_, worker) => runLane(run, worker, result)));
  result.findings.sort((left, right) => left.index - right.index);
  return result;
}

async function runLane(run: FuzzRun, lane: number, result: FuzzResult): Promise<void> {
  let first = lane;
  while (first < run.inputs) {
    const stopped = await runWorker(run, lane, first, result);
    if (stopped === null) return;
    result.findings.push(stopped);
    result.inputs += 1;
    first = stopped.index + run.workers;
  }
}

/** Runs one worker to its end; the finding at which it hung or died, or null where it finished. */
function runWorker(
  run: FuzzRun,
  lane: number,
  first: number,
  result: FuzzResult,
): Promise<FuzzFinding | null> {
  const progressFile = join(run.folder, `progress-${lane}`);
  const child: ChildProcess = fork(run.workerFile, [], {
    execArgv: heapLimits,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let done = false;
  let hung = false;
  let seen = '';
  const current = (): string => {
    try {
      return readFileSync(progressFile, 'latin1');
    } catch {
      return '';
    }
  };
  const watchdog = setInterval(() => {
    const now = current();
    if (now === seen && now !== '') {
      hung = true;
      child.kill('SIGKILL');
    }
    seen = now;
  }, run.hangMilliseconds);
  child.on('message', (message: FuzzMessage) => {
    if (message.kind === 'finding') result.findings.push(message.finding);
    else if (message.kind === 'done') {
      done = true;
      result.peakBytes = Math.max(result.peakBytes, message.peakBytes);
    } else {
      result.inputs += message.inputs;
      for (const [fate, count] of Object.entries(message.fates)) {
        result.fates[fate] = (result.fates[fate] ?? 0) + count;
      }
      run.onProgress(result.inputs);
    }
  });
  const { seed, inputs: end, workers: step, memoryLimit } = run;
  child.send({ seed, first, end, step, progressFile, memoryLimit });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      clearInterval(watchdog);
      if (done) return resolve(null);
      const index = Number(current());
      if (current() === '') return reject(new Error('A worker ended before its first input.'));
      resolve({ index, kind: hung ? 'hang' : 'crash', fate: 'none', seedName: '' });
    });
  });
}
