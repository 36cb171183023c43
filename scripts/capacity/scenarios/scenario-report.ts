import type { CostSummary } from '../cost/cost-lines';
import type { QuotaSet } from '../quotas';

/** How far a limit was used and what it cost in time. */
export interface LimitReport {
  readonly limit: string;
  readonly quota: string;
  /** Share of what the limit allows from the start to the last end; of two data stores, the busier. */
  readonly usedShare: number | null;
  readonly mostAtOnce: number | null;
  /** Hours that all submissions, jobs or image sets together waited for it. */
  readonly waitHours: number;
  readonly longestWaitSeconds: number | null;
}

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

/** What a run of a scenario showed; times in seconds. */
export interface ScenarioReport {
  readonly scenario: string;
  readonly quotas: QuotaSet;
  readonly seed: number;
  readonly assumed: Readonly<Record<string, string | number>>;
  readonly unit: 'study' | 'image set';
  readonly arrived: Readonly<Record<string, number>>;
  readonly finished: number;
  readonly lastEndSeconds: number;
  /** In units: at the end of the arrivals, the most at once and the mean. */
  readonly backlog: { readonly atEndOfArrivals: number; readonly most: number; readonly mean: number };
  readonly mostByStage: Readonly<Record<string, number>>;
  /** From the complete submission (or the order to delete) to the end. */
  readonly delay: Quantiles;
  /** The same without the opt-out service. */
  readonly ownDelay: Quantiles;
  readonly limits: readonly LimitReport[];
  /** The limit that made others wait longest; null where all waits are under a hundredth of the platform's own delay. */
  readonly binds: string | null;
  /** What the model lets pass and the deployed platform would not. */
  readonly watch: Readonly<Record<string, number>>;
  readonly costPerUnit: CostSummary;
}

/** The limit with the longest waits, if they are at least a hundredth of `ownSeconds`. */
export function bindingLimit(limits: readonly LimitReport[], ownSeconds: number): string | null {
  let longest: LimitReport | null = null;
  for (const limit of limits) if (longest === null || limit.waitHours > longest.waitHours) longest = limit;
  return longest !== null && longest.waitHours * 3_600 > ownSeconds / 100 ? longest.limit : null;
}
