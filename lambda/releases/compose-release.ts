import { policyOf } from '../../dicom/policy/policy';
import { publishCount } from '../../statistics/disclosure/published-count';
import type { Reference } from '../../statistics/references/reference.contract';
import type { RepresentativenessReport } from '../../statistics/representativeness/report.contract';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import { shownBalance } from '../splits/shown-balance';
import { balanceConfidence } from '../splits/split-balance';
import { attributeRecords } from './attribute-records';
import { shownManifest } from './manifest';
import { readManifest } from './manifest.contract';
import { changesBetween, nameOfStudy, type StudySet, studiesOf, withdrawnFrom } from './manifest-changes';
import { knownBiases, measuredBiases } from './measured-biases';
import type { PeopleShown } from './people-shown';
import { personGroups } from './person-groups';
import type { Publication } from './publication.contract';
import type { ReadFigures } from './read-figures';
import type { Release } from './release.contract';
import { collectionCountsForReport, countsForReport, reportOnRelease } from './release-report';
import { roundedBytes, shownAcquisition, shownDemographics, shownTotals, shownYears } from './shown-figures';

/** What a release is made of beside what is counted. */
export interface ReleaseSetting {
  readonly release: string;
  readonly title: string;
  readonly issued: Date;
  /** Where pages of releases stand, without the version. */
  readonly address: string;
  readonly collections: readonly CollectionConfiguration[];
  readonly publication: Publication;
  readonly references: readonly Reference[];
  readonly heldOutShare: number;
  /** Of the public commitment to what it holds out; null where nothing is held out. */
  readonly heldOutCommitment: string | null;
}

/** A release that was published before. */
export interface EarlierRelease {
  readonly version: string;
  readonly studies: StudySet;
}

/** Raised where a release would hold nothing that researchers may be granted. */
export class EmptyReleaseError extends Error {
  override readonly name = 'EmptyReleaseError';
  constructor(release: string) {
    super(`release ${release} has no study`);
  }
}

function releasedCollection(
  { id, title, purpose, duoCodes, legalBasis, accessModes, policy: policyName }: CollectionConfiguration,
  figures: ReadFigures,
  people: PeopleShown,
  representativeness: RepresentativenessReport,
): Release['collections'][number] {
  const nothing = { studies: 0, series: 0, instances: 0 };
  const row = figures.totals.find(({ collection }) => collection === id);
  const { name, version, hash } = policyOf(policyName);
  return {
    id,
    title,
    purpose,
    duoCodes,
    legalBasis,
    accessModes,
    ...shownTotals(
      people.of('collection', id),
      (items) => people.itemsOf('collection', id, items),
      row ?? nothing,
    ),
    deidentification: { policy: name, version, sha256: hash },
    representativeness,
  };
}

/** Whom a collection represents: of a release that has no other, as many attributes as of the release. */
function reportOnCollection(
  { id, title }: CollectionConfiguration,
  { release, collections, references }: ReleaseSetting,
  figures: ReadFigures,
  people: PeopleShown,
): RepresentativenessReport {
  const name = `${title}, release ${release}`;
  const counts =
    collections.length === 1
      ? countsForReport(name, people, figures.images)
      : collectionCountsForReport(name, id, people, figures.imagesOf.get(id) ?? []);
  return reportOnRelease(counts, references);
}

/**
 * The release as all its documents say it.
 * @param earlier releases published before, the latest first
 * @throws EmptyReleaseError
 */
export function composeRelease(
  setting: ReleaseSetting,
  figures: ReadFigures,
  people: PeopleShown,
  manifest: string,
  earlier: readonly EarlierRelease[],
): Release {
  const { release: version, title, issued, publication, references, heldOutShare } = setting;
  const whole = figures.totals.find(({ collection }) => collection === null);
  if (whole === undefined || whole.studies === 0) throw new EmptyReleaseError(version);
  const addressOf = (name: string) => `${setting.address}/${name}`;
  const withdrawn: StudySet = new Set(figures.withdrawn.map(nameOfStudy));
  const [previous] = earlier;
  const studies = studiesOf(readManifest(manifest));
  const totals = shownTotals(people.whole, people.itemsOfWhole, whole);
  const counts = countsForReport(`${publication.title} ${version}`, people, figures.images);
  const shown = {
    demographics: shownDemographics(people),
    acquisition: shownAcquisition(figures.acquisition, people),
    representativeness: reportOnRelease(counts, references),
  };
  return {
    version,
    address: addressOf(version),
    title,
    issued: issued.toISOString(),
    previous:
      previous === undefined ? null : { version: previous.version, address: addressOf(previous.version) },
    publication,
    collections: setting.collections.map((each) =>
      releasedCollection(each, figures, people, reportOnCollection(each, setting, figures, people)),
    ),
    years: shownYears(figures.years, issued.getUTCFullYear()),
    totals,
    bytes: roundedBytes(people.itemsOfWhole(whole.bytes)),
    ...shown,
    biases: [...measuredBiases(shown), ...knownBiases({ publication })],
    attributes: [...attributeRecords],
    splitBalance:
      figures.split === null
        ? { heldOutShare, confidence: balanceConfidence, strata: [] }
        : shownBalance(figures.split.counts, heldOutShare, people.balanced, {
            ...personGroups,
            collection: setting.collections.map(({ id }) => id),
          }),
    heldOutCommitment: setting.heldOutCommitment,
    changes:
      previous === undefined ? null : { ...changesBetween(previous.studies, studies, withdrawn), notes: [] },
    studiesWithdrawn: publishCount(
      withdrawnFrom(
        earlier.map((each) => each.studies),
        withdrawn,
      ),
    ),
    manifest: shownManifest(manifest, totals.series),
  };
}
