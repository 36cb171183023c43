/** A 32-bit hash of a text (FNV-1a): the start of a stream of its own for each name. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

/** Numbers that look random and are the same for the same seed and name (mulberry32). */
export class RandomStream {
  private state: number;

  constructor(seed: number, name: string) {
    this.state = hash(`${seed} ${name}`);
  }

  /** From 0 to below 1. */
  uniform(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let value = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** Mean 0, deviation 1 (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  /** How many of many rare things happen; above 50 a rounded normal, which differs by less than one in a thousand. */
  poisson(mean: number): number {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = this.uniform(); product > limit; product *= this.uniform()) count += 1;
    return count;
  }
}

/** Steps of a table of quantiles: a year has 43 million draws, and each is one look-up. */
const STEPS = 1024;

/**
 * Quantiles of a lognormal with mean 1 and this coefficient of variation. Taken at the middle of each step and scaled, so
 * that their mean is 1 exactly; the extreme thousandth of each tail is cut off.
 */
export function lognormalTable(variation: number): Float64Array {
  const sigma = Math.sqrt(Math.log(1 + variation ** 2));
  const table = Float64Array.from({ length: STEPS }, (_, step) =>
    Math.exp(sigma * normalQuantile((step + 0.5) / STEPS)),
  );
  const mean = table.reduce((sum, value) => sum + value, 0) / STEPS;
  return table.map((value) => value / mean);
}

/** Inverse of the normal distribution by bisection of its integral (Abramowitz and Stegun 7.1.26, error below 2e-7). */
function normalQuantile(share: number): number {
  const below = (x: number): number => {
    const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
    const series =
      t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    const half = 0.5 * series * Math.exp((-x * x) / 2);
    return x < 0 ? half : 1 - half;
  };
  let [low, high] = [-6, 6];
  for (let round = 0; round < 50; round += 1) {
    const middle = (low + high) / 2;
    if (below(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
