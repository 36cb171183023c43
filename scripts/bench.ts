import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { benchEngine } from './bench/bench-engine';
import { benchFirstFrame, benchPipeline } from './bench/bench-platform';
import { rounded } from './bench/measured-process';

/** `npm run bench`: measures the platform and the engine on this machine and prints the figures as JSON. */
async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'nmip-bench-'));
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    console.error(`${name} …`);
    return work();
  };
  try {
    const figures = {
      machine: {
        processor: cpus()[0]?.model ?? 'unknown',
        cores: cpus().length,
        memoryGigabytes: rounded(totalmem() / 1e9),
        node: process.version,
        platform: `${process.platform} ${process.arch}`,
      },
      firstFrame: await step('From start to the first frame', () => benchFirstFrame(join(folder, 'first'))),
      pipeline: [
        await step('500 files through the pipeline', () => benchPipeline(join(folder, 'pipeline'), 500)),
        await step('2,000 files through the pipeline', () => benchPipeline(join(folder, 'pipeline'), 2_000)),
      ],
      engine: [
        await step('Engine on 130 MB', () => benchEngine(join(folder, 'engine'), 130)),
        await step('Engine on 525 MB', () => benchEngine(join(folder, 'engine'), 525)),
      ],
    };
    console.log(JSON.stringify(figures, null, 2));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void bench();
