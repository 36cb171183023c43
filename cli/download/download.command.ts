import { resolve } from 'node:path';
import { Command } from 'commander';
import { readStudyList } from '../credentials/project-credentials';
import { CommandError, type ExitCode, exitCode } from '../terminal/exit-code';
import { interruptSignal } from '../terminal/interrupt';
import { parseJobs } from '../terminal/option-values';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { count, plural, size } from '../terminal/text';
import { downloadProject } from './download-project';

interface DownloadOptions extends OutputOptions {
  readonly project: string;
  readonly to: string;
  readonly jobs: number;
  readonly studies?: string;
  readonly frames?: boolean;
  readonly endpoint?: string;
}

async function download(output: Output, options: DownloadOptions): Promise<ExitCode> {
  const folder = resolve(options.to);
  const { files, series, kept, missing } = await downloadProject(output, {
    project: options.project,
    folder,
    jobs: options.jobs,
    studies: options.studies === undefined ? null : await readStudyList(options.studies),
    frames: options.frames ?? false,
    endpoint: options.endpoint ?? process.env.AWS_ENDPOINT_URL_MEDICAL_IMAGING,
    signal: interruptSignal(),
  });
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const noun = options.frames ? 'frame' : 'file';
  output.result(
    `Verified ${plural(files.length, noun)} (${size(bytes)}) of ${plural(series, 'series', 'series')}, ` +
      `${count(kept)} of them from an earlier run. ${count(missing.length)} missing. Wrote ${folder}/manifest.csv`,
    { files: files.length, series, bytes, kept, missing, manifest: `${folder}/manifest.csv` },
  );
  if (missing.length > 0)
    throw new CommandError(`${plural(missing.length, noun)} could not be had whole.`, exitCode.integrity, {
      code: 'DOWNLOAD_INCOMPLETE',
      detail: missing
        .slice(0, 20)
        .map((file) => file.path)
        .join('\n'),
      fix: 'Run the same command again; if it happens again, tell the platform team.',
    });
  return exitCode.ok;
}

export function downloadCommand(): Command {
  return new Command('download')
    .description(
      'Fetch the images that a project may read, by DICOMweb. Run the same command again after a stop: what is ' +
        'there is verified and kept.',
    )
    .requiredOption('--project <id>', 'project, p-…')
    .requiredOption('--to <folder>', 'where the images go: a folder a study, in it one a series')
    .option('--studies <file>', 'only these Study Instance UIDs, one a line')
    .option('--frames', 'the frames in their stored form instead of whole DICOM files')
    .option('--jobs <number>', 'requests at once', parseJobs, 16)
    .option('--endpoint <url>', 'DICOMweb endpoint, e.g. a VPC endpoint (default: the one of the platform)')
    .option('--json', 'result as JSON')
    .option('--quiet', 'no progress')
    .action((options: DownloadOptions) => runCommand(options, (output) => download(output, options)));
}
