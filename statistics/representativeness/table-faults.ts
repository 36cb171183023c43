import { attributes as catalogue, isMissing } from '../references/attributes';
import type { ReferenceTable } from '../references/reference.contract';
import { type Cell, isShown } from './cell.contract';
import type { EthnicityByAgeAndSex } from './counts.contract';
import { type Fault, fault } from './faults';

const stratumOf = ({ ageBand, sex }: { readonly ageBand: string; readonly sex: string }): string =>
  `${ageBand}, ${sex}`;

/** Every age band of the catalogue with every sex that censuses count. */
const strata: readonly string[] = Object.keys(catalogue.age_band.groups).flatMap((ageBand) =>
  Object.keys(catalogue.sex.groups).map((sex) => stratumOf({ ageBand, sex })),
);

/** Rows of strata that do not stand in a table exactly once, and rows that are of none. */
function strataFaults(
  found: readonly string[],
  expected: readonly string[],
  place: readonly string[],
): Fault[] {
  const wanted = new Set(expected);
  const times = new Map<string, number>();
  for (const each of found) times.set(each, (times.get(each) ?? 0) + 1);
  const wrong = [
    ...expected.filter((each) => times.get(each) !== 1),
    ...[...times.keys()].filter((each) => !wanted.has(each)),
  ];
  return wrong.map((each) =>
    fault(
      'AGE_SEX_INCOMPLETE',
      [...place, each],
      wanted.has(each) ? 'one row' : 'no row: age bands and sexes of the catalogue alone',
    ),
  );
}

const mostOf = (cells: readonly Cell[]): number =>
  cells.reduce(
    (sum, each) => sum + (isShown(each) ? each.shown : (each.atMost ?? Number.POSITIVE_INFINITY)),
    0,
  );

const leastOf = (cells: readonly Cell[]): number =>
  cells.reduce((sum, each) => sum + (isShown(each) ? each.shown : 0), 0);

/** Whether two sums of rounded or suppressed cells can be of the same people. */
function canAgree(left: readonly Cell[], right: readonly Cell[]): boolean {
  // To the nearest 5 a cell is at most 2 away from what was counted, as published at most the root of it.
  const slackOf = (each: Cell): number => (isShown(each) ? Math.max(2, Math.ceil(Math.sqrt(each.shown))) : 2);
  const slack = [...left, ...right].reduce((sum, each) => sum + slackOf(each), 0);
  return leastOf(left) <= mostOf(right) + slack && leastOf(right) <= mostOf(left) + slack;
}

const missingGroups = (attribute: string, groups: readonly string[], place: readonly string[]): Fault[] =>
  groups
    .filter((group) => isMissing(attribute, group))
    .map((group) => fault('GROUP_UNKNOWN', [...place, group], 'people of whom the ethnic group is known'));

/** What is wrong with counts for the standardised ratio by themselves. */
export function countsTableFaults(table: EthnicityByAgeAndSex | undefined): Fault[] {
  if (table === undefined) return [];
  const place = ['ethnicityByAgeAndSex'];
  const faults = [
    ...missingGroups(table.attribute, Object.keys(table.peopleByGroup), [...place, 'peopleByGroup']),
    ...strataFaults(table.peopleByAgeAndSex.map(stratumOf), strata, [...place, 'peopleByAgeAndSex']),
  ];
  const byGroup = Object.values(table.peopleByGroup);
  const byAgeAndSex = table.peopleByAgeAndSex.map(({ people }) => people);
  return faults.length > 0 || canAgree(byGroup, byAgeAndSex)
    ? faults
    : [fault('AGE_SEX_TOTALS_DIFFER', place)];
}

/** What is wrong with the table of a population: rows that are not there once, and strata in which it has nobody. */
export function referenceTableFaults(table: ReferenceTable | undefined): Fault[] {
  if (table === undefined) return [];
  const place = ['ethnicityByAgeAndSex', 'people'];
  const groups = [...new Set(table.people.map(({ group }) => group))];
  const faults = [
    ...missingGroups(table.attribute, groups, place),
    ...strataFaults(
      table.people.map((row) => `${stratumOf(row)}, ${row.group}`),
      strata.flatMap((stratum) => groups.map((group) => `${stratum}, ${group}`)),
      place,
    ),
  ];
  if (faults.length > 0) return faults;
  const totals = new Map<string, number>();
  for (const row of table.people) totals.set(stratumOf(row), (totals.get(stratumOf(row)) ?? 0) + row.people);
  return [...totals]
    .filter(([, total]) => total === 0)
    .map(([stratum]) => fault('TOTAL_ZERO', [...place, stratum]));
}
