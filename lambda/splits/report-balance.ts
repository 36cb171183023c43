import type { QueryEngine } from '../lake/query-engine';
import { type SplitCountRow, splitCountRow, splitCountsSelect } from '../lake/sql/split-counts';
import {
  type BalancedAttribute,
  balancedAttributes,
  type SplitBalance,
  type SplitCounts,
  type StratumCount,
  splitBalance,
} from './split-balance';

/** Counts by attribute and group, those not known last, from the rows of the answer. */
export function splitCountsOf(rows: readonly SplitCountRow[]): SplitCounts {
  const countOf = (attribute: string | null, group: string | null, split: SplitCountRow['split']) =>
    rows.find((row) => row.attribute === attribute && row.value === group && row.split === split)?.people ??
    0;
  const groupsOf = (attribute: BalancedAttribute): (string | null)[] => {
    const values = new Set(rows.flatMap((row) => (row.attribute === attribute ? [row.value] : [])));
    const known = [...values].filter((value) => value !== null).sort();
    return values.has(null) ? [...known, null] : known;
  };
  return {
    development: countOf(null, null, 'development'),
    heldOut: countOf(null, null, 'held-out'),
    strata: balancedAttributes.flatMap((attribute) =>
      groupsOf(attribute).map(
        (group): StratumCount => ({
          attribute,
          group,
          development: countOf(attribute, group, 'development'),
          heldOut: countOf(attribute, group, 'held-out'),
        }),
      ),
    ),
  };
}

/** The balance of the split over a release that stands in the lake. Whoever asks counts `alarm` as a metric. */
export async function reportBalance(
  engine: Pick<QueryEngine, 'rows'>,
  release: string,
  heldOutShare: number,
): Promise<{ counts: SplitCounts; balance: SplitBalance }> {
  const counts = splitCountsOf(
    await engine.rows(splitCountsSelect(release, balancedAttributes), splitCountRow),
  );
  return { counts, balance: splitBalance(counts, heldOutShare) };
}
