import { type Cell, isShown, mostSuppressed } from './cell.contract';
import type { GroupCount, PeopleCounts } from './counts.contract';

/** Counts that are shown are rounded to the nearest multiple. */
const roundedTo = 5;

/** A count under the NHS's rule for small numbers: 1 to 7 are suppressed, others are rounded to the nearest 5. */
export function underDisclosureRule(count: number): Cell {
  return count >= 1 && count <= mostSuppressed
    ? { suppressed: true, atMost: mostSuppressed }
    : { shown: Math.round(count / roundedTo) * roundedTo };
}

const ruled = (cell: Cell): Cell => (isShown(cell) ? underDisclosureRule(cell.shown) : cell);

/** Images of suppressed people are suppressed as well, whatever their number. */
function ruledCount({ people, images }: GroupCount): GroupCount {
  const shownPeople = ruled(people);
  if (images === null) return { people: shownPeople, images };
  return { people: shownPeople, images: isShown(shownPeople) ? ruled(images) : { suppressed: true } };
}

const mapped = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

/** Counts as they may be shown. What is suppressed already stays so. */
export function countsUnderDisclosureRule(counts: PeopleCounts): PeopleCounts {
  const { attributes, ethnicityByAgeAndSex: table, trusts } = counts;
  return {
    ...counts,
    attributes: mapped(attributes, (groups) => mapped(groups, ruledCount)),
    ethnicityByAgeAndSex: table && {
      ...table,
      peopleByGroup: mapped(table.peopleByGroup, ruled),
      peopleByAgeAndSex: table.peopleByAgeAndSex.map((row) => ({ ...row, people: ruled(row.people) })),
    },
    trusts:
      trusts &&
      mapped(trusts, ({ people, missing }) => ({ people: ruled(people), missing: mapped(missing, ruled) })),
  };
}
