import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { countsOfReport } from '../../statistics/representativeness/counts-of-report';
import type {
  InternalReport,
  RepresentativenessReport,
} from '../../statistics/representativeness/report.contract';
import { internalReportOnPeople, reportOnPeople } from '../../statistics/representativeness/report-on-people';
import { reportPage } from '../../statistics/representativeness/report-page';
import { CommandError, type ExitCode, exitCode } from '../terminal/exit-code';
import { repeated } from '../terminal/option-values';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { type PlatformReport, reportOfCohort, reportOfCollection, reportOfRelease } from './platform-report';
import { readCounts, readReferences, requireComparable } from './read-files';
import { hasSmallCounts, reportText } from './report-text';

interface Options extends OutputOptions {
  readonly release?: string;
  readonly collection?: string;
  readonly cohort?: string;
  readonly api?: string;
  readonly counts?: string;
  readonly reference?: readonly string[];
  readonly suppress?: boolean;
  readonly internal?: boolean;
  readonly html?: string;
}

async function write(
  output: Output,
  { html }: Options,
  report: RepresentativenessReport | InternalReport,
  { notes, more }: Pick<PlatformReport, 'notes' | 'more'> = { notes: [], more: {} },
): Promise<void> {
  if (html !== undefined) await writeFile(html, reportPage(report, notes));
  output.result(reportText(report, notes), { ...report, ...more });
  if (html !== undefined) output.remark(`Wrote ${html}`);
}

/** The counts of a report against populations of one's own, in place of those of the report. */
async function againstOwn(
  report: RepresentativenessReport,
  names: readonly string[],
): Promise<RepresentativenessReport> {
  const references = await readReferences(names);
  const counts = countsOfReport(report);
  requireComparable(report.name, counts, references);
  const ids = references.map(({ id }) => id);
  return {
    ...reportOnPeople(counts, references, report.counts),
    standardised: report.standardised.filter(({ reference }) => ids.includes(reference)),
    missingByTrustRegion: report.missingByTrustRegion,
  };
}

async function reportOfPlatform(output: Output, options: Options, made: PlatformReport): Promise<void> {
  const { reference } = options;
  const report = reference === undefined ? made.report : await againstOwn(made.report, reference);
  await write(output, options, report, made);
}

async function reportOfCounts(output: Output, path: string, options: Options): Promise<void> {
  const counts = await readCounts(path);
  const references = await readReferences(options.reference ?? []);
  requireComparable(path, counts, references);
  const taken = options.suppress === true ? 'disclosure-rule' : 'as-given';
  const made =
    options.internal === true
      ? internalReportOnPeople(counts, references, taken)
      : reportOnPeople(counts, references, taken);
  await write(output, options, made);
  if (taken === 'as-given' && hasSmallCounts(made))
    output.remark('Some counts are of 1 to 7 people. Do not pass them on; --suppress takes them out.');
  if (counts.trusts !== undefined && options.internal !== true)
    output.remark('What the file says of trusts was left out; --internal shows it.');
}

const usage = (message: string, code: string, fix: string) =>
  new CommandError(message, exitCode.usage, { code, fix });

async function report(output: Output, options: Options): Promise<ExitCode> {
  const { counts, release, collection, cohort } = options;
  // a collection is of a release, so these two go together
  const sources = [counts, collection ?? release, cohort].filter((source) => source !== undefined);
  if (sources.length > 1)
    throw usage(
      'One thing is reported on at a time.',
      'SEVERAL_SOURCES',
      'Give one of --counts, --release (with --collection for a part of it) and --cohort.',
    );
  if (counts === undefined && (options.suppress === true || options.internal === true))
    throw usage(
      '--suppress and --internal are for a file of counts.',
      'OPTION_WITHOUT_COUNTS',
      'Leave them out: what the platform reports is under the disclosure rule already and names no trust.',
    );
  if (counts !== undefined) await reportOfCounts(output, counts, options);
  else if (collection !== undefined)
    await reportOfPlatform(output, options, await reportOfCollection(collection, release, options.api));
  else if (release !== undefined)
    await reportOfPlatform(output, options, await reportOfRelease(release, options.api));
  else if (cohort !== undefined) await reportOfPlatform(output, options, await reportOfCohort(cohort));
  else
    throw usage(
      'There is nothing to report on.',
      'COUNTS_NOT_NAMED',
      'Name a release, --release 2026.4, one collection of it, --collection chest, a cohort, --cohort k-…@v1, or a file with counts, --counts FILE.json (docs/representativeness.md shows one).',
    );
  return exitCode.ok;
}

export function representativenessCommand(): Command {
  return new Command('representativeness')
    .description(
      'Whom a set of images represents: the people in each group against a population. A report of the platform, or ' +
        'one on a file of counts, which needs neither sign-in nor network.',
    )
    .option('--release <version>', 'the report of a published release; needs no sign-in')
    .option(
      '--collection <id>',
      'the report on one collection of the release, or of the latest release where --release names none',
    )
    .option(
      '--cohort <version>',
      'the report of a version of a cohort, k-…@v1; of the last version where no number is given',
    )
    .option('--counts <file>', 'JSON with the people in each group')
    .option('--api <url>', 'address of the platform’s API; else NMIP_API or that of the last sign-in')
    .option(
      '--reference <file>',
      'JSON with a population, or england-census-2021; may be repeated. Where none is named: of a release or cohort those that the platform compared with, of a file England’s census',
      repeated,
    )
    .option(
      '--suppress',
      'of --counts: apply the disclosure rule first; fewer than 8 suppressed, others to the nearest 5',
    )
    .option('--internal', 'of --counts: with what is missing by trust, for people inside the platform')
    .option('--html <file>', 'write the report as a page, too')
    .option('--json', 'results as JSON, one a line')
    .option('--quiet', 'no remarks')
    .action((options: Options) => runCommand(options, (output) => report(output, options)));
}
