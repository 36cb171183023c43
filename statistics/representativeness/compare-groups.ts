import { groupLabel, isMissing } from '../references/attributes';
import { type Cell, isShown, seenIn } from './cell.contract';
import type { AttributeCounts } from './counts.contract';
import { distancesBetween } from './distances';
import type { Comparison, GroupComparison } from './report.contract';
import { representationRatio, worstOf } from './representation-ratio';

/** People in each group of a population. */
export type ReferenceCounts = Readonly<Record<string, number>>;

/** Any number may stand behind it, so nothing can be said with it or of it. */
const isOfUnknownSize = (cell: Cell): boolean => !isShown(cell) && cell.atMost === undefined;

/** How many people may be in a cell, as far as it says. */
const mostIn = (cell: Cell): number => (isShown(cell) ? cell.shown : (cell.atMost ?? 0));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * Compares the groups of an attribute with a population.
 *
 * Everything is worked out from what is shown. A suppressed group with a small number behind it counts as empty in the
 * shares of the others, and its own ratio is given as what it is at most; a suppressed group of unknown size is left out
 * of both sides. Those of whom nothing is known are in no share.
 * @param order the groups in the order of the report
 */
export function compareGroups(
  attribute: string,
  counts: AttributeCounts,
  reference: { readonly id: string; readonly counts: ReferenceCounts },
  order: readonly string[],
): Comparison {
  const cells = order.flatMap((group) => {
    const count = counts[group];
    if (count === undefined || isMissing(attribute, group)) return [];
    const population = Object.hasOwn(reference.counts, group) ? (reference.counts[group] ?? 0) : null;
    return [{ group, label: groupLabel(attribute, group), cell: count.people, population }];
  });
  const pairs = cells.flatMap(({ cell, population }) =>
    population === null || isOfUnknownSize(cell) ? [] : [{ count: seenIn(cell), reference: population }],
  );
  const people = sum(pairs.map((pair) => pair.count));
  const population = sum(pairs.map((pair) => pair.reference));
  if (people === 0) return { kind: 'not-compared', reference: reference.id, why: 'nobody-shown' };
  if (population === 0) return { kind: 'not-compared', reference: reference.id, why: 'reference-has-nobody' };
  const comparable = cells.filter((each) => each.population !== null && each.population > 0);
  // one group alone would have all people on both sides, and be called as frequent here as there
  if (comparable.length > 1 && comparable.filter(({ cell }) => !isOfUnknownSize(cell)).length === 1)
    return { kind: 'not-compared', reference: reference.id, why: 'one-group-shown' };
  const missing = sum(
    Object.entries(counts).map(([group, count]) => (isMissing(attribute, group) ? mostIn(count.people) : 0)),
  );
  const groups = cells.map((each): GroupComparison => {
    const named = { group: each.group, label: each.label };
    if (each.population === null || each.population === 0) return { kind: 'not-in-reference', ...named };
    const { cell } = each;
    const referenceShare = each.population / population;
    if (!isShown(cell)) {
      const { atMost } = cell;
      return atMost === undefined
        ? { kind: 'suppressed', ...named, referenceShare: null, ratioAtMost: null }
        : {
            kind: 'suppressed',
            ...named,
            referenceShare,
            ratioAtMost: atMost / (people + atMost) / referenceShare,
          };
    }
    const all = people + missing;
    return {
      kind: 'compared',
      ...named,
      people: cell.shown,
      share: cell.shown / people,
      referenceShare,
      ...representationRatio(cell.shown, people, referenceShare),
      whateverIsMissing: {
        low: cell.shown / all / referenceShare,
        high: (cell.shown + missing) / all / referenceShare,
      },
    };
  });
  return {
    kind: 'compared',
    reference: reference.id,
    people,
    groups,
    worstGroup: worstOf(groups),
    distances: distancesBetween(pairs),
  };
}
