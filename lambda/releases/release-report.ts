import { publishedWindow } from '../../statistics/disclosure/published-count';
import { leastShown, type ShownCount } from '../../statistics/disclosure/shown-count.contract';
import type { Reference } from '../../statistics/references/reference.contract';
import { type Cell, isShown } from '../../statistics/representativeness/cell.contract';
import type {
  AttributeCounts,
  EthnicityByAgeAndSex,
  PeopleCounts,
} from '../../statistics/representativeness/counts.contract';
import type { RepresentativenessReport } from '../../statistics/representativeness/report.contract';
import { reportOnPeople } from '../../statistics/representativeness/report-on-people';
import { ageBands, knownEthnicCategories } from '../demographics/table-columns.contract';
import type { PeopleRow } from '../lake/sql/release-figures';
import { collectionAttributes, groupsOfCollections, valuesOfGroup } from './collections-shown';
import { missingByRegionAttributes } from './missing-by-region';
import type { PeopleShown } from './people-shown';
import { personGroups } from './person-groups';

/** Attributes of people that populations are counted by. */
const comparedColumns = ['age_band', 'sex', 'ethnic_category', 'region', 'imd_decile'] as const;

/** What a suppressed cell of a report may say that it holds at most, as the contract of a cell takes it. */
const largestLimit = 100;

/** The same as a share of all: the cell counts as empty in the shares of others, which must not move far. */
const largestShare = 0.1;

/** A count that the rule of eight alone decides: suppressed says that there are fewer. */
const cellOf = (count: ShownCount): Cell =>
  count.kind === 'shown' ? { shown: count.value } : { suppressed: true, atMost: leastShown - 1 };

/**
 * The groups of a table that share a total, as cells. One that is suppressed may be so for another's sake and hold more than seven:
 * it holds at most what the total, at its most, leaves beside the groups that are shown, at their least. Where that is much,
 * nothing is said of it.
 */
export function cellsOfTable(total: ShownCount, groups: readonly ShownCount[]): Cell[] {
  const least = groups.reduce((sum, group) => sum + publishedWindow(group).least, 0);
  const left = Math.max(leastShown - 1, publishedWindow(total).most - least);
  const small = total.kind === 'shown' && left <= Math.min(largestLimit, total.value * largestShare);
  const suppressed: Cell = small ? { suppressed: true, atMost: left } : { suppressed: true };
  return groups.map((group) => (group.kind === 'shown' ? { shown: group.value } : suppressed));
}

function standardisedCounts({ standardised }: PeopleShown): EthnicityByAgeAndSex {
  return {
    attribute: 'ethnic_category',
    peopleByGroup: Object.fromEntries(
      knownEthnicCategories.map((group) => [group, cellOf(standardised.ethnicity(group))]),
    ),
    peopleByAgeAndSex: ageBands.flatMap((ageBand) =>
      ['1', '2'].map((sex) => ({ ageBand, sex, people: cellOf(standardised.ageAndSex(ageBand, sex)) })),
    ),
  };
}

type ImagesOf = (attribute: string, value: string | null) => number;

const imagesIn =
  (rows: readonly PeopleRow[]): ImagesOf =>
  (attribute, value) =>
    rows.find((row) => row.attribute === attribute && row.value === value)?.images ?? 0;

/** People and images of each group of an attribute: images of people who are not shown are not shown either. */
function attributeCounts(
  total: ShownCount,
  groups: readonly (string | null)[],
  peopleOf: (group: string | null) => ShownCount,
  imagesOf: (group: string | null) => ShownCount,
): AttributeCounts {
  const cells = cellsOfTable(total, groups.map(peopleOf));
  return Object.fromEntries(
    groups.map((group, at) => {
      const people = cells[at] ?? { suppressed: true };
      const images = isShown(people) ? cellOf(imagesOf(group)) : ({ suppressed: true } as const);
      return [group ?? '', { people, images }];
    }),
  );
}

/** Of the regions of trusts whose people are shown, of how many what is not known. */
function notKnownByRegion(people: PeopleShown): NonNullable<PeopleCounts['trustRegions']> {
  return Object.fromEntries(
    personGroups.trust_region.flatMap((region) => {
      const all = people.of('trust_region', region);
      if (all.kind === 'suppressed') return [];
      const missing = Object.fromEntries(
        missingByRegionAttributes.map((attribute) => {
          const count = people.notKnownIn(region, attribute);
          // suppressed says nothing of the number: it may be so for want of a crowd
          return [
            attribute,
            count.kind === 'shown' ? { shown: count.value } : ({ suppressed: true } as const),
          ];
        }),
      );
      return [[region, { people: { shown: all.value }, missing }]];
    }),
  );
}

/** Counts of a release by group, after the disclosure rule. */
export function countsForReport(
  name: string,
  people: PeopleShown,
  images: readonly PeopleRow[],
): PeopleCounts {
  const imagesOf = imagesIn(images);
  const attributes = Object.fromEntries(
    comparedColumns.map((column) => [
      column,
      attributeCounts(
        people.whole,
        [...personGroups[column], null],
        (group) => people.of(column, group),
        (group) => people.itemsOf(column, group, imagesOf(column, group)),
      ),
    ]),
  );
  return {
    name,
    attributes,
    ethnicityByAgeAndSex: standardisedCounts(people),
    trustRegions: notKnownByRegion(people),
  };
}

/** Counts of one of several collections of a release by group, after the disclosure rule. */
export function collectionCountsForReport(
  name: string,
  collection: string,
  people: PeopleShown,
  images: readonly PeopleRow[],
): PeopleCounts {
  const imagesOf = imagesIn(images);
  const attributes = Object.fromEntries(
    collectionAttributes.map((attribute) => [
      attribute,
      attributeCounts(
        people.of('collection', collection),
        groupsOfCollections[attribute],
        (group) => people.inCollection(collection, attribute, group),
        (group) => {
          const { column, values } = valuesOfGroup(attribute, group);
          const images = values.reduce((sum, value) => sum + imagesOf(column, value), 0);
          return people.itemsInCollection(collection, attribute, group, images);
        },
      ),
    ]),
  );
  return { name, attributes };
}

/** Whom a release represents. Every figure comes of what the disclosure rule lets through. */
export function reportOnRelease(
  counts: PeopleCounts,
  references: readonly Reference[],
): RepresentativenessReport {
  return reportOnPeople(counts, references, 'disclosure-rule');
}
