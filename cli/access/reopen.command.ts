import { Command } from 'commander';
import type { Reopening } from '../../lambda/register/closure.contract';
import { reopeningAnswer } from '../../lambda/register/revoke-access.contract';
import { ApiClient } from '../api/api-client';
import { requireConfirmation } from '../terminal/confirm';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';

interface ReopenOptions extends OutputOptions {
  readonly yes?: boolean;
}

async function reopen(output: Output, target: Reopening, options: ReopenOptions): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const what = target.kind === 'collection' ? target.collection : 'everything';
  await requireConfirmation(`Open ${what} again?`, options.yes === true);
  const answer = await client.post('/v1/reopenings', target, reopeningAnswer);
  output.result(
    answer.state === 'reopened'
      ? `${what} is open again. Sessions from before stay denied.`
      : `Proposed to open ${what}. Another officer has to run the same command until ${answer.expiresAt}.`,
    answer,
  );
}

export function reopenCommand(): Command {
  const command = new Command('reopen').description(
    'Open again what was shut for everybody. Two officers do it: the first proposes, the second confirms within a day.',
  );
  const withOptions = (subcommand: Command) =>
    subcommand
      .option('--yes', 'do not ask')
      .option('--json', 'result as JSON')
      .option('--quiet', 'no remarks');
  withOptions(command.command('collection').description('A collection.').argument('<collection>')).action(
    (collection: string, options: ReopenOptions) =>
      runCommand(options, (output) => reopen(output, { kind: 'collection', collection }, options)),
  );
  withOptions(command.command('everything').description('All access.')).action((options: ReopenOptions) =>
    runCommand(options, (output) => reopen(output, { kind: 'everything' }, options)),
  );
  return command;
}
