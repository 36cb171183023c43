import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { DrillSummary } from './drill-report';

/** What `npm run drill` runs: ten drills one after the other, each with a seed of its own, and a line for each. */

const seeds = Array.from({ length: 10 }, (_, index) => String(index + 1));
const size = ['--files', '2000', '--faults', '500'];

interface DrillEnd {
  readonly code: number | null;
  readonly summary: DrillSummary | null;
}

async function drill(seed: string): Promise<DrillEnd> {
  const programme = join(__dirname, 'drill.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', programme, '--seed', seed, ...size], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, code] = await Promise.all([
    text(child.stdout),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  const line = said.trim().split('\n').at(-1) ?? '';
  return { code, summary: line === '' ? null : (JSON.parse(line) as DrillSummary) };
}

function lineOf(seed: string, { code, summary }: DrillEnd): string {
  if (summary === null) return `seed ${seed}: ended with ${code} and without a summary`;
  const { files, faults, restarts, redriven, lost, doubled, leaks, wrong, receipts, submissions, seconds } =
    summary;
  return (
    `seed ${seed}: ${files} files, ${faults} faults, ${restarts} restarts, ${redriven} run again; ` +
    `lost ${lost}, doubled ${doubled}, leaks ${leaks}, wrong ${wrong}, receipts ${receipts}/${submissions}; ${seconds} s`
  );
}

async function main(): Promise<number> {
  const lines: string[] = [];
  let failed = 0;
  for (const seed of seeds) {
    const end = await drill(seed);
    if (end.code !== 0) failed += 1;
    lines.push(lineOf(seed, end));
    process.stderr.write(`${lines.at(-1)}\n`);
  }
  console.log(`${lines.join('\n')}\n${seeds.length - failed} of ${seeds.length} drills ended well.`);
  return failed === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
