import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import {
  publishedReleases,
  publishedReleaseWithFiles,
  releaseProgress,
  releasesProgress,
} from '../../lambda/releases/releases-api.contract';
import { releasesRoutes } from '../../lambda/releases/releases-routes.contract';
import { ApiClient } from '../api/api-client';
import { getPublic } from '../api/api-request';
import { apiAddress } from '../sign-in/api-address';
import { requireConfirmation } from '../terminal/confirm';
import { repeated } from '../terminal/option-values';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { plural } from '../terminal/text';
import { downloadRelease } from './download-release';
import { findingsText, listText, progressListText, progressText, publishedText } from './release-text';
import { version } from './release-version';

interface ApiOptions extends OutputOptions {
  readonly api?: string;
}

interface ListOptions extends ApiOptions {
  readonly all?: boolean;
}

interface CreateOptions extends OutputOptions {
  readonly title: string;
  readonly collection: readonly string[];
}

interface DownloadOptions extends ApiOptions {
  readonly to: string;
  readonly manifest?: boolean;
}

interface ReasonOptions extends OutputOptions {
  readonly findings: string;
  readonly text: string;
}

async function list(output: Output, options: ListOptions): Promise<undefined> {
  if (options.all) {
    const client = await ApiClient.signedIn();
    const { releases } = await client.get('/v1/release-progress', releasesProgress);
    if (output.json) for (const release of releases) output.result('', release);
    else output.result(progressListText(releases), releases);
    return;
  }
  const { releases } = await getPublic(
    await apiAddress(options.api, 'release list'),
    '/v1/releases',
    publishedReleases,
  );
  if (output.json) for (const release of releases) output.result('', release);
  else output.result(listText(releases), releases);
}

async function show(output: Output, name: string, options: ListOptions): Promise<undefined> {
  if (options.all) {
    const client = await ApiClient.signedIn();
    const progress = await client.get(`/v1/releases/${name}/progress`, releaseProgress);
    output.result(progressText(progress), progress);
    return;
  }
  const api = await apiAddress(options.api, `release show ${name}`);
  const release = await getPublic(api, `/v1/releases/${name}`, publishedReleaseWithFiles);
  output.result(publishedText(release), release);
}

async function create(output: Output, name: string, options: CreateOptions): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const body = { version: name, title: options.title, collections: options.collection };
  const begun = await client.post('/v1/releases', body, releaseProgress, { key: randomUUID() });
  output.result(`${progressText(begun)}\n\`nmip release show ${name} --all\` says how it stands.`, begun);
}

async function findings(output: Output, name: string): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const found = await client.get(`/v1/releases/${name}/findings`, releasesRoutes.showReleaseFindings.answer);
  output.result(findingsText(found), found);
}

async function steer(
  output: Output,
  path: string,
  body: Readonly<Record<string, string>> | undefined,
): Promise<undefined> {
  const client = await ApiClient.signedIn();
  const progress = await client.post(path, body, releaseProgress);
  output.result(progressText(progress), progress);
}

async function download(output: Output, name: string, options: DownloadOptions): Promise<undefined> {
  const api = await apiAddress(options.api, `release download ${name}`);
  const manifest = options.manifest === true;
  const files = await downloadRelease(api, name, options.to, { manifest });
  output.result(`${plural(files.length, 'file')} of release ${name} are in ${options.to}.`, {
    version: name,
    folder: options.to,
    files,
  });
  if (!manifest)
    output.remark(
      'The manifest, which lists the studies, was left out: --manifest fetches it (sign in first).',
    );
}

const apiOption = 'address of the platform’s API; else NMIP_API or that of the last sign-in';

/** Adds the subcommands that ask the platform: documents for everybody, the making of releases for officers. */
export function addPlatformCommands(release: Command): void {
  release
    .command('list')
    .description('The published releases; needs no sign-in.')
    .option('--all', 'every release in whatever state (officers, auditors)')
    .option('--api <url>', apiOption)
    .option('--json', 'results as JSON, one a line')
    .action((options: ListOptions) => runCommand(options, (output) => list(output, options)));
  release
    .command('show')
    .description('A published release; needs no sign-in.')
    .argument('<version>', 'the release, e.g. 2026.4', version)
    .option('--all', 'how its making stands (officers, auditors)')
    .option('--api <url>', apiOption)
    .option('--json', 'results as JSON, one a line')
    .action((name: string, options: ListOptions) =>
      runCommand(options, (output) => show(output, name, options)),
    );
  release
    .command('create')
    .description('Begin the making of a release (officers); one at a time.')
    .argument('<version>', 'year and number, e.g. 2026.4', version)
    .requiredOption('--title <title>', 'its title')
    .requiredOption('--collection <id>', 'a collection that is in it; may be repeated', repeated)
    .option('--json', 'results as JSON, one a line')
    .action((name: string, options: CreateOptions) =>
      runCommand(options, (output) => create(output, name, options)),
    );
  release
    .command('findings')
    .description('What holds a release back, in full (officers).')
    .argument('<version>', 'the release', version)
    .option('--json', 'results as JSON, one a line')
    .action((name: string, options: OutputOptions) =>
      runCommand(options, (output) => findings(output, name)),
    );
  release
    .command('reason')
    .description('Put on record why a release goes on although it represents some groups badly (officers).')
    .argument('<version>', 'the release', version)
    .requiredOption('--findings <sha256>', 'digest of the findings, as `nmip release show --all` names it')
    .requiredOption('--text <text>', 'the reason: 20 to 2,000 characters')
    .option('--json', 'results as JSON, one a line')
    .action((name: string, options: ReasonOptions) =>
      runCommand(options, (output) =>
        steer(output, `/v1/releases/${name}/reasons`, { findings: options.findings, text: options.text }),
      ),
    );
  release
    .command('resume')
    .description('Go on with a release that has stopped (officers).')
    .argument('<version>', 'the release', version)
    .option('--json', 'results as JSON, one a line')
    .action((name: string, options: OutputOptions) =>
      runCommand(options, (output) => steer(output, `/v1/releases/${name}/resume`, undefined)),
    );
  release
    .command('abandon')
    .description('Give a release up; its version is not used again (officers).')
    .argument('<version>', 'the release', version)
    .option('--yes', 'do not ask')
    .option('--json', 'results as JSON, one a line')
    .action((name: string, options: OutputOptions & { readonly yes?: boolean }) =>
      runCommand(options, async (output) => {
        await requireConfirmation(`Abandon release ${name}?`, options.yes === true);
        return steer(output, `/v1/releases/${name}/abandon`, undefined);
      }),
    );
  release
    .command('download')
    .description('Fetch the documents of a published release.')
    .argument('<version>', 'the release', version)
    .requiredOption('--to <folder>', 'where to save them')
    .option('--manifest', 'with the list of studies; sign in first')
    .option('--api <url>', apiOption)
    .option('--json', 'results as JSON, one a line')
    .option('--quiet', 'no remarks')
    .action((name: string, options: DownloadOptions) =>
      runCommand(options, (output) => download(output, name, options)),
    );
}
