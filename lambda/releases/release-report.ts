import { protectCount } from '../../statistics/disclosure/protect-count';
import { leastShown, type ShownCount } from '../../statistics/disclosure/shown-count.contract';
import type { Reference } from '../../statistics/references/reference.contract';
import type { Cell } from '../../statistics/representativeness/cell.contract';
import type { EthnicityByAgeAndSex, PeopleCounts } from '../../statistics/representativeness/counts.contract';
import type { RepresentativenessReport } from '../../statistics/representativeness/report.contract';
import { reportOnPeople } from '../../statistics/representativeness/report-on-people';
import { ageBands, knownEthnicCategories } from '../demographics/table-columns.contract';
import type { PeopleRow } from '../lake/sql/release-figures';
import type { PeopleShown } from './people-shown';
import { personGroups } from './person-groups';

/** Attributes of people that populations are counted by. */
const comparedColumns = ['age_band', 'sex', 'ethnic_category', 'region', 'imd_decile'] as const;

/** A count after the disclosure rule as reports hold it. Suppressed says nothing but that there are fewer than are shown. */
const cellOf = (count: ShownCount): Cell =>
  count.kind === 'shown' ? { shown: count.value } : { suppressed: true, atMost: leastShown - 1 };

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

/** Counts of a release by group, after the disclosure rule: images of people who are not shown are not shown either. */
export function countsForReport(
  name: string,
  people: PeopleShown,
  images: readonly PeopleRow[],
): PeopleCounts {
  const imagesOf = (attribute: string, value: string | null): number =>
    images.find((row) => row.attribute === attribute && row.value === value)?.images ?? 0;
  const attributes = Object.fromEntries(
    comparedColumns.map((column) => [
      column,
      Object.fromEntries(
        [...personGroups[column], null].map((group) => {
          const shown = people.of(column, group);
          const theirs = shown.kind === 'shown' ? protectCount(imagesOf(column, group)) : shown;
          return [group ?? '', { people: cellOf(shown), images: cellOf(theirs) }];
        }),
      ),
    ]),
  );
  return { name, attributes, ethnicityByAgeAndSex: standardisedCounts(people) };
}

/** Whom a release represents. Every figure comes of what the disclosure rule lets through. */
export function reportOnRelease(
  counts: PeopleCounts,
  references: readonly Reference[],
): RepresentativenessReport {
  return reportOnPeople(counts, references, 'disclosure-rule');
}
