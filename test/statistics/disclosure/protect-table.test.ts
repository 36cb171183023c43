import fc from 'fast-check';
import { answeredCounts, type CountRule, publishedCounts } from '../../../statistics/disclosure/count-rule';
import {
  protectGroups,
  protectOverlapping,
  protectTables,
  type ShownTable,
} from '../../../statistics/disclosure/protect-table';
import type { ShownCount } from '../../../statistics/disclosure/shown-count.contract';

const suppressed: ShownCount = { kind: 'suppressed' };
const shown = (value: number): ShownCount => ({ kind: 'shown', value });

/**
 * Least number of people in each group of each table that the tables allow, worked out from the shown alone with the
 * attacker's extra knowledge of which groups were suppressed for another's sake. Facets of one set share their total only.
 */
function leastKnown(
  total: number,
  facets: readonly (readonly number[])[],
  tables: readonly ShownTable[],
  { show, windowOf }: CountRule,
) {
  const windows = facets.map((groups, at) => {
    const all = tables[at]?.groups.every(({ kind }) => kind === 'suppressed') ?? true;
    return groups.map((count) =>
      all ? { least: 0, most: Number.POSITIVE_INFINITY } : windowOf(show(count)),
    );
  });
  const sums = windows.map((each) => each.reduce((sum, { least }) => sum + least, 0));
  const least = Math.max(windowOf(show(total)).least, ...sums);
  return windows.map((each) =>
    each.map((own, at) => {
      const others = each.reduce((sum, { most }, other) => (other === at ? sum : sum + most), 0);
      return Math.max(own.least, least - others);
    }),
  );
}

/** Whether somebody is known to be in a group of 1 to 7. */
function givenAway(
  facets: readonly (readonly number[])[],
  tables: readonly ShownTable[],
  rule: CountRule,
): boolean {
  const total = facets[0]?.reduce((sum, count) => sum + count, 0) ?? 0;
  return leastKnown(total, facets, tables, rule).some((groups, facet) =>
    groups.some((least, at) => {
      const count = facets[facet]?.[at] ?? 0;
      return count >= 1 && count <= 7 && least >= 1;
    }),
  );
}

/** Two facets of one set, by the same people twice. */
const twoFacets = fc
  .array(fc.tuple(fc.constantFrom(1, 5, 7, 8, 12, 13, 17, 40), fc.nat(3)), { minLength: 2, maxLength: 7 })
  .map((parts): number[][] => {
    const second = [0, 0, 0, 0];
    for (const [count, group] of parts) second[group] = (second[group] ?? 0) + count;
    return [parts.map(([count]) => count), second];
  });

describe('groups of a set', () => {
  it('are shown from eight on', () => {
    expect(protectGroups([100, 13, 48], answeredCounts)).toEqual([shown(100), shown(15), shown(50)]);
  });

  it('have no suppressed one alone: the least that is shown goes with it', () => {
    expect(protectGroups([100, 13, 3, 48], answeredCounts)).toEqual([
      shown(100),
      suppressed,
      suppressed,
      shown(50),
    ]);
    expect(protectGroups([100, 13, 3, 0], answeredCounts)).toEqual([
      shown(100),
      shown(15),
      suppressed,
      suppressed,
    ]);
  });

  it('of fewer than eight people are all suppressed', () => {
    expect(protectGroups([7, 0], answeredCounts)).toEqual([suppressed, suppressed]);
  });
});

const rules: [string, CountRule][] = [
  ['as answers', answeredCounts],
  ['as published', publishedCounts],
];

describe('tables of one set', () => {
  it('are suppressed where the total says that a group is not empty', () => {
    const [table] = protectTables(43, [[12, 12, 12, 7]], answeredCounts);
    expect(table?.groups).toEqual([suppressed, suppressed, suppressed, suppressed]);
  });

  it.each(rules)('give away nobody, %s', (_, rule) => {
    fc.assert(
      fc.property(twoFacets, (facets) => {
        const total = facets[0]?.reduce((sum, count) => sum + count, 0) ?? 0;
        expect(givenAway(facets, protectTables(total, facets, rule), rule)).toBe(false);
      }),
      { seed: 39, numRuns: 10_000 },
    );
  });

  it.each(rules)('would give away somebody by each count alone, %s', (_, rule) => {
    const alone = (facets: number[][]) => {
      const total = facets[0]?.reduce((sum, count) => sum + count, 0) ?? 0;
      return facets.map((groups) => ({ total: rule.show(total), groups: groups.map(rule.show) }));
    };
    const found = fc.check(
      fc.property(twoFacets, (facets) => !givenAway(facets, alone(facets), rule)),
      { seed: 39, numRuns: 10_000 },
    );
    expect(found.failed).toBe(true);
  });

  it('add up', () => {
    expect(() => protectTables(10, [[9]], answeredCounts)).toThrow(RangeError);
  });
});

describe('groups that may overlap', () => {
  it('are shown each for itself, also where one is suppressed', () => {
    expect(protectOverlapping(80, [80, 3], answeredCounts)).toEqual([
      { kind: 'shown', value: 80 },
      { kind: 'suppressed' },
    ]);
  });

  it('are all suppressed where a small one would be known not to be empty', () => {
    expect(protectOverlapping(80, [70, 7], answeredCounts)).toEqual([
      { kind: 'suppressed' },
      { kind: 'suppressed' },
    ]);
  });
});
