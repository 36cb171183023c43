import type { Distances } from './report.contract';

/** People of one group, here and in the population. */
export interface Pair {
  readonly count: number;
  readonly reference: number;
}

/** What stands for an empty cell in the population stability index, whose logarithm knows no zero. */
const emptyCell = 0.5;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Arithmetic may leave a distance a hair outside of 0 and 1. */
const within = (value: number): number => Math.min(1, Math.max(0, value));

/** Half the sum of differences between shares: 0 where they are equal, 1 where no group is in both. */
export function totalVariation(left: readonly number[], right: readonly number[]): number {
  return within(sum(left.map((share, index) => Math.abs(share - (right[index] ?? 0)))) / 2);
}

/** Kullback–Leibler divergence in bits; a share of zero adds nothing. */
function divergence(left: readonly number[], right: readonly number[]): number {
  return sum(left.map((share, index) => (share === 0 ? 0 : share * Math.log2(share / (right[index] ?? 0)))));
}

/** Square root of the Jensen–Shannon divergence to the base 2: a metric from 0 to 1 (Endres and Schindelin 2003). */
export function jensenShannonDistance(left: readonly number[], right: readonly number[]): number {
  const middle = left.map((share, index) => (share + (right[index] ?? 0)) / 2);
  return Math.sqrt(within((divergence(left, middle) + divergence(right, middle)) / 2));
}

/**
 * Population stability index. A cell that is empty on one side counts as half a person there; one that is empty on both
 * adds nothing. Totals are above 0.
 */
export function populationStabilityIndex(pairs: readonly Pair[]): number {
  const total = sum(pairs.map(({ count }) => count));
  const referenceTotal = sum(pairs.map(({ reference }) => reference));
  return sum(
    pairs.map(({ count, reference }) => {
      if (count === 0 && reference === 0) return 0;
      const p = (count === 0 ? emptyCell : count) / total;
      const q = (reference === 0 ? emptyCell : reference) / referenceTotal;
      return (p - q) * Math.log(p / q);
    }),
  );
}

/** Pearson's statistic against the shares of the population; null where people stand in a group that has nobody there. */
export function chiSquared(pairs: readonly Pair[]): number | null {
  if (pairs.some(({ count, reference }) => reference === 0 && count > 0)) return null;
  const total = sum(pairs.map(({ count }) => count));
  const referenceTotal = sum(pairs.map(({ reference }) => reference));
  return sum(
    pairs.map(({ count, reference }) => {
      if (reference === 0) return 0;
      const expected = (total * reference) / referenceTotal;
      return (count - expected) ** 2 / expected;
    }),
  );
}

/** All distances between people and a population, over the same groups. Both totals are above 0. */
export function distancesBetween(pairs: readonly Pair[]): Distances {
  const total = sum(pairs.map(({ count }) => count));
  const referenceTotal = sum(pairs.map(({ reference }) => reference));
  const shares = pairs.map(({ count }) => count / total);
  const referenceShares = pairs.map(({ reference }) => reference / referenceTotal);
  return {
    totalVariation: totalVariation(shares, referenceShares),
    jensenShannonDistance: jensenShannonDistance(shares, referenceShares),
    populationStabilityIndex: populationStabilityIndex(pairs),
    chiSquared: chiSquared(pairs),
    degreesOfFreedom: Math.max(0, pairs.filter(({ reference }) => reference > 0).length - 1),
  };
}
