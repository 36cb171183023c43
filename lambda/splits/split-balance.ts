import { type BinomialLimits, binomialLimits, twoSidedProbability } from '../../statistics/binomial/binomial';

/** Attributes over which the split is held to be balanced, in the order of the report. */
export const balancedAttributes = [
  'region',
  'age_band',
  'sex',
  'ethnic_category',
  'modality',
  'collection',
] as const;

export type BalancedAttribute = (typeof balancedAttributes)[number];

/** People of one stratum in both splits; `group` is null for those of whom the attribute is not known. */
export interface StratumCount {
  readonly attribute: BalancedAttribute;
  readonly group: string | null;
  readonly development: number;
  readonly heldOut: number;
}

/** People of a release in both splits, as a whole and by stratum. */
export interface SplitCounts {
  readonly development: number;
  readonly heldOut: number;
  readonly strata: readonly StratumCount[];
}

/** People of a stratum, or of the whole, against what the draw gives. */
export interface Balance {
  readonly people: number;
  readonly heldOut: number;
  /** Held out among all; null of nobody. */
  readonly share: number | null;
  /** Of the number held out, at `confidence`. */
  readonly limits: BinomialLimits;
  readonly verdict: 'inside' | 'outside';
  /** Two-sided probability of a count as far out as this one. */
  readonly probability: number;
  /** Whether it is further out than chance explains over all that was looked at. */
  readonly alarming: boolean;
}

export interface StratumBalance extends Balance {
  readonly attribute: BalancedAttribute;
  readonly group: string | null;
}

export interface SplitBalance {
  readonly heldOutShare: number;
  readonly confidence: number;
  readonly whole: Balance;
  readonly strata: readonly StratumBalance[];
  /** Strata and the whole that were outside. */
  readonly outside: number;
  /** How many would be outside by chance, at most: as many as were looked at, times one in a thousand. */
  readonly expectedOutside: number;
  /** The sign of a fault in the draw, or of rows that were lost or counted twice. */
  readonly alarm: boolean;
}

/** Limits within which the share of a stratum lies in 999 of 1,000 draws. */
export const balanceConfidence = 0.999;

function balanceOf(development: number, heldOut: number, heldOutShare: number, looks: number): Balance {
  const people = development + heldOut;
  const limits = binomialLimits(people, heldOutShare, balanceConfidence);
  const probability = twoSidedProbability(heldOut, people, heldOutShare);
  return {
    people,
    heldOut,
    share: people === 0 ? null : heldOut / people,
    limits,
    verdict: heldOut >= limits.least && heldOut <= limits.most ? 'inside' : 'outside',
    probability,
    alarming: probability * looks <= 1 - balanceConfidence,
  };
}

/**
 * Holds the people of each stratum to the exact binomial 99.9 % limits of the draw.
 *
 * One stratum in a thousand is outside by chance, so that of sixty strata one is in 6 % of first releases; and since
 * patients stay where they are, one that is outside stays so in the releases after. An alarm is therefore raised by the
 * probability of the count after Bonferroni's correction: where it, times the number of strata with the whole, is at most
 * one in a thousand. A sound draw raises it in one first release of a thousand at most, however the strata depend on each
 * other. Bonferroni, not Šidák: the same people stand in the strata of each attribute, so these are not independent.
 */
export function splitBalance(counts: SplitCounts, heldOutShare: number): SplitBalance {
  const looks = counts.strata.length + 1;
  const whole = balanceOf(counts.development, counts.heldOut, heldOutShare, looks);
  const strata = counts.strata.map(({ attribute, group, development, heldOut }) => ({
    attribute,
    group,
    ...balanceOf(development, heldOut, heldOutShare, looks),
  }));
  const all = [whole, ...strata];
  return {
    heldOutShare,
    confidence: balanceConfidence,
    whole,
    strata,
    outside: all.filter(({ verdict }) => verdict === 'outside').length,
    expectedOutside: looks * (1 - balanceConfidence),
    alarm: all.some(({ alarming }) => alarming),
  };
}
