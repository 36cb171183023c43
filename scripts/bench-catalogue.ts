import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { makeLake } from './bench/catalogue/make-lake';
import type { measureLake } from './bench/catalogue/measure-lake';
import { measureProcess, rounded } from './bench/measured-process';

/** Instance rows of the lakes that are measured, where none are named. */
const sizes = [1_000_000, 2_000_000, 5_000_000, 10_000_000];

async function inProcess<Figures>(words: readonly string[], scratch: string) {
  const program = join(__dirname, 'bench', 'catalogue', 'bench-lake.ts');
  const run = await measureProcess(['--import', 'tsx', program, ...words], join(scratch, 'peak'));
  return { ...(JSON.parse(run.stdout) as Figures), peakMegabytes: run.peakMegabytes };
}

async function benchSize(folder: string, scratch: string, instances: number) {
  console.error(`${instances} instances: a lake and its release …`);
  const making = await inProcess<Awaited<ReturnType<typeof makeLake>>>(
    ['make', folder, String(instances)],
    scratch,
  );
  console.error(`${instances} instances: counts, a cohort, whom it represents …`);
  const figures = await inProcess<Awaited<ReturnType<typeof measureLake>>>(
    ['measure', folder, join(scratch, String(instances))],
    scratch,
  );
  return { instances, making, ...figures };
}

type Figures = Awaited<ReturnType<typeof benchSize>>;

/** How times grow from the smallest lake to each other, beside how the lake grows: no more is no worse than linear. */
function growthOf([smallest, ...larger]: readonly Figures[]) {
  return larger.map((figures) => {
    const times = (of: (each: Figures) => number | undefined): number =>
      smallest === undefined
        ? Number.NaN
        : rounded((of(figures) ?? Number.NaN) / (of(smallest) ?? Number.NaN));
    return {
      from: smallest?.instances,
      to: figures.instances,
      rows: times(({ instances }) => instances),
      countsWithFacets: times(({ counts }) => counts.withFacets.answered?.milliseconds.p95),
      countsWithoutFacets: times(({ counts }) => counts.withoutFacets.answered?.milliseconds.p95),
      list: times(({ list }) => list.milliseconds),
      cohort: times(({ cohort }) => cohort?.milliseconds),
      representativenessOfCohort: times(
        ({ representativeness }) => representativeness.ofCohort?.milliseconds,
      ),
      figuresOfRelease: times(({ representativeness }) => representativeness.ofRelease.figuresMilliseconds),
      making: times(({ making }) => making.releaseMilliseconds),
    };
  });
}

/**
 * `npm run bench:catalogue [-- FOLDER [ROWS …]]`: measures what people ask of synthetic lakes and prints the figures as JSON. A
 * folder that is named keeps its lakes for the next run; without one they are made anew and deleted.
 */
async function bench(): Promise<void> {
  const {
    positionals: [named, ...rows],
  } = parseArgs({ allowPositionals: true });
  const scratch = await mkdtemp(join(tmpdir(), 'nmip-catalogue-'));
  const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
  const loadBefore = loadavg();
  try {
    const figures: Figures[] = [];
    for (const instances of rows.length > 0 ? rows.map(Number) : sizes)
      figures.push(await benchSize(join(named ?? scratch, `lake-${instances}`), scratch, instances));
    console.log(JSON.stringify({ machine, loadBefore, lakes: figures, growth: growthOf(figures) }, null, 2));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

void bench();
