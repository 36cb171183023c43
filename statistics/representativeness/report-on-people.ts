import {
  attributeLabel,
  catalogueAttributes,
  codesInOrder,
  groupLabel,
  isMissing,
} from '../references/attributes';
import type { Reference } from '../references/reference.contract';
import { type Cell, isShown } from './cell.contract';
import { compareGroups } from './compare-groups';
import type { AttributeCounts, PeopleCounts } from './counts.contract';
import { countsUnderDisclosureRule } from './disclosure-rule';
import { withFiveEthnicGroups } from './fold-ethnic-groups';
import { missingByTrust, missingByTrustRegion, missingOf } from './missing';
import type { AttributeReport, InternalReport, RepresentativenessReport } from './report.contract';
import { standardise } from './standardise';

/**
 * Whether counts go through the disclosure rule first. All figures come of what it lets through; counts from elsewhere may
 * be taken as they are given, suppressed cells among them.
 */
export type CountsTaken = RepresentativenessReport['counts'];

/** Groups in the order of their codes, then of the references, then by name: whatever the order of the counts. */
function groupOrder(
  attribute: string,
  groups: readonly string[],
  references: readonly Reference[],
): readonly string[] {
  const known = [
    ...codesInOrder(attribute).filter((code) => !isMissing(attribute, code)),
    ...references.flatMap((each) => Object.keys(each.attributes[attribute] ?? {})),
    ...[...groups].filter((group) => !isMissing(attribute, group)).sort(),
    ...codesInOrder(attribute),
  ];
  const present = new Set(groups);
  return [...new Set(known)].filter((group) => present.has(group));
}

/** Attributes in the order of the catalogue, then by name. */
function attributeOrder(names: readonly string[], known: readonly string[]): readonly string[] {
  return [...new Set([...known, ...[...names].sort()])].filter((name) => names.includes(name));
}

const perPerson = (people: Cell, images: Cell | null): number | null =>
  images !== null && isShown(people) && isShown(images) && people.shown > 0
    ? images.shown / people.shown
    : null;

function attributeReport(
  attribute: string,
  counts: AttributeCounts,
  references: readonly Reference[],
): AttributeReport {
  const order = groupOrder(attribute, Object.keys(counts), references);
  return {
    attribute,
    label: attributeLabel(attribute),
    groups: order.flatMap((group) => {
      const count = counts[group];
      if (count === undefined || isMissing(attribute, group)) return [];
      const { people, images } = count;
      const imagesPerPerson = perPerson(people, images);
      return [{ group, label: groupLabel(attribute, group), people, images, imagesPerPerson }];
    }),
    missing: missingOf(attribute, counts, order),
    comparisons: references.flatMap(({ id, attributes }) => {
      const population = attributes[attribute];
      return population === undefined
        ? []
        : [compareGroups(attribute, counts, { id, counts: population }, order)];
    }),
  };
}

const prepared = (counts: PeopleCounts, taken: CountsTaken): PeopleCounts =>
  withFiveEthnicGroups(taken === 'disclosure-rule' ? countsUnderDisclosureRule(counts) : counts);

/**
 * Says whom the counted people represent against each population that has the same attributes. Trusts are not part of it.
 * Counts and references fit each other, as `faultsBetween` finds no fault in them.
 */
export function reportOnPeople(
  counts: PeopleCounts,
  references: readonly Reference[],
  taken: CountsTaken,
): RepresentativenessReport {
  const { name, attributes, ethnicityByAgeAndSex: byAgeAndSex, trustRegions } = prepared(counts, taken);
  return {
    name,
    counts: taken,
    references: references.map(({ id, label, source, date, licence, note }) => ({
      id,
      label,
      source,
      date,
      licence,
      note: note ?? null,
    })),
    attributes: attributeOrder(Object.keys(attributes), catalogueAttributes).flatMap((attribute) => {
      const groups = attributes[attribute];
      return groups === undefined ? [] : [attributeReport(attribute, groups, references)];
    }),
    standardised:
      byAgeAndSex === undefined
        ? []
        : references.flatMap(({ id, ethnicityByAgeAndSex: table }) =>
            table === undefined || table.attribute !== byAgeAndSex.attribute
              ? []
              : [standardise(byAgeAndSex, { id, table }, codesInOrder(byAgeAndSex.attribute))],
          ),
    ...(trustRegions !== undefined && { missingByTrustRegion: missingByTrustRegion(trustRegions) }),
  };
}

/** The same for people inside the platform, with what each trust does not know of its people. */
export function internalReportOnPeople(
  counts: PeopleCounts,
  references: readonly Reference[],
  taken: CountsTaken,
): InternalReport {
  return {
    ...reportOnPeople(counts, references, taken),
    missingByTrust: missingByTrust(prepared(counts, taken).trusts ?? {}),
  };
}
