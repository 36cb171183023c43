import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { testContext } from '../samples/engine';
import { type FindingKind, judgeInput } from './judge-input';
import { makeInput } from './make-input';
import { seedFiles } from './seed-files';

/** What a worker is to do: every `step`-th input from `first` to below `end`. */
export interface FuzzTask {
  readonly seed: number;
  readonly first: number;
  readonly end: number;
  readonly step: number;
  /** Holds the number of the input at work, so that a worker that hangs or dies leaves it behind. */
  readonly progressFile: string;
  /** Largest resident set, bytes. */
  readonly memoryLimit: number;
}

export interface FuzzFinding {
  readonly index: number;
  readonly kind: FindingKind;
  readonly fate: string;
  readonly seedName: string;
}

export type FuzzMessage =
  | { readonly kind: 'finding'; readonly finding: FuzzFinding }
  | { readonly kind: 'counts'; readonly inputs: number; readonly fates: Readonly<Record<string, number>> }
  | { readonly kind: 'done'; readonly peakBytes: number };

/** Every sixteenth input is run twice, in other pieces: outcome and bytes must be the same. */
const repeatEvery = 16;
const reportEvery = 500;

async function work(task: FuzzTask): Promise<void> {
  const send = (message: FuzzMessage): void => {
    process.send?.(message);
  };
  const files = seedFiles();
  const context = await testContext();
  const progress = openSync(task.progressFile, 'w');
  let inputs = 0;
  let fates: Record<string, number> = {};
  let overLimit = false;
  const report = (): void => {
    send({ kind: 'counts', inputs, fates });
    inputs = 0;
    fates = {};
  };
  for (let index = task.first; index < task.end; index += task.step) {
    ftruncateSync(progress, 0);
    writeSync(progress, String(index), 0);
    const input = makeInput(files, task.seed, index);
    const { fate, finding } = await judgeInput(input, context, index % repeatEvery === 0);
    fates[fate] = (fates[fate] ?? 0) + 1;
    inputs += 1;
    const seedName = input.seedName;
    if (finding !== null) send({ kind: 'finding', finding: { index, kind: finding, fate, seedName } });
    // The peak never falls again: only the first input above the limit is to blame.
    if (!overLimit && process.resourceUsage().maxRSS * 1024 > task.memoryLimit) {
      overLimit = true;
      send({ kind: 'finding', finding: { index, kind: 'memory', fate, seedName } });
    }
    if (inputs === reportEvery) report();
  }
  report();
  closeSync(progress);
  send({ kind: 'done', peakBytes: process.resourceUsage().maxRSS * 1024 });
}

process.once('message', (task: FuzzTask) => {
  void work(task).then(() => process.disconnect());
});
