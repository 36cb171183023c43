import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SeededDraws } from '../faults/seeded-draws';
import { fileBytes } from './file-bytes';
import type { SendingFault, SubmissionFaults } from './sending-faults';
import type { PlannedFile, PlannedSubmission, SendingPlan } from './submission-plan';
import type { Uploader } from './uploaders';

export interface CommandOptions {
  readonly plan: SendingPlan;
  readonly submission: PlannedSubmission;
  readonly faults: SubmissionFaults;
  /** `dist/nmip.cjs` */
  readonly command: string;
  readonly uploader: Uploader;
  /** Where the folder of the submission is made. */
  readonly exports: string;
  readonly collection: string;
  readonly onFault: (fault: SendingFault) => void;
  readonly signal: AbortSignal;
}

/** A command that is killed so often and fails as often for want of a platform is not going to end. */
const mostRuns = 20;
const longestLifeMilliseconds = 2_500;

const nameOf = ({ ordinal }: PlannedFile): string => `IM${String(ordinal).padStart(6, '0')}`;

/** How the submission's files are numbered in its manifest, which the command alone decides. */
export interface SentByCommand {
  readonly id: string;
  /** The planned ordinal by that of the manifest. */
  readonly plannedOrdinals: ReadonlyMap<number, number>;
}

interface RunEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(options: CommandOptions, folder: string, killAfter: number | undefined): Promise<RunEnd> {
  const { command, uploader, collection, signal } = options;
  const child = spawn(process.execPath, [command, 'upload', folder, '--collection', collection, '--json'], {
    env: { ...process.env, XDG_STATE_HOME: uploader.person.home },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}

/** Which file of the plan stands where in the manifest, by the record that the command keeps. */
async function plannedOrdinals(options: CommandOptions, id: string): Promise<Map<number, number>> {
  const path = join(options.uploader.person.stateFolder, 'submissions', `${id}.json`);
  const { paths } = JSON.parse(await readFile(path, 'utf8')) as { paths: string[] };
  const byName = new Map(options.submission.files.map((file) => [nameOf(file), file.ordinal]));
  return new Map(paths.map((name, index) => [index + 1, byName.get(name) ?? 0]));
}

/** Sends a submission's folder by `nmip upload`, which is killed as planned and run again until it is done. */
export async function sendByCommand(options: CommandOptions): Promise<SentByCommand> {
  const { plan, submission, faults } = options;
  const folder = join(options.exports, String(submission.index));
  await mkdir(folder, { recursive: true });
  for (const file of submission.files)
    await writeFile(join(folder, nameOf(file)), fileBytes(plan.seed, file, submission.trust));
  const draws = new SeededDraws(plan.seed, `command ${submission.index}`);
  let killsLeft = faults.kills;
  for (let runs = 1; ; runs += 1) {
    const killAfter = killsLeft > 0 ? draws.between(300, longestLifeMilliseconds) : undefined;
    const { code, stdout, stderr } = await run(options, folder, killAfter);
    if (code === null && killAfter !== undefined) {
      options.onFault('uploader-killed');
      killsLeft -= 1;
      continue;
    }
    if (code === 0) {
      const record = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { submission: string };
      return { id: record.submission, plannedOrdinals: await plannedOrdinals(options, record.submission) };
    }
    if (runs >= mostRuns) throw new Error(`nmip upload ended with ${code}: ${stderr.trim().slice(-500)}`);
  }
}
