import { Command } from 'commander';
import { ApiClient } from '../api/api-client';
import { type ExitCode, exitCode } from '../terminal/exit-code';
import { interruptSignal } from '../terminal/interrupt';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { plural } from '../terminal/text';
import { sendTable } from './send-table';
import { completenessText, readTableFile } from './table-file';

async function check(output: Output, file: string): Promise<ExitCode> {
  const { completeness } = await readTableFile(output, file);
  output.result(`${plural(completeness.rows, 'row')}, no faults · ${completenessText(completeness)}`, {
    demographics: file,
    faults: [],
    more: 0,
    ...completeness,
  });
  return exitCode.ok;
}

async function send(output: Output, submission: string, file: string): Promise<ExitCode> {
  const client = await ApiClient.signedIn();
  const table = await readTableFile(output, file);
  const { upload: _, ...accepted } = await sendTable(output, client, submission, table, interruptSignal());
  output.result(
    `Submission ${submission}: ${plural(accepted.rows, 'row')} received · ${completenessText(accepted)}. ` +
      'Rows of patients without imported images are not kept.',
    { submission, ...accepted },
  );
  return exitCode.ok;
}

export function demographicsCommand(): Command {
  const command = new Command('demographics').description(
    'Demographics of the subjects of a submission, a CSV with a row for each. The columns are in docs/guides/trust.md.',
  );
  command
    .command('check')
    .description('Check a table by the rules of the platform and say all that is wrong; sends nothing.')
    .argument('<file>', 'CSV in UTF-8')
    .option('--json', 'results as JSON, one a line')
    .option('--quiet', 'no progress')
    .action((file: string, options: OutputOptions) => runCommand(options, (output) => check(output, file)));
  command
    .command('send')
    .description(
      'Send a table to a submission, before or after its images. It replaces the table that was sent before.',
    )
    .argument('<submission>', 'id of the submission, s-…')
    .argument('<file>', 'CSV in UTF-8')
    .option('--json', 'results as JSON, one a line')
    .option('--quiet', 'no progress')
    .action((submission: string, file: string, options: OutputOptions) =>
      runCommand(options, (output) => send(output, submission, file)),
    );
  return command;
}
