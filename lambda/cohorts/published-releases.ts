import type { RegisterTable } from '../register/register-table';
import { allReleases } from '../releases/release-store';
import { refuseCohort } from './cohort-refusals';

/**
 * The release that is asked about: the one named, or the latest.
 * @throws PlatformError RELEASE_NOT_FOUND
 */
export async function publishedRelease(
  table: Pick<RegisterTable, 'queryAll'>,
  named: string | undefined,
): Promise<string> {
  const published = (await allReleases(table)).filter(({ state }) => state === 'published');
  const found = named === undefined ? published[0] : published.find(({ release }) => release === named);
  if (found === undefined) throw refuseCohort('RELEASE_NOT_FOUND');
  return found.release;
}
