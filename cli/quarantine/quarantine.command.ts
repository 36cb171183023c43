import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type * as z from 'zod';
import { quarantineCodes } from '../../dicom/quarantine/quarantine-codes';
import {
  type FileReference,
  type QuarantineView,
  quarantineCounts,
  quarantineDetails,
  quarantinePage,
  quarantineStates,
  rejectionReasons,
} from '../../lambda/quarantine/quarantine.contract';
import { ApiClient } from '../api/api-client';
import { exitCode } from '../terminal/exit-code';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { collectFileName, fileName, filePath, parseFileName } from './file-names';
import { countsText, detailsText, filesText } from './quarantine-text';
import { type ReleaseOptions, release } from './release';

interface ListOptions extends OutputOptions {
  readonly code?: string;
  readonly trust?: string;
  readonly state?: string;
  readonly endsWithin?: number;
}

interface RejectOptions extends OutputOptions {
  readonly reason: string;
}

function parseDays(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError('Give a whole number of days.');
  return Number(text);
}

async function list(output: Output, options: ListOptions): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const { code, trust, state, endsWithin } = options;
  const { counts } = await client.get('/v1/quarantine/counts', quarantineCounts);
  const shown = counts.filter(
    (each) => (code === undefined || each.code === code) && (trust === undefined || each.trust === trust),
  );
  const files: QuarantineView[] = [];
  const query = {
    code,
    trust,
    state: state ?? (endsWithin === undefined ? undefined : 'waiting'),
    endsWithin,
  };
  type Page = z.infer<typeof quarantinePage>;
  for await (const page of client.pages<Page>('/v1/quarantine', quarantinePage, query)) {
    if (output.json) for (const file of page.files) output.result('', file);
    files.push(...page.files);
  }
  if (!output.json)
    output.result([countsText(shown), ...(files.length > 0 ? ['', filesText(files)] : [])].join('\n'), files);
}

async function show(output: Output, file: FileReference): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const details = await client.get(filePath(file), quarantineDetails);
  output.result(detailsText(details), details);
}

async function reject(
  output: Output,
  files: readonly FileReference[],
  { reason }: RejectOptions,
): Promise<undefined> {
  const client = await ApiClient.signedIn();
  for (const file of files) {
    const rejected = await client.post(`${filePath(file)}/reject`, { reason }, quarantineDetails);
    output.result(`${fileName(file)} is rejected (${reason}); its copy is deleted.`, rejected);
  }
}

const codeOption = (text: string) => new Option('--code <code>', text).choices(quarantineCodes);

/** Files are parsed one by one, so that a wrong one is named. */
const filesArgument = (syntax: string) =>
  new Argument(syntax, 'files as SUBMISSION/NUMBER').argParser(collectFileName);

export function quarantineCommand(): Command {
  const quarantine = new Command('quarantine').description(
    'Quarantined files. Officers see all and decide; a trust sees its own. Nobody can download one.',
  );
  quarantine
    .command('list')
    .description('Files in quarantine: counts by code first.')
    .addOption(codeOption('only of this code'))
    .option('--trust <ods>', 'only of this trust')
    .addOption(new Option('--state <state>', 'only in this state').choices(quarantineStates))
    .option('--ends-within <days>', 'only waiting files that end within so many days', parseDays)
    .option('--json', 'files as JSON, one a line')
    .action((options: ListOptions) => runCommand(options, (output) => list(output, options)));
  quarantine
    .command('show')
    .description('One file: what happened, whether it can be released, whether the rules have changed since.')
    .argument('<file>', 'SUBMISSION/NUMBER', parseFileName)
    .option('--json', 'result as JSON')
    .action((file: FileReference, options: OutputOptions) =>
      runCommand(options, (output) => show(output, file)),
    );
  quarantine
    .command('release')
    .description(
      'Process files again, from the start and under the rules of today (officers). Nothing is passed on as it is. ' +
        'With --watch exit code 1 where files were quarantined again.',
    )
    .addArgument(filesArgument('[files...]'))
    .addOption(codeOption('all waiting files of this code'))
    .option('--trust <ods>', 'of the code, only those of this trust')
    .option('--dry-run', 'say what would be released')
    .option('--again', 'also files whose rules have not changed since')
    .option('--watch', 'wait for the end')
    .option('--json', 'result as JSON')
    .option('--quiet', 'no progress')
    .action((files: FileReference[], options: ReleaseOptions) =>
      runCommand(options, (output) => release(output, files, options)),
    );
  quarantine
    .command('reject')
    .description('Decide that files will not be taken (officers). Their copies are deleted at once.')
    .addArgument(filesArgument('<files...>'))
    .addOption(new Option('--reason <reason>', 'why').choices([...rejectionReasons]).makeOptionMandatory())
    .option('--json', 'results as JSON, one a line')
    .action((files: FileReference[], options: RejectOptions) =>
      runCommand(options, async (output) => (await reject(output, files, options)) ?? exitCode.ok),
    );
  return quarantine;
}
