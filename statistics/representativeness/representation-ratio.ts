import type { Flag, GroupComparison, Interval, StandardisedGroup, WorstGroup } from './report.contract';
import { wilsonInterval } from './wilson-interval';

/** An interval wholly below the first is called under-represented, one wholly above the second over-represented. */
export const underBelow = 0.8;
export const overAbove = 1.25;

/** Groups below 0.4 % of a population are not looked for the worst: a few people there move the ratio far. */
export const smallestJudgedShare = 0.004;

export interface Ratio {
  readonly ratio: number;
  readonly interval: Interval;
  readonly flag: Flag;
}

function flagOf({ low, high }: Interval): Flag {
  if (high < underBelow) return 'under';
  return low > overAbove ? 'over' : 'none';
}

/**
 * Share of a group divided by the share that the population has, which is taken as exact; the interval is Wilson's for
 * the share, divided likewise. `total` and `referenceShare` are above 0.
 */
export function representationRatio(count: number, total: number, referenceShare: number): Ratio {
  const { low, high } = wilsonInterval(count, total);
  const interval = { low: low / referenceShare, high: high / referenceShare };
  return { ratio: count / total / referenceShare, interval, flag: flagOf(interval) };
}

type Judged = GroupComparison | StandardisedGroup;

const judgedShare = (group: Judged): number => {
  if (group.kind === 'not-in-reference') return 0;
  return ('expectedShare' in group ? group.expectedShare : group.referenceShare) ?? 0;
};

/** Whether a group is large enough in the population to be looked at for the worst one. */
export const isJudged = (group: Judged): boolean => judgedShare(group) >= smallestJudgedShare;

/** The group with the lowest ratio, of those that are shown and large enough; the first of several. */
export function worstOf(groups: readonly Judged[]): WorstGroup | null {
  let worst: WorstGroup | null = null;
  for (const each of groups) {
    if (each.kind !== 'compared' || !isJudged(each)) continue;
    const { group, label, ratio, interval } = each;
    if (worst === null || ratio < worst.ratio) worst = { group, label, ratio, interval };
  }
  return worst;
}
