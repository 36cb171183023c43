import { protectCount } from '../disclosure/protect-count';
import { leastShown, type ShownCount } from '../disclosure/shown-count.contract';
import { type Cell, isShown } from './cell.contract';
import type { GroupCount, PeopleCounts, TrustMissing } from './counts.contract';

/** A count that has been through the disclosure rule, as a cell. */
export const cellOf = (count: ShownCount): Cell =>
  count.kind === 'shown' ? { shown: count.value } : { suppressed: true, atMost: leastShown - 1 };

const ruled = (cell: Cell): Cell => (isShown(cell) ? cellOf(protectCount(cell.shown)) : cell);

/** Images of suppressed people are suppressed as well, whatever their number. */
function ruledCount({ people, images }: GroupCount): GroupCount {
  const shownPeople = ruled(people);
  if (images === null) return { people: shownPeople, images };
  return { people: shownPeople, images: isShown(shownPeople) ? ruled(images) : { suppressed: true } };
}

const mapped = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

const ruledMissing = ({ people, missing }: TrustMissing): TrustMissing => ({
  people: ruled(people),
  missing: mapped(missing, ruled),
});

/** Counts as they may be shown. What is suppressed already stays so. */
export function countsUnderDisclosureRule(counts: PeopleCounts): PeopleCounts {
  const { attributes, ethnicityByAgeAndSex: table, trusts, trustRegions } = counts;
  return {
    ...counts,
    attributes: mapped(attributes, (groups) => mapped(groups, ruledCount)),
    ethnicityByAgeAndSex: table && {
      ...table,
      peopleByGroup: mapped(table.peopleByGroup, ruled),
      peopleByAgeAndSex: table.peopleByAgeAndSex.map((row) => ({ ...row, people: ruled(row.people) })),
    },
    trusts: trusts && mapped(trusts, ruledMissing),
    trustRegions: trustRegions && mapped(trustRegions, ruledMissing),
  };
}
