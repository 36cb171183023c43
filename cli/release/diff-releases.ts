import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ManifestRow } from '../../lambda/releases/manifest.contract';
import { compareVersions, releaseVersion } from '../../lambda/releases/release.contract';
import { releaseDiff } from '../../lambda/releases/release-diff.contract';
import { apiAddress } from '../sign-in/api-address';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { Output, OutputOptions } from '../terminal/output';
import { diffText } from './diff-text';
import { fetchRelease, type PublishedDocuments } from './published-release';
import { readRelease } from './release-folder';

export interface DiffOptions extends OutputOptions {
  readonly api?: string;
}

/** A release by its folder or, where there is none of that name, by its version from the platform. */
async function releaseNamed(output: Output, name: string, { api }: DiffOptions): Promise<PublishedDocuments> {
  const isVersion = releaseVersion.safeParse(name).success;
  if (isVersion && !existsSync(join(name, 'release.json')))
    return fetchRelease(await apiAddress(api, 'release diff …'), name);
  if (isVersion) output.remark(`Took the folder ${name}, not the release from the platform.`);
  const { release, manifest } = await readRelease(name);
  return { release, manifest: async () => manifest };
}

/** The studies of both, or of neither where somebody may not have a list, or a folder has none. */
async function manifestsOf(
  output: Output,
  releases: readonly [PublishedDocuments, PublishedDocuments],
): Promise<readonly [ManifestRow[], ManifestRow[]] | readonly [null, null]> {
  try {
    const before = await releases[0].manifest();
    const after = before === null ? null : await releases[1].manifest();
    if (before !== null && after !== null) return [before, after];
    output.remark(
      'Figures alone: a folder has no manifest.csv. `nmip release download --manifest` fetches the list of studies.',
    );
    return [null, null];
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode !== exitCode.notAllowed) throw error;
    output.remark(
      `Figures alone: ${error.message} Lists of studies are for people who are signed in and have a role.`,
    );
    return [null, null];
  }
}

/**
 * What changed from one release to a later one.
 * @throws CommandError (exit 2) where the first is not the earlier one
 */
export async function diffReleases(
  output: Output,
  before: string,
  after: string,
  options: DiffOptions,
): Promise<undefined> {
  const first = await releaseNamed(output, before, options);
  const second = await releaseNamed(output, after, options);
  const [earlier, later] = [first.release, second.release];
  if (compareVersions(earlier.version, later.version) >= 0)
    throw new CommandError('The first release must be the earlier one.', exitCode.usage, {
      code: 'RELEASES_OUT_OF_ORDER',
      fix: `Name them the other way round: ${later.version} is not after ${earlier.version}.`,
    });
  const [beforeRows, afterRows] = await manifestsOf(output, [first, second]);
  const found = releaseDiff(
    { release: earlier, manifest: beforeRows },
    { release: later, manifest: afterRows },
  );
  output.result(diffText(found), found);
}
