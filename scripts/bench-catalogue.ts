import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchCatalogue } from './bench/bench-catalogue';
import { rounded } from './bench/measured-process';

/** Instance rows of the lakes that are measured, where none are named. */
const sizes = [1_000_000, 2_000_000, 5_000_000, 10_000_000];

/**
 * `npm run bench:catalogue [-- FOLDER [ROWS …]]`: measures questions on synthetic lakes and prints the figures as JSON. A folder
 * that is named keeps its lakes for the next run; without one they are made anew and deleted.
 */
async function bench(): Promise<void> {
  const [named, ...rows] = process.argv.slice(2);
  const folder = named ?? (await mkdtemp(join(tmpdir(), 'nmip-catalogue-')));
  try {
    const figures: Awaited<ReturnType<typeof benchCatalogue>>[] = [];
    for (const instances of rows.length > 0 ? rows.map(Number) : sizes) {
      console.error(`${instances} instances …`);
      figures.push(await benchCatalogue(join(folder, `lake-${instances}`), instances));
    }
    const machine = {
      processor: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      loadOfMachine: loadavg(),
    };
    console.log(JSON.stringify({ machine, lakes: figures, growth: growthOf(figures) }, null, 2));
  } finally {
    if (named === undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** How times grow from a lake to the next, beside how the lake grows. */
function growthOf(figures: readonly Awaited<ReturnType<typeof benchCatalogue>>[]) {
  return figures.slice(1).flatMap((larger, at) => {
    const smaller = figures[at];
    if (smaller === undefined) return [];
    const ratio = (of: (figure: typeof larger) => number): number => rounded(of(larger) / of(smaller));
    const rows = ratio((each) => each.instances);
    const times = {
      facets: ratio((each) => each.facets.milliseconds.p95),
      representativeness: ratio((each) => each.representativeness.milliseconds),
      cohortByStudy: ratio((each) => each.cohort.milliseconds / each.cohort.studies),
      release: ratio((each) => each.releaseMilliseconds),
    };
    return [{ from: smaller.instances, to: larger.instances, rows, ...times }];
  });
}

void bench();
