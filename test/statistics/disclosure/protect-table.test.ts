import fc from 'fast-check';
import { protectCount, windowOf } from '../../../statistics/disclosure/protect-count';
import {
  protectGroups,
  protectOverlapping,
  protectTables,
  protectTwoWayTable,
  type ShownTable,
} from '../../../statistics/disclosure/protect-table';
import type { ShownCount } from '../../../statistics/disclosure/shown-count.contract';

const suppressed: ShownCount = { kind: 'suppressed' };
const shown = (value: number): ShownCount => ({ kind: 'shown', value });

/**
 * Least number of people in each group of each table that the tables allow, worked out from the shown alone with the
 * attacker's extra knowledge of which groups were suppressed for another's sake. Facets of one set share their total only.
 */
function leastKnown(total: number, facets: readonly (readonly number[])[], tables: readonly ShownTable[]) {
  const windows = facets.map((groups, at) => {
    const all = tables[at]?.groups.every(({ kind }) => kind === 'suppressed') ?? true;
    return groups.map((count) =>
      all ? { least: 0, most: Number.POSITIVE_INFINITY } : windowOf(protectCount(count)),
    );
  });
  const sums = windows.map((each) => each.reduce((sum, { least }) => sum + least, 0));
  const least = Math.max(windowOf(protectCount(total)).least, ...sums);
  return windows.map((each) =>
    each.map((own, at) => {
      const others = each.reduce((sum, { most }, other) => (other === at ? sum : sum + most), 0);
      return Math.max(own.least, least - others);
    }),
  );
}

/** Whether somebody is known to be in a group of 1 to 7. */
function givenAway(facets: readonly (readonly number[])[], tables: readonly ShownTable[]): boolean {
  const total = facets[0]?.reduce((sum, count) => sum + count, 0) ?? 0;
  return leastKnown(total, facets, tables).some((groups, facet) =>
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
    expect(protectGroups([100, 13, 48])).toEqual([shown(100), shown(15), shown(50)]);
  });

  it('have no suppressed one alone: the least that is shown goes with it', () => {
    expect(protectGroups([100, 13, 3, 48])).toEqual([shown(100), suppressed, suppressed, shown(50)]);
    expect(protectGroups([100, 13, 3, 0])).toEqual([shown(100), shown(15), suppressed, suppressed]);
  });

  it('of fewer than eight people are all suppressed', () => {
    expect(protectGroups([7, 0])).toEqual([suppressed, suppressed]);
  });
});

describe('tables of one set', () => {
  it('are suppressed where the total says that a group is not empty', () => {
    const [table] = protectTables(43, [[12, 12, 12, 7]]);
    expect(table?.groups).toEqual([suppressed, suppressed, suppressed, suppressed]);
  });

  it('give away nobody', () => {
    fc.assert(
      fc.property(twoFacets, (facets) => {
        const total = facets[0]?.reduce((sum, count) => sum + count, 0) ?? 0;
        expect(givenAway(facets, protectTables(total, facets))).toBe(false);
      }),
      { seed: 39, numRuns: 10_000 },
    );
  });

  it('would give away somebody by each count alone', () => {
    const alone = (facets: number[][]) => {
      const total = facets[0]?.reduce((sum, count) => sum + count, 0) ?? 0;
      return facets.map((groups) => ({ total: protectCount(total), groups: groups.map(protectCount) }));
    };
    const found = fc.check(
      fc.property(twoFacets, (facets) => !givenAway(facets, alone(facets))),
      { seed: 39, numRuns: 10_000 },
    );
    expect(found.failed).toBe(true);
  });

  it('add up', () => {
    expect(() => protectTables(10, [[9]])).toThrow(RangeError);
  });
});

describe('a two-way table', () => {
  it('has no suppressed cell alone in its row or column', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(40), { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 4 }),
        (cells) => {
          const { cells: protectedCells } = protectTwoWayTable(cells);
          const columns = cells[0]?.map((_, at) => protectedCells.map((row) => row[at] ?? suppressed)) ?? [];
          for (const line of [...protectedCells, ...columns])
            expect(line.filter(({ kind }) => kind === 'suppressed')).not.toHaveLength(1);
          cells.flat().forEach((count, at) => {
            if (count < 8) expect(protectedCells.flat()[at]).toEqual(suppressed);
          });
        },
      ),
      { seed: 39, numRuns: 300 },
    );
  });

  it('shows its margins', () => {
    expect(
      protectTwoWayTable([
        [20, 30],
        [40, 50],
      ]),
    ).toEqual({
      total: shown(140),
      rows: [shown(50), shown(90)],
      columns: [shown(60), shown(80)],
      cells: [
        [shown(20), shown(30)],
        [shown(40), shown(50)],
      ],
    });
  });
});

describe('groups that may overlap', () => {
  it('are shown each for itself, also where one is suppressed', () => {
    expect(protectOverlapping(80, [80, 3])).toEqual([{ kind: 'shown', value: 80 }, { kind: 'suppressed' }]);
  });

  it('are all suppressed where a small one would be known not to be empty', () => {
    expect(protectOverlapping(80, [70, 7])).toEqual([{ kind: 'suppressed' }, { kind: 'suppressed' }]);
  });
});
