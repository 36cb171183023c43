/**
 * Exact tails and limits of the binomial distribution. Probabilities of single counts come from Loader's saddle-point
 * expansion ("Fast and accurate computation of binomial probabilities", 2000), which keeps its digits for any number of
 * people; tails are sums of them from the far end's neighbour outward, until nothing more is added.
 */

/** ln n! − Stirling's formula for 0 to 15, where the series below is not exact yet. */
const stirlingErrors = Array.from({ length: 16 }, (_, n) => {
  let logarithm = 0;
  for (let factor = 2; factor <= n; factor += 1) logarithm += Math.log(factor);
  return n === 0 ? 0 : logarithm - (0.5 * Math.log(2 * Math.PI * n) + n * Math.log(n) - n);
});

/** ln n! − ((n + ½) ln n − n + ½ ln 2π). */
function stirlingError(n: number): number {
  const known = stirlingErrors[n];
  if (known !== undefined) return known;
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / n;
}

/** x ln(x / mean) + mean − x, without loss of digits where both are near. */
function deviance(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const ratio = (x - mean) / (x + mean);
  let sum = (x - mean) * ratio;
  let term = 2 * x * ratio;
  for (let odd = 3; ; odd += 2) {
    term *= ratio * ratio;
    const next = sum + term / odd;
    if (next === sum) return sum;
    sum = next;
  }
}

function check(trials: number, chance: number): void {
  if (!Number.isSafeInteger(trials) || trials < 0)
    throw new RangeError('trials are a whole number from 0 on');
  if (!(chance >= 0 && chance < 1)) throw new RangeError('a chance is 0 or more and less than 1');
}

/** Probability of exactly `hits` in `trials`. */
export function binomialProbability(hits: number, trials: number, chance: number): number {
  check(trials, chance);
  if (!Number.isSafeInteger(hits) || hits < 0 || hits > trials) return 0;
  if (chance === 0) return hits === 0 ? 1 : 0;
  if (hits === 0) return Math.exp(trials * Math.log1p(-chance));
  if (hits === trials) return Math.exp(trials * Math.log(chance));
  const misses = trials - hits;
  const exponent =
    stirlingError(trials) -
    stirlingError(hits) -
    stirlingError(misses) -
    deviance(hits, trials * chance) -
    deviance(misses, trials * (1 - chance));
  return Math.exp(exponent) * Math.sqrt(trials / (2 * Math.PI * hits * misses));
}

/** Sum of the probabilities from `hits` downward (`step` −1) or upward, of the tail on that side of the mean. */
function sumOutward(hits: number, trials: number, chance: number, step: 1 | -1): number {
  let term = binomialProbability(hits, trials, chance);
  let sum = term;
  const odds = chance / (1 - chance);
  for (let at = hits; step === 1 ? at < trials : at > 0; at += step) {
    term *= step === 1 ? ((trials - at) / (at + 1)) * odds : at / ((trials - at + 1) * odds);
    const next = sum + term;
    if (next === sum) break;
    sum = next;
  }
  return Math.min(1, sum);
}

/** Probability of `hits` or fewer. */
export function probabilityAtMost(hits: number, trials: number, chance: number): number {
  check(trials, chance);
  if (hits < 0) return 0;
  if (hits >= trials) return 1;
  const whole = Math.floor(hits);
  // of the two tails the one that does not hold the mean is summed: its terms fall from the first on
  if (whole < trials * chance) return sumOutward(whole, trials, chance, -1);
  return 1 - sumOutward(whole + 1, trials, chance, 1);
}

/** Probability of `hits` or more. */
export function probabilityAtLeast(hits: number, trials: number, chance: number): number {
  check(trials, chance);
  if (hits <= 0) return 1;
  if (hits > trials) return 0;
  const whole = Math.ceil(hits);
  if (whole > trials * chance) return sumOutward(whole, trials, chance, 1);
  return 1 - sumOutward(whole - 1, trials, chance, -1);
}

/** Counts from `least` to `most` are inside. */
export interface BinomialLimits {
  readonly least: number;
  readonly most: number;
}

/** The least whole number from `low` to `high` for which `holds`, which stays true once it is. */
function leastWhere(low: number, high: number, holds: (count: number) => boolean): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/**
 * The exact two-sided limits: as narrow as may be with at most `(1 − confidence) / 2` on either side of them.
 * @param confidence e.g. 0.999
 */
export function binomialLimits(trials: number, chance: number, confidence: number): BinomialLimits {
  check(trials, chance);
  if (!(confidence > 0 && confidence < 1)) throw new RangeError('a confidence lies between 0 and 1');
  const tail = (1 - confidence) / 2;
  return {
    least: leastWhere(0, trials, (count) => probabilityAtMost(count, trials, chance) > tail),
    most: leastWhere(0, trials, (count) => probabilityAtLeast(count + 1, trials, chance) <= tail),
  };
}

/** Two-sided probability of a count as far out as this one, twice the smaller tail. */
export function twoSidedProbability(hits: number, trials: number, chance: number): number {
  const tails = [probabilityAtMost(hits, trials, chance), probabilityAtLeast(hits, trials, chance)];
  return Math.min(1, 2 * Math.min(...tails));
}
