import { Command } from 'commander';
import { saveOutcome } from '../submission/follow-submission';
import { CommandError, type ExitCode, exitCode } from '../terminal/exit-code';
import { interruptSignal } from '../terminal/interrupt';
import { parseJobs } from '../terminal/option-values';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { dryRun, uploadFolder } from './upload-folder';

interface UploadOptions extends OutputOptions {
  readonly collection?: string;
  readonly demographics?: string;
  readonly dryRun?: boolean;
  readonly jobs: number;
  readonly watch?: boolean;
}

async function upload(output: Output, folder: string, options: UploadOptions): Promise<ExitCode> {
  const signal = interruptSignal();
  if (options.dryRun) {
    await dryRun(output, folder, options.demographics ?? null, signal);
    return exitCode.ok;
  }
  if (options.collection === undefined)
    throw new CommandError('Which collection are the images for?', exitCode.usage, {
      code: 'COLLECTION_MISSING',
      fix: 'Add --collection ID.',
    });
  const { submissionId } = await uploadFolder(output, {
    folder,
    collection: options.collection,
    demographics: options.demographics ?? null,
    jobs: options.jobs,
    signal,
  });
  return options.watch
    ? saveOutcome(output, submissionId, { watch: true, signal, receiptFolder: '.' })
    : exitCode.ok;
}

export function uploadCommand(): Command {
  return new Command('upload')
    .description(
      'Send the DICOM files of a folder, also those in zip archives. Other files stay where they are and are named. ' +
        'Run the same command again after a stop: it goes on where it stopped.',
    )
    .argument('<folder>', 'folder of an export; its subfolders belong to it')
    .option('--collection <id>', 'collection that the images are for')
    .option('--demographics <file>', 'CSV with a row for each subject: age, sex, ethnicity and others')
    .option('--dry-run', 'say what would be sent, and send nothing')
    .option('--jobs <number>', 'files at once', parseJobs, 16)
    .option('--watch', 'wait for the outcome and save the receipt')
    .option('--json', 'results as JSON, one a line')
    .option('--quiet', 'no progress')
    .action((folder: string, options: UploadOptions) =>
      runCommand(options, (output) => upload(output, folder, options)),
    );
}
