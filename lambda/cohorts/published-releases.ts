import * as z from 'zod';
import type { RegisterTable } from '../register/register-table';
import { compareVersions, releaseVersion } from '../releases/release.contract';
import { refuseCohort } from './cohort-refusals';

/** What is needed of the record of a release. */
const released = z.object({ release: releaseVersion, state: z.string() });

/**
 * The release that is asked about: the one named, or the latest.
 * @throws PlatformError RELEASE_NOT_FOUND
 */
export async function publishedRelease(
  table: Pick<RegisterTable, 'queryAll'>,
  named: string | undefined,
): Promise<string> {
  const all = await table.queryAll({ pk: 'RELEASES', skPrefix: 'RELEASE#' }, released);
  const published = all
    .filter(({ state }) => state === 'published')
    .map(({ release }) => release)
    .sort(compareVersions);
  const found = named === undefined ? published.at(-1) : published.find((release) => release === named);
  if (found === undefined) throw refuseCohort('RELEASE_NOT_FOUND');
  return found;
}
