import fc from 'fast-check';
import {
  chiSquared,
  distancesBetween,
  jensenShannonDistance,
  type Pair,
  populationStabilityIndex,
  totalVariation,
} from '../../../statistics/representativeness/distances';
import { goldenCounts, goldenReference } from './population';

const pairs: fc.Arbitrary<Pair[]> = fc
  .array(fc.record({ count: fc.nat(1_000_000), reference: fc.nat(1_000_000) }), {
    minLength: 1,
    maxLength: 20,
  })
  .filter((each) => each.some(({ count }) => count > 0) && each.some(({ reference }) => reference > 0));

const shares = (each: readonly Pair[], side: keyof Pair): number[] => {
  const total = each.reduce((sum, pair) => sum + pair[side], 0);
  return each.map((pair) => pair[side] / total);
};

const golden = Object.entries(goldenCounts).map(([group, count]) => ({
  count,
  reference: goldenReference[group as keyof typeof goldenReference],
}));

it('known answers', () => {
  const { populationStabilityIndex: psi, ...others } = distancesBetween(golden);
  expect(psi).toBeCloseTo(0.0190833, 7);
  expect(others.totalVariation).toBeCloseTo(0.0477732, 7);
  expect(others.jensenShannonDistance).toBeCloseTo(0.0585305, 7);
  expect(others.chiSquared).toBeCloseTo(166.02, 3);
  expect(others.degreesOfFreedom).toBe(4);
});

it('shares with no group in common are 1 apart', () => {
  expect(totalVariation([1, 0], [0, 1])).toBe(1);
  expect(jensenShannonDistance([1, 0], [0, 1])).toBe(1);
});

it('total variation and the Jensen–Shannon distance are symmetric and from 0 to 1', () => {
  fc.assert(
    fc.property(pairs, (each) => {
      const [p, q] = [shares(each, 'count'), shares(each, 'reference')];
      for (const distance of [totalVariation, jensenShannonDistance]) {
        expect(distance(p, q)).toBeGreaterThanOrEqual(0);
        expect(distance(p, q)).toBeLessThanOrEqual(1);
        expect(distance(q, p)).toBeCloseTo(distance(p, q), 12);
      }
    }),
    { seed: 43, numRuns: 1000 },
  );
});

it('the population stability index is never below 0 and always a number', () => {
  fc.assert(
    fc.property(pairs, (each) => {
      const index = populationStabilityIndex(each);
      expect(Number.isFinite(index)).toBe(true);
      expect(index).toBeGreaterThanOrEqual(0);
    }),
    { seed: 44, numRuns: 1000 },
  );
});

it('an empty cell counts as half a person in the population stability index', () => {
  const p = [0.5 / 100, 1];
  const q = [0.5, 0.5];
  const expected = p.reduce((sum, each, index) => {
    const other = q[index] ?? 0;
    return sum + (each - other) * Math.log(each / other);
  }, 0);
  expect(
    populationStabilityIndex([
      { count: 0, reference: 500 },
      { count: 100, reference: 500 },
    ]),
  ).toBeCloseTo(expected, 12);
});

it('merging two groups never raises total variation', () => {
  fc.assert(
    fc.property(
      pairs.filter((each) => each.length >= 2),
      fc.nat(),
      (each, at) => {
        const first = at % (each.length - 1);
        const merged = each.flatMap((pair, index) => {
          const next = each[index + 1];
          if (index === first + 1) return [];
          if (index !== first || next === undefined) return [pair];
          return [{ count: pair.count + next.count, reference: pair.reference + next.reference }];
        });
        expect(merged).toHaveLength(each.length - 1);
        expect(distancesBetween(merged).totalVariation).toBeLessThanOrEqual(
          distancesBetween(each).totalVariation + 1e-12,
        );
      },
    ),
    { seed: 45, numRuns: 1000 },
  );
});

it('χ² is the sum of squared differences over what is expected, and not estimable where nobody is', () => {
  expect(
    chiSquared([
      { count: 60, reference: 1 },
      { count: 40, reference: 1 },
    ]),
  ).toBeCloseTo(4, 12);
  expect(
    chiSquared([
      { count: 1, reference: 0 },
      { count: 40, reference: 1 },
    ]),
  ).toBeNull();
});
