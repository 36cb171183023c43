import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { releaseVersion } from '../../lambda/releases/release.contract';
import { representativenessReport } from '../../statistics/representativeness/report.contract';
import { internalReportOnPeople, reportOnPeople } from '../../statistics/representativeness/report-on-people';
import { reportPage } from '../../statistics/representativeness/report-page';
import { getPublic } from '../api/api-request';
import { apiAddress } from '../sign-in/api-address';
import { CommandError, type ExitCode, exitCode } from '../terminal/exit-code';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { readCountsAndReferences } from './read-files';
import { hasSmallCounts, reportText } from './report-text';

interface Options extends OutputOptions {
  readonly release?: string;
  readonly api?: string;
  readonly counts?: string;
  readonly reference: readonly string[];
  readonly suppress?: boolean;
  readonly internal?: boolean;
  readonly html?: string;
}

/** The report that a published release was made with; needs no sign-in. */
async function reportOfRelease(output: Output, release: string, options: Options): Promise<ExitCode> {
  if (options.counts !== undefined)
    throw new CommandError('A release has its own counts.', exitCode.usage, {
      code: 'COUNTS_AND_RELEASE',
      fix: 'Give --release or --counts, not both.',
    });
  if (!releaseVersion.safeParse(release).success)
    throw new CommandError('This is not the version of a release.', exitCode.usage, {
      code: 'RELEASE_INVALID',
      fix: 'Give year and number, e.g. 2026.4.',
    });
  const api = await apiAddress(options.api, `representativeness --release ${release}`);
  const made = await getPublic(api, `/v1/releases/${release}/representativeness`, representativenessReport);
  if (options.html !== undefined) await writeFile(options.html, reportPage(made));
  output.result(reportText(made), made);
  return exitCode.ok;
}

async function report(output: Output, options: Options): Promise<ExitCode> {
  if (options.release !== undefined) return reportOfRelease(output, options.release, options);
  if (options.counts === undefined)
    throw new CommandError('There is nothing to report on.', exitCode.usage, {
      code: 'COUNTS_NOT_NAMED',
      fix: 'Name a file with counts, --counts FILE.json (docs/representativeness.md shows one), or a release, --release 2026.4.',
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
      'Whom a set of images represents: the people in each group against a population. Without --release it works without the platform.',
    )
    .option('--counts <file>', 'JSON with the people in each group')
    .option('--release <version>', 'the report of a published release, instead of a file with counts')
    .option('--api <url>', 'address of the platform’s API; else NMIP_API or that of the last sign-in')
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
