import fc from 'fast-check';
import type { Cell } from '../../../statistics/representativeness/cell.contract';
import { compareGroups } from '../../../statistics/representativeness/compare-groups';
import { comparison as comparisonSchema } from '../../../statistics/representativeness/report.contract';
import { comparedGroup, countsOf, goldenCounts, goldenReference, made } from './population';

const order = ['Asian', 'Black', 'Mixed', 'White', 'Other', 'Z', '99', ''];

const compare = (groups: Readonly<Record<string, number | Cell>>, population = goldenReference) =>
  compareGroups('ethnic_group', countsOf(groups), { id: 'england', counts: population }, order);

const small = { suppressed: true, atMost: 7 } as const;
const unknown = { suppressed: true } as const;

describe('a group against a population', () => {
  it('is under-represented only where the whole interval is below 0.8, over only where it is above 1.25', () => {
    expect(comparedGroup(compare(goldenCounts), 'Asian').flag).toBe('under');
    expect(comparedGroup(compare({ ...goldenCounts, Asian: 750 }), 'Asian').interval.high).toBeGreaterThan(
      0.8,
    );
    expect(comparedGroup(compare({ ...goldenCounts, Asian: 750 }), 'Asian').flag).toBe('none');
    expect(comparedGroup(compare(goldenCounts), 'Other').flag).toBe('none');
    expect(comparedGroup(compare({ ...goldenCounts, Other: 400 }), 'Other').flag).toBe('over');
  });

  it('in which nobody is has a ratio of 0 and is the worst', () => {
    const comparison = compare({ ...goldenCounts, Black: 0 });
    expect(comparedGroup(comparison, 'Black')).toMatchObject({
      ratio: 0,
      interval: { low: 0 },
      flag: 'under',
    });
    expect(made(comparison).worstGroup?.group).toBe('Black');
  });

  it('below 0.4 % of the population is shown, and never the worst', () => {
    const comparison = compare(goldenCounts, { ...goldenReference, Mixed: 180_000 });
    expect(
      comparedGroup(compare({ ...goldenCounts, Mixed: 0 }, { ...goldenReference, Mixed: 180_000 }), 'Mixed')
        .ratio,
    ).toBe(0);
    expect(made(comparison).worstGroup?.group).toBe('Black');
  });

  it('that the population does not have gets no ratio, and still counts as people', () => {
    const comparison = made(compare({ Asian: 50, White: 50 }, { ...goldenReference, Asian: 0 }));
    expect(comparison.groups[0]).toEqual({ kind: 'not-in-reference', group: 'Asian', label: 'Asian' });
    expect(comparison.people).toBe(100);
    expect(comparison.distances.chiSquared).toBeNull();
  });
});

describe('people of whom nothing is known', () => {
  it('are in no share, and widen what the ratio could be', () => {
    const without = comparedGroup(compare(goldenCounts), 'Mixed');
    const { whateverIsMissing, ...figures } = comparedGroup(
      compare({ ...goldenCounts, Z: 2000, '99': 500 }),
      'Mixed',
    );
    expect(figures).toEqual(expect.objectContaining({ share: without.share, ratio: without.ratio }));
    const share = goldenReference.Mixed / 56_490_065;
    expect(whateverIsMissing.low).toBeCloseTo(190 / 12_500 / share, 10);
    expect(whateverIsMissing.high).toBeCloseTo(2690 / 12_500 / share, 10);
  });
});

describe('suppressed groups', () => {
  it('are named with what their ratio is at most', () => {
    const comparison = made(compare({ ...goldenCounts, Mixed: small }));
    const share = goldenReference.Mixed / 56_490_065;
    expect(comparison.groups.find(({ group }) => group === 'Mixed')).toEqual({
      kind: 'suppressed',
      group: 'Mixed',
      label: 'Mixed',
      referenceShare: share,
      ratioAtMost: 7 / (9810 + 7) / share,
    });
    expect(comparison.people).toBe(9810);
  });

  it('of unknown size are left out of both sides', () => {
    const comparison = made(compare({ Asian: 540, Black: 240, Mixed: 170, White: unknown, Other: 120 }));
    expect(comparison.people).toBe(1070);
    const population = 56_490_065 - goldenReference.White;
    expect(comparedGroup(comparison, 'Asian').referenceShare).toBeCloseTo(
      goldenReference.Asian / population,
      12,
    );
    expect(comparison.groups.find(({ group }) => group === 'White')).toMatchObject({
      kind: 'suppressed',
      referenceShare: null,
      ratioAtMost: null,
    });
  });

  it('leave nothing to compare a single group with', () => {
    const rest = { Asian: unknown, Black: unknown, Mixed: unknown, Other: unknown };
    expect(compare({ ...rest, White: 900 })).toEqual({
      kind: 'not-compared',
      reference: 'england',
      why: 'one-group-shown',
    });
    expect(compare({ ...rest, Asian: 90, White: 900 })).toMatchObject({ kind: 'compared', people: 990 });
  });

  it('alone leave nothing to compare', () => {
    expect(compare({ Asian: small, White: small, Z: 40 })).toEqual({
      kind: 'not-compared',
      reference: 'england',
      why: 'nobody-shown',
    });
  });
});

it('the order of rows is irrelevant', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(Object.entries(goldenCounts), { minLength: 5 }),
      fc.shuffledSubarray(Object.entries(goldenReference), { minLength: 5 }),
      (counts, population) => {
        expect(
          compare(Object.fromEntries(counts), Object.fromEntries(population) as typeof goldenReference),
        ).toEqual(compare(goldenCounts));
      },
    ),
    { seed: 40, numRuns: 100 },
  );
});

const cell = fc.oneof(
  fc.integer({ min: 0, max: 100_000 }),
  fc.constant(small),
  fc.constant(unknown),
) as fc.Arbitrary<number | Cell>;

it('every comparison is one that the contract of reports allows, whatever is counted', () => {
  fc.assert(
    fc.property(
      fc.record({ Asian: cell, Black: cell, Mixed: cell, White: cell, Other: cell, Z: cell }),
      fc.record({
        Asian: fc.nat(100_000_000),
        Black: fc.nat(100_000_000),
        Mixed: fc.nat(3),
        White: fc.nat(100_000_000),
        Other: fc.nat(100),
      }),
      (counts, population) => {
        const comparison = compare(counts, population);
        expect(comparisonSchema.safeParse(comparison).error).toBeUndefined();
        if (comparison.kind === 'not-compared') return;
        expect(comparison.groups.map(({ group }) => group)).toEqual([
          'Asian',
          'Black',
          'Mixed',
          'White',
          'Other',
        ]);
      },
    ),
    { seed: 41, numRuns: 500 },
  );
});

it('the interval of every ratio holds it, and so do the bounds of what is missing, whatever is suppressed', () => {
  fc.assert(
    fc.property(
      fc.record({ Asian: cell, Black: cell, Mixed: cell, White: cell, Other: cell, Z: cell }),
      fc.record({
        Asian: fc.integer({ min: 1, max: 100_000_000 }),
        Black: fc.integer({ min: 1, max: 100_000_000 }),
        Mixed: fc.integer({ min: 1, max: 3 }),
        White: fc.integer({ min: 1, max: 100_000_000 }),
        Other: fc.integer({ min: 1, max: 100 }),
      }),
      (counts, population) => {
        const comparison = compare(counts, population);
        if (comparison.kind === 'not-compared') return;
        for (const group of comparison.groups) {
          if (group.kind !== 'compared') continue;
          const { ratio, interval, whateverIsMissing } = group;
          // both ends are divided by the share of the population, as the ratio is
          const tolerance = 1e-9 * Math.max(1, ratio);
          for (const { low, high } of [interval, whateverIsMissing]) {
            expect(low).toBeLessThanOrEqual(ratio + tolerance);
            expect(high).toBeGreaterThanOrEqual(ratio - tolerance);
          }
        }
      },
    ),
    { seed: 51, numRuns: 1000 },
  );
});

it('where shares are equal every ratio is 1 and every distance 0', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 5, maxLength: 5 }),
      fc.integer({ min: 1, max: 50 }),
      (people, times) => {
        fc.pre(people.some((each) => each > 0));
        const [Asian = 0, Black = 0, Mixed = 0, White = 0, Other = 0] = people;
        const population = { Asian, Black, Mixed, White, Other };
        const counts = Object.fromEntries(
          Object.entries(population).map(([group, each]) => [group, each * times]),
        );
        const { groups, distances } = made(compare(counts, population));
        for (const group of groups) if (group.kind === 'compared') expect(group.ratio).toBe(1);
        expect(distances).toMatchObject({
          totalVariation: 0,
          jensenShannonDistance: 0,
          populationStabilityIndex: 0,
        });
        expect(distances.chiSquared).toBeCloseTo(0, 6);
      },
    ),
    { seed: 42, numRuns: 500 },
  );
});
