import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesise } from '../stack/synthesise';
import { readDrillOptions } from './drill-options';
import { isClean } from './drill-report';
import { runDrill } from './run-drill';

/** What `nmip local drill` runs: one drill, its summary on standard output and the rest on standard error. */

const projectFolder = join(__dirname, '..', '..');
const command = join(projectFolder, 'dist', 'nmip.cjs');

const tell = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

async function main(): Promise<number> {
  const options = readDrillOptions(process.argv.slice(2));
  if (!existsSync(command)) {
    tell('The nmip command, which the drill sends with, is not built. Run `npm run build:cli`.');
    return 2;
  }
  if (options.keep !== undefined && existsSync(options.keep) && (await readdir(options.keep)).length > 0) {
    tell(`${options.keep} is not empty. Give another folder with --keep.`);
    return 2;
  }
  if (options.keep !== undefined) await mkdir(options.keep, { recursive: true });
  const folder = options.keep ?? (await mkdtemp(join(tmpdir(), 'nmip-drill-')));
  const { assembly } = await synthesise({
    projectFolder,
    assembliesFolder: join(projectFolder, 'cdk.out', 'embedded'),
    environment: 'local',
    today: new Date(),
  });
  const report = await runDrill({ ...options, folder, assembly, command, tell });
  const { summary, findings, submissions } = report;
  if (options.report !== undefined) await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
  const problems = [
    ...submissions.flatMap((each) => each.problems.map((problem) => `submission ${each.index}: ${problem}`)),
    ...findings.lost,
    ...findings.doubled,
    ...findings.wrong,
    ...report.leaks.map(({ where, kind }) => `${kind} of a patient in ${where}`),
  ];
  for (const problem of problems) tell(problem);
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  const clean = isClean(summary);
  if (clean && options.keep === undefined) await rm(folder, { recursive: true, force: true });
  else tell(`Everything is kept in ${folder}`);
  return clean ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(1);
  },
);
