import { Command } from 'commander';
import type * as z from 'zod';
import {
  cohortDifference,
  cohortsPage,
  cohortVersionView,
  cohortWithVersions,
  type FacetName,
  facetNames,
  newCount,
  shownCounts,
} from '../../lambda/cohorts/cohort.contract';
import { nearestName } from '../../statistics/nearest-name';
import { ApiClient } from '../api/api-client';
import { requireProjectId } from '../credentials/project-credentials';
import { CommandError, exitCode } from '../terminal/exit-code';
import { repeated } from '../terminal/option-values';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { count, plural, table, visibleName } from '../terminal/text';
import { type CreateOptions, createCohort } from './cohort-create';
import { readVersion, versionOf, writeManifest } from './cohort-manifest';
import { readCohortName } from './cohort-name';
import { countsLine, facetText, shownText, versionText } from './cohort-text';
import { requireFilter } from './filter-fault';

interface CountOptions extends OutputOptions {
  readonly project: string;
  readonly where: string;
  readonly release?: string;
  readonly by?: readonly string[];
  readonly dryRun?: boolean;
}

/** @throws CommandError (exit 2) that names the attribute that was probably meant */
function requireFacet(name: string): FacetName {
  const found = facetNames.find((each) => each === name);
  if (found !== undefined) return found;
  const nearest = nearestName(name, facetNames);
  throw new CommandError(`Patients cannot be counted by ${visibleName(name.slice(0, 40))}.`, exitCode.usage, {
    code: 'ATTRIBUTE_UNKNOWN',
    fix:
      nearest === null
        ? `Give one of ${facetNames.join(', ')}; --by may be repeated.`
        : `Did you mean ${nearest}?`,
  });
}

async function countCohort(output: Output, options: CountOptions): Promise<undefined> {
  requireFilter(options.where);
  const facets = (options.by ?? []).map(requireFacet);
  const asked = newCount.safeParse({
    project: requireProjectId(options.project),
    filter: options.where,
    release: options.release,
    facets,
  });
  if (!asked.success)
    throw new CommandError('The question is not as it must be.', exitCode.usage, {
      code: 'OPTION_INVALID',
      detail: `--${asked.error.issues[0]?.path.join('.')}: ${asked.error.issues[0]?.message}`,
      fix: '--release is year and number, e.g. 2026.4; each attribute of --by stands once.',
    });
  if (options.dryRun === true) {
    output.result('The filter can be read. Nothing was asked.', { filter: options.where });
    return;
  }
  const client = await ApiClient.signedIn();
  const counts = await client.post('/v1/cohorts/counts', asked.data, shownCounts);
  output.result([countsLine(counts), ...counts.facets.map(facetText)].join('\n\n'), counts);
}

async function listCohorts(output: Output, project: string): Promise<undefined> {
  requireProjectId(project);
  const client = await ApiClient.signedIn();
  type Page = z.infer<typeof cohortsPage>;
  const cohorts: Page['cohorts'] = [];
  for await (const page of client.pages<Page>('/v1/cohorts', cohortsPage, { project }))
    cohorts.push(...page.cohorts);
  if (output.json) for (const cohort of cohorts) output.result('', cohort);
  else
    output.result(
      table([
        ['ID', 'VERSIONS', 'MADE', 'NAME'],
        ...cohorts.map((each) => [
          each.cohortId,
          String(each.latest),
          each.createdAt.slice(0, 10),
          each.name,
        ]),
      ]),
      cohorts,
    );
}

async function showCohort(output: Output, name: string): Promise<undefined> {
  const { id, version } = readCohortName(name);
  const client = await ApiClient.signedIn();
  if (version !== null) {
    const made = await client.get(`/v1/cohorts/${id}/versions/${version}`, cohortVersionView);
    output.result(versionText(made), made);
    return;
  }
  const cohort = await client.get(`/v1/cohorts/${id}`, cohortWithVersions);
  output.result(
    [
      `${cohort.cohortId}  ${cohort.name}  (${cohort.projectId})`,
      table([
        ['VERSION', 'RELEASE', 'STUDIES', 'PATIENTS', 'MADE', 'FILTER'],
        ...cohort.versions.map((each) => [
          `v${each.cohortVersion}`,
          each.release,
          count(each.totals.studies),
          shownText(each.patients, '').trim(),
          each.createdAt.slice(0, 10),
          each.filter === '' ? '(everything)' : each.filter,
        ]),
      ]),
    ].join('\n'),
    cohort,
  );
}

async function compareVersions(output: Output, from: string, to: string): Promise<undefined> {
  const [before, after] = [readCohortName(from), readCohortName(to)];
  if (before.id !== after.id)
    throw new CommandError('These are versions of two cohorts.', exitCode.usage, {
      code: 'TWO_COHORTS',
      fix: 'Compare versions of one cohort: nmip cohort diff k-…@v1 k-…@v2.',
    });
  const client = await ApiClient.signedIn();
  const difference = await client.get(`/v1/cohorts/${before.id}/diff`, cohortDifference, {
    from: await versionOf(client, before),
    to: await versionOf(client, after),
  });
  const { kept, added, removed, withdrawn, studies } = difference;
  const named = (sign: string, uids: readonly string[], all: number) => [
    ...uids.map((uid) => `${sign} ${uid}`),
    ...(all > uids.length ? [`${sign} … and ${count(all - uids.length)} more`] : []),
  ];
  output.result(
    [
      `v${difference.from} to v${difference.to}: ${plural(added, 'study', 'studies')} added, ${count(removed)} removed, ${count(kept)} kept; ${count(withdrawn)} of v${difference.from} withdrawn since`,
      ...(studies === null
        ? []
        : [...named('-', studies.removed, removed), ...named('+', studies.added, added)]),
    ].join('\n'),
    difference,
  );
}

async function manifest(output: Output, name: string, path: string): Promise<undefined> {
  const named = readCohortName(name);
  const client = await ApiClient.signedIn();
  const made = await readVersion(client, named);
  const { cohortId, cohortVersion, manifest: sha256, cite } = made;
  const { studies, withdrawn } = await writeManifest(client, made, path);
  output.result(
    [
      `Wrote ${plural(studies, 'study', 'studies')} of ${cohortId}@v${cohortVersion} to ${path}; ${count(withdrawn)} of them withdrawn since.`,
      `The list is the one that was made (digest ${sha256}).`,
      `Cite as: ${cite}`,
    ].join('\n'),
    { cohortId, cohortVersion, studies, withdrawn, manifest: sha256, cite, file: path },
  );
}

const jsonOption = ['--json', 'results as JSON, one a line'] as const;
const quietOption = ['--quiet', 'no remarks'] as const;

export function cohortCommand(): Command {
  const command = new Command('cohort').description(
    'Count what a filter finds, and make lists of studies that papers can cite.',
  );
  command
    .command('count')
    .description('How many patients and studies a filter finds, after the disclosure rule.')
    .requiredOption('--project <id>', 'project, p-…')
    .requiredOption('--where <filter>', 'what to count, e.g. "modality = CR and age >= 18"')
    .option('--release <version>', 'release, e.g. 2026.4 (default: the latest)')
    .option('--by <attribute>', `patients by ${facetNames.join(', ')}; may be repeated`, repeated)
    .option('--dry-run', 'read the filter and ask nothing')
    .option(...jsonOption)
    .action((options: CountOptions) => runCommand(options, (output) => countCohort(output, options)));
  command
    .command('create')
    .description('Make a cohort, or a further version of one; shows first whom it represents.')
    .requiredOption('--project <id>', 'project, p-…')
    .requiredOption('--where <filter>', 'which studies')
    .option('--name <text>', 'what it is called (default: the filter)')
    .option('--cohort <id>', 'make a further version of this one, k-…')
    .option('--release <version>', 'release, e.g. 2026.4 (default: the latest)')
    .option('--reason <text>', 'why it is used although some group is badly represented')
    .option('--dry-run', 'show what it would be and make nothing')
    .option(...jsonOption)
    .option(...quietOption)
    .action((options: CreateOptions) => runCommand(options, (output) => createCohort(output, options)));
  command
    .command('list')
    .description('The cohorts of a project.')
    .requiredOption('--project <id>', 'project, p-…')
    .option(...jsonOption)
    .action((options: OutputOptions & { project: string }) =>
      runCommand(options, (output) => listCohorts(output, options.project)),
    );
  command
    .command('show')
    .description('A cohort with its versions, or one version: k-…@v1.')
    .argument('<cohort>', 'k-… or k-…@v1')
    .option(...jsonOption)
    .action((cohort: string, options: OutputOptions) =>
      runCommand(options, (output) => showCohort(output, cohort)),
    );
  command
    .command('diff')
    .description('What one version of a cohort has and another has not.')
    .argument('<from>', 'k-…@v1')
    .argument('<to>', 'k-…@v2')
    .option(...jsonOption)
    .action((from: string, to: string, options: OutputOptions) =>
      runCommand(options, (output) => compareVersions(output, from, to)),
    );
  command
    .command('manifest')
    .description('Write the studies and series of a version as CSV.')
    .argument('<cohort>', 'k-… or k-…@v1')
    .requiredOption('--to <file>', 'where the list goes')
    .option(...jsonOption)
    .action((cohort: string, options: OutputOptions & { to: string }) =>
      runCommand(options, (output) => manifest(output, cohort, options.to)),
    );
  return command;
}
