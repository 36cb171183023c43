import fc from 'fast-check';
import {
  binomialLimits,
  binomialProbability,
  probabilityAtLeast,
  probabilityAtMost,
  twoSidedProbability,
} from '../../../statistics/binomial/binomial';

/** 10^40: the exact sums below are whole numbers in units of its inverse. */
const unit = 10n ** 40n;

/** P(X ≤ hits) for a chance of `numerator / denominator`, by whole numbers, correct to 40 digits. */
function exactAtMost(hits: number, trials: number, numerator: bigint, denominator: bigint): number {
  const misses = denominator - numerator;
  let ways = 1n;
  let sum = 0n;
  for (let count = 0; count <= hits; count += 1) {
    sum += ways * numerator ** BigInt(count) * misses ** BigInt(trials - count);
    ways = (ways * BigInt(trials - count)) / BigInt(count + 1);
  }
  return Number((sum * unit) / denominator ** BigInt(trials)) / 1e40;
}

const relative = (left: number, right: number) => (right === 0 ? left : Math.abs(left / right - 1));

it('tails are the exact sums', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }).chain((trials) => fc.tuple(fc.constant(trials), fc.nat(trials))),
      fc.integer({ min: 1, max: 19 }),
      ([trials, hits], twentieths) => {
        const exact = exactAtMost(hits, trials, BigInt(twentieths), 20n);
        const found = probabilityAtMost(hits, trials, twentieths / 20);
        if (exact > 1e-20) expect(relative(found, exact)).toBeLessThan(1e-11);
        else expect(found).toBeLessThan(2e-20);
        expect(probabilityAtLeast(hits + 1, trials, twentieths / 20)).toBeCloseTo(1 - exact, 11);
      },
    ),
    { seed: 43, numRuns: 300 },
  );
});

it('tails of many people are the exact sums', () => {
  for (const hits of [770, 800, 3_850]) {
    const [trials, chance] = hits > 1_000 ? [20_000, [1n, 5n] as const] : [4_000, [1n, 5n] as const];
    const exact = exactAtMost(hits, trials, ...chance);
    expect(relative(probabilityAtMost(hits, trials, 0.2), exact)).toBeLessThan(1e-10);
  }
});

it('all probabilities of 200,000 people add up to one', () => {
  let sum = 0;
  for (let hits = 38_000; hits <= 42_000; hits += 1) sum += binomialProbability(hits, 200_000, 0.2);
  expect(sum).toBeCloseTo(1, 10);
  const total = probabilityAtMost(40_000, 200_000, 0.2) + probabilityAtLeast(40_001, 200_000, 0.2);
  expect(total).toBeCloseTo(1, 12);
});

it('limits leave at most half of the rest on either side, and one closer would leave more', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.constantFrom(50_000, 200_000, 10_000_000)),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.constantFrom(0.95, 0.999, 0.999_99),
      (trials, chance, confidence) => {
        const { least, most } = binomialLimits(trials, chance, confidence);
        const tail = (1 - confidence) / 2;
        expect(probabilityAtMost(least - 1, trials, chance)).toBeLessThanOrEqual(tail);
        expect(probabilityAtMost(least, trials, chance)).toBeGreaterThan(tail);
        expect(probabilityAtLeast(most + 1, trials, chance)).toBeLessThanOrEqual(tail);
        expect(probabilityAtLeast(most, trials, chance)).toBeGreaterThan(tail);
      },
    ),
    { seed: 44, numRuns: 120 },
  );
});

it('the limits of few people are those of a table', () => {
  // of ten throws of a coin: P(0) = P(10) = 1/1024, P(1) = 10/1024
  expect(binomialLimits(10, 0.5, 0.95)).toEqual({ least: 2, most: 8 });
  expect(binomialLimits(10, 0.5, 0.999)).toEqual({ least: 0, most: 10 });
  expect(binomialLimits(0, 0.2, 0.999)).toEqual({ least: 0, most: 0 });
  expect(binomialLimits(10, 0, 0.999)).toEqual({ least: 0, most: 0 });
  expect(twoSidedProbability(1, 10, 0)).toBe(0);
  expect(twoSidedProbability(0, 10, 0.5)).toBeCloseTo(2 / 1024, 12);
});

it.each([
  [-1, 0.2, 0.9],
  [1.5, 0.2, 0.9],
  [10, -0.1, 0.9],
  [10, 1, 0.9],
  [10, 0.2, 1],
])('%p trials at %p with %p are refused', (trials, chance, confidence) => {
  expect(() => binomialLimits(trials, chance, confidence)).toThrow(RangeError);
});
