import { InvalidArgumentError } from 'commander';
import { releaseVersion } from '../../lambda/releases/release.contract';

/** The version of a release as an argument: year and number. */
export function version(text: string): string {
  const parsed = releaseVersion.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('Give year and number, e.g. 2026.4.');
  return parsed.data;
}
