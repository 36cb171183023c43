import { statfs } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { type LandedLargeFile, LargeFileRoom, type LargeFileRun } from './bench/large-file-room';
import { median, rounded } from './bench/measured-process';

const usage = 'npm run bench:copy [-- --megabytes N,N,…] [--rounds N] [--folder FOLDER]';

const memoryMegabytes = 512;
const mostPixelMegabytes = 16;

interface RouteFigures {
  readonly medianSeconds: number;
  readonly megabytesReceived: number;
  readonly megabytesSent: number;
  readonly peakMebibytes: number | null;
}

function figures(runs: readonly LargeFileRun[]): RouteFigures {
  const peaks = runs.flatMap(({ peakMebibytes }) => (peakMebibytes === null ? [] : [peakMebibytes]));
  return {
    medianSeconds: rounded(median(runs.map(({ seconds }) => seconds)), 2),
    megabytesReceived: rounded(median(runs.map(({ received }) => received)) / 1e6, 2),
    megabytesSent: rounded(median(runs.map(({ sent }) => sent)) / 1e6, 2),
    peakMebibytes: peaks.length === 0 ? null : rounded(Math.max(...peaks)),
  };
}

/**
 * Runs one route in a function of its own, since the peak of a process only grows.
 * @throws Error where the function failed or took another route than was asked for
 */
async function runRoute(
  folder: string,
  megabytes: number,
  route: 'copied' | 'streamed',
): Promise<LargeFileRun> {
  const room = await LargeFileRoom.open(memoryMegabytes, folder);
  try {
    const submissionId = 's-00000000000000000000000001';
    const file: LandedLargeFile = await room.land(submissionId, megabytes);
    const asked = route === 'copied' ? file : { ...file, sha256: '0'.repeat(64) };
    const run = await room.run(submissionId, asked);
    if (run.result.outcome !== 'staged') throw new Error(`${route}: ${JSON.stringify(run.result)}`);
    return run;
  } finally {
    await room.close();
  }
}

/** What both routes must have in common, and what the copied one must keep to. */
function check(copied: LargeFileRun, streamed: LargeFileRun): void {
  if (JSON.stringify(copied.result) !== JSON.stringify(streamed.result))
    throw new Error('The routes give different results.');
  if (copied.received + copied.sent > mostPixelMegabytes * 1e6)
    throw new Error(`${copied.received + copied.sent} bytes crossed the function on the copied route.`);
  for (const { peakMebibytes } of [copied, streamed])
    if (peakMebibytes !== null && peakMebibytes > memoryMegabytes)
      throw new Error(`The function took ${peakMebibytes} MiB.`);
}

async function bench(): Promise<void> {
  const { values } = parseArgs({
    options: {
      megabytes: { type: 'string', default: '130,525,3000' },
      rounds: { type: 'string', default: '3' },
      folder: { type: 'string', default: tmpdir() },
    },
  });
  const sizes = values.megabytes.split(',').map(Number);
  const rounds = Number(values.rounds);
  if (![...sizes, rounds].every((value) => Number.isInteger(value) && value > 0))
    throw new Error('--megabytes and --rounds take whole numbers above 0.');
  const { bavail, bsize } = await statfs(values.folder);
  // The source, and the output beside the parts that streamed.
  if (bavail * bsize < 3.2e6 * Math.max(...sizes)) throw new Error(`${values.folder} has no room.`);
  const all: object[] = [];
  for (const megabytes of sizes) {
    console.error(`native multi-frame ${megabytes} MB …`);
    const copied: LargeFileRun[] = [];
    const streamed: LargeFileRun[] = [];
    for (let round = 0; round < rounds; round += 1) {
      copied.push(await runRoute(values.folder, megabytes, 'copied'));
      streamed.push(await runRoute(values.folder, megabytes, 'streamed'));
      check(copied.at(-1) as LargeFileRun, streamed.at(-1) as LargeFileRun);
    }
    const ratio = (of: (run: LargeFileRun) => number): number =>
      rounded(median(streamed.map((run, index) => of(run) / of(copied[index] as LargeFileRun))), 2);
    all.push({
      megabytes,
      copied: figures(copied),
      streamed: figures(streamed),
      streamedPerCopied: {
        seconds: ratio(({ seconds }) => seconds),
        bytesThroughFunction: ratio(({ received, sent }) => received + sent),
      },
    });
  }
  const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
  console.log(JSON.stringify({ machine, memoryMegabytes, rounds, files: all }, null, 2));
}

bench().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error), `\nUsage: ${usage}`);
  process.exitCode = 1;
});
