import { cohortRepresentation } from '../../lambda/cohorts/cohort.contract';
import { collectionId } from '../../lambda/platform/configuration.contract';
import { releaseVersion } from '../../lambda/releases/release.contract';
import { publishedReleases } from '../../lambda/releases/releases-api.contract';
import {
  type RepresentativenessReport,
  representativenessReport,
} from '../../statistics/representativeness/report.contract';
import { ApiClient } from '../api/api-client';
import { getPublic } from '../api/api-request';
import { readVersion } from '../cohort/cohort-manifest';
import { readCohortName } from '../cohort/cohort-name';
import { gateLines } from '../cohort/cohort-text';
import { apiAddress } from '../sign-in/api-address';
import { CommandError, exitCode } from '../terminal/exit-code';
import { count } from '../terminal/text';

/** A report as the platform made it, and what else is to be said of it. */
export interface PlatformReport {
  readonly report: RepresentativenessReport;
  /** Sentences that stand before the report. */
  readonly notes: readonly string[];
  /** What stands in the JSON besides. */
  readonly more: object;
}

function requireVersion(version: string): void {
  if (!releaseVersion.safeParse(version).success)
    throw new CommandError('This is not the version of a release.', exitCode.usage, {
      code: 'RELEASE_INVALID',
      fix: 'Give year and number, e.g. 2026.4. `nmip release list` lists them.',
    });
}

/**
 * The report that a published release was made with; needs no sign-in.
 * @throws CommandError
 */
export async function reportOfRelease(version: string, api: string | undefined): Promise<PlatformReport> {
  requireVersion(version);
  const address = await apiAddress(api, `representativeness --release ${version}`);
  const path = `/v1/releases/${version}/representativeness`;
  return { report: await getPublic(address, path, representativenessReport), notes: [], more: {} };
}

/** The version of the latest published release. */
async function latestRelease(api: string): Promise<string> {
  const [latest] = (await getPublic(api, '/v1/releases', publishedReleases)).releases;
  if (latest === undefined)
    throw new CommandError('No release has been published.', exitCode.usage, { code: 'RELEASE_NOT_FOUND' });
  return latest.version;
}

/**
 * The report on one collection of a published release, the latest where none is named; needs no sign-in.
 * @throws CommandError
 */
export async function reportOfCollection(
  collection: string,
  version: string | undefined,
  api: string | undefined,
): Promise<PlatformReport> {
  if (!collectionId.safeParse(collection).success)
    throw new CommandError('This is not the id of a collection.', exitCode.usage, {
      code: 'COLLECTION_INVALID',
      fix: '`nmip release show VERSION` lists the collections of a release.',
    });
  if (version !== undefined) requireVersion(version);
  const address = await apiAddress(api, `representativeness --collection ${collection}`);
  const release = version ?? (await latestRelease(address));
  const path = `/v1/releases/${release}/collections/${collection}/representativeness`;
  return {
    report: await getPublic(address, path, representativenessReport),
    notes: [],
    more: { release, collection },
  };
}

/**
 * The report that a version of a cohort was made with, for members of its project and whoever oversees all of them.
 * @throws CommandError
 */
export async function reportOfCohort(name: string): Promise<PlatformReport> {
  const named = readCohortName(name);
  const client = await ApiClient.signedIn();
  const made = await readVersion(client, named);
  const { cohortId, cohortVersion, totals, patients, cite } = made;
  const path = `/v1/cohorts/${cohortId}/versions/${cohortVersion}/representativeness`;
  const representation = await client.get(path, cohortRepresentation);
  const imagesPerPerson = patients.kind === 'shown' ? totals.instances / patients.value : null;
  const images =
    patients.kind === 'shown' && imagesPerPerson !== null
      ? `${count(totals.instances)} images of about ${count(patients.value)} people: ${imagesPerPerson.toFixed(1)} images a person.`
      : `${count(totals.instances)} images.`;
  return {
    report: representation.report,
    notes: [`Cohort ${cohortId}@v${cohortVersion} (${cite}).`, images, ...gateLines(representation)],
    more: {
      cohort: { cohortId, cohortVersion, cite, people: patients, images: totals.instances, imagesPerPerson },
      gate: representation.gate,
    },
  };
}
