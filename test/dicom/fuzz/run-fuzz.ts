import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { makeInput } from './make-input';
import { type FuzzResult, runWorkers } from './run-workers';
import { seedFiles } from './seed-files';

const usage = 'npm run fuzz [-- --inputs N] [--seed S] [--workers N] [--findings FOLDER]';

/** Without an argument: a full run. */
const fullRun = 1_000_000;
const memoryLimit = 200_000_000;
const hangMilliseconds = 15_000;

function wholeNumber(text: string, name: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new Error(`--${name} must be a whole number above 0.`);
  return number;
}

/** The worker as one file: a worker that compiles TypeScript would take memory of its own. */
async function bundleWorker(folder: string): Promise<string> {
  const outfile = join(folder, 'fuzz-worker.cjs');
  const define = { __dirname: JSON.stringify(join(__dirname, '..', 'samples')) };
  await build({
    entryPoints: [join(__dirname, 'fuzz-worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    define,
    logLevel: 'warning',
  });
  return outfile;
}

/** Writes the input of every finding, so that it can be looked at and run again. */
function writeFindings(result: FuzzResult, seed: number, folder: string): void {
  if (result.findings.length === 0) return;
  mkdirSync(folder, { recursive: true });
  const files = seedFiles();
  for (const { index, kind } of result.findings) {
    writeFileSync(join(folder, `${kind}-${seed}-${index}.dcm`), makeInput(files, seed, index).bytes);
  }
}

async function fuzz(): Promise<number> {
  const { values } = parseArgs({
    options: {
      inputs: { type: 'string', default: String(fullRun) },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: String(availableParallelism()) },
      findings: { type: 'string', default: '.build/fuzz' },
    },
  });
  const inputs = wholeNumber(values.inputs, 'inputs');
  const seed = wholeNumber(values.seed, 'seed');
  const workers = Math.min(inputs, wholeNumber(values.workers, 'workers'));
  const folder = mkdtempSync(join(tmpdir(), 'nmip-fuzz-'));
  const startedAt = performance.now();
  let next = 0;
  try {
    const workerFile = await bundleWorker(folder);
    const result = await runWorkers({
      seed,
      inputs,
      workers,
      workerFile,
      folder,
      memoryLimit,
      hangMilliseconds,
      onProgress: (count) => {
        if (count < next) return;
        next = count + 50_000;
        console.error(`${count} of ${inputs} inputs`);
      },
    });
    writeFindings(result, seed, values.findings);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const peakMegabytes = Math.round(result.peakBytes / 1e6);
    const { fates, findings } = result;
    console.log(
      JSON.stringify({ seed, inputs: result.inputs, seconds, peakMegabytes, fates, findings }, null, 2),
    );
    return findings.length === 0 && result.inputs === inputs ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

fuzz().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error), `\nUsage: ${usage}`);
    process.exitCode = 2;
  },
);
