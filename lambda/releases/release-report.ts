import type * as z from 'zod';
import { protectCount } from '../../statistics/disclosure/protect-count';
import { leastShown, type ShownCount } from '../../statistics/disclosure/shown-count.contract';
import type { Reference } from '../../statistics/references/reference.contract';
import type { Cell } from '../../statistics/representativeness/cell.contract';
import type { EthnicityByAgeAndSex, PeopleCounts } from '../../statistics/representativeness/counts.contract';
import type { RepresentativenessReport } from '../../statistics/representativeness/report.contract';
import { reportOnPeople } from '../../statistics/representativeness/report-on-people';
import { ageBands, knownEthnicCategories } from '../demographics/table-columns.contract';
import type { PeopleRow, standardisedRow } from '../lake/sql/release-figures';
import { countsOfColumn } from './shown-figures';

/** Attributes of people that populations are counted by. */
const comparedColumns = ['age_band', 'sex', 'ethnic_category', 'region', 'imd_decile'] as const;

/** A count after the disclosure rule as reports hold it. Suppressed says nothing but that there are fewer than are shown. */
const cellOf = (count: ShownCount): Cell =>
  count.kind === 'shown' ? { shown: count.value } : { suppressed: true, atMost: leastShown - 1 };

type StandardisedRow = z.infer<typeof standardisedRow>;

function standardisedCounts(rows: readonly StandardisedRow[]): EthnicityByAgeAndSex {
  const people = (wanted: (row: StandardisedRow) => boolean): Cell =>
    cellOf(protectCount(rows.find(wanted)?.people ?? 0));
  return {
    attribute: 'ethnic_category',
    peopleByGroup: Object.fromEntries(
      knownEthnicCategories.map((group) => [group, people((row) => row.ethnic_category === group)]),
    ),
    peopleByAgeAndSex: ageBands.flatMap((ageBand) =>
      ['1', '2'].map((sex) => ({
        ageBand,
        sex,
        people: people((row) => row.ethnic_category === null && row.age_band === ageBand && row.sex === sex),
      })),
    ),
  };
}

/** Counts of a release by group, after the disclosure rule: images of people who are not shown are not shown either. */
export function countsForReport(
  name: string,
  people: readonly PeopleRow[],
  standardised: readonly StandardisedRow[],
): PeopleCounts {
  const attributes = Object.fromEntries(
    comparedColumns.map((column) => [
      column,
      Object.fromEntries(
        [...countsOfColumn(people, column)].map(([group, counts]) => {
          const shown = protectCount(counts.people);
          const images = shown.kind === 'shown' ? protectCount(counts.images) : shown;
          return [group ?? '', { people: cellOf(shown), images: cellOf(images) }];
        }),
      ),
    ]),
  );
  return { name, attributes, ethnicityByAgeAndSex: standardisedCounts(standardised) };
}

/** Whom a release represents. Every figure comes of what the disclosure rule lets through. */
export function reportOnRelease(
  counts: PeopleCounts,
  references: readonly Reference[],
): RepresentativenessReport {
  return reportOnPeople(counts, references, 'disclosure-rule');
}
