/** Share of resamples in which a measure may be undefined (no positive drawn, say) before it has no interval. */
const undefinedLimit = 0.05;

export const confidence = 0.95;

/** Quantile of sorted values with linear interpolation between order statistics (type 7 of Hyndman and Fan 1996). */
function quantile(sorted: Float64Array, probability: number): number {
  const place = (sorted.length - 1) * probability;
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (place - below) * (high - low);
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Percentile interval of the values of the resamples; null where too many of them are undefined. */
export function percentileInterval(replicates: Float64Array): Interval | null {
  const defined = replicates.filter(Number.isFinite).sort();
  if (defined.length < (1 - undefinedLimit) * replicates.length || defined.length === 0) return null;
  const tail = (1 - confidence) / 2;
  return { low: quantile(defined, tail), high: quantile(defined, 1 - tail) };
}

/**
 * Two-sided p value of “no difference”: the level at which the percentile interval would just touch 0. Never below
 * 2/(resamples + 1). NaN where too many resamples are undefined.
 */
export function bootstrapPValue(differences: Float64Array): number {
  const defined = differences.filter(Number.isFinite);
  if (defined.length < (1 - undefinedLimit) * differences.length || defined.length === 0) return Number.NaN;
  const atMost = defined.filter((value) => value <= 0).length;
  const atLeast = defined.filter((value) => value >= 0).length;
  return Math.min(1, (2 * (1 + Math.min(atMost, atLeast))) / (defined.length + 1));
}
