import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { internalReportOnPeople, reportOnPeople } from '../../statistics/representativeness/report-on-people';
import { reportPage } from '../../statistics/representativeness/report-page';
import { CommandError, type ExitCode, exitCode } from '../terminal/exit-code';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { readCountsAndReferences } from './read-files';
import { hasSmallCounts, reportText } from './report-text';

interface Options extends OutputOptions {
  readonly counts?: string;
  readonly reference: readonly string[];
  readonly suppress?: boolean;
  readonly internal?: boolean;
  readonly html?: string;
}

async function report(output: Output, options: Options): Promise<ExitCode> {
  if (options.counts === undefined)
    throw new CommandError('There is nothing to report on.', exitCode.usage, {
      code: 'COUNTS_NOT_NAMED',
      fix: 'Name a file with counts: --counts FILE.json. docs/representativeness.md shows one.',
    });
  const { counts, references } = await readCountsAndReferences(options.counts, options.reference);
  const taken = options.suppress === true ? 'disclosure-rule' : 'as-given';
  const made =
    options.internal === true
      ? internalReportOnPeople(counts, references, taken)
      : reportOnPeople(counts, references, taken);
  if (options.html !== undefined) await writeFile(options.html, reportPage(made));
  output.result(reportText(made), made);
  if (taken === 'as-given' && hasSmallCounts(made))
    output.remark('Some counts are of 1 to 7 people. Do not pass them on; --suppress takes them out.');
  if (counts.trusts !== undefined && options.internal !== true)
    output.remark('What the file says of trusts was left out; --internal shows it.');
  return exitCode.ok;
}

export function representativenessCommand(): Command {
  return new Command('representativeness')
    .description(
      'Whom a set of images represents: the people in each group against a population. Works without the platform.',
    )
    .option('--counts <file>', 'JSON with the people in each group')
    .option(
      '--reference <file>',
      'JSON with a population, or england-census-2021, which is meant where none is named; may be repeated',
      (name: string, names: readonly string[]) => [...names, name],
      [] as readonly string[],
    )
    .option('--suppress', 'apply the disclosure rule first: fewer than 8 suppressed, others to the nearest 5')
    .option('--internal', 'with what is missing by trust, for people inside the platform')
    .option('--html <file>', 'write the report as a page, too')
    .option('--json', 'results as JSON, one a line')
    .option('--quiet', 'no remarks')
    .action((options: Options) => runCommand(options, (output) => report(output, options)));
}
