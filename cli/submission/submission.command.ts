import { Command } from 'commander';
import type * as z from 'zod';
import { submissionsPage } from '../../lambda/submission/submission.contract';
import { ApiClient } from '../api/api-client';
import { exitCode } from '../terminal/exit-code';
import { interruptSignal } from '../terminal/interrupt';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { count, table } from '../terminal/text';
import { saveOutcome } from './follow-submission';
import { outcomeLine } from './submission-text';

interface SubmissionOptions extends OutputOptions {
  readonly watch?: boolean;
  readonly to: string;
}

async function listSubmissions(output: Output): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const rows = [['ID', 'STATE', 'COLLECTION', 'FILES', 'CREATED', 'OUTCOME']];
  type Page = z.infer<typeof submissionsPage>;
  for await (const page of client.pages<Page>('/v1/submissions', submissionsPage))
    for (const submission of page.submissions) {
      const { id, state, expired, collection, fileCount, createdAt, replayOf, ledgerTotals } = submission;
      if (output.json) output.result('', submission);
      rows.push([
        id,
        expired ? `${state} (expired)` : state,
        collection,
        count(fileCount),
        createdAt.slice(0, 16),
        [ledgerTotals ? outcomeLine(ledgerTotals) : '', replayOf ? '(replay from quarantine)' : '']
          .filter(Boolean)
          .join('   '),
      ]);
    }
  if (!output.json) output.result(table(rows), rows);
}

export function submissionCommand(): Command {
  return new Command('submission')
    .description(
      'State of a submission and, at its end, what became of its files; saves the signed receipt. ' +
        'Exit code 1 where files were turned away. Without an id: the submissions of your trust.',
    )
    .argument('[id]', 'id of the submission, s-…')
    .option('--watch', 'wait for the end')
    .option('--to <folder>', 'where the receipt is saved', '.')
    .option('--json', 'results as JSON, one a line')
    .option('--quiet', 'no progress')
    .action((id: string | undefined, options: SubmissionOptions) =>
      runCommand(options, async (output) => {
        if (id === undefined) return (await listSubmissions(output)) ?? exitCode.ok;
        const { watch = false, to } = options;
        return saveOutcome(output, id, { watch, signal: interruptSignal(), receiptFolder: to });
      }),
    );
}
