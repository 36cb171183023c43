import fc from 'fast-check';
import { protectCount, protectItems, windowOf } from '../../../statistics/disclosure/protect-count';
import { shownCount } from '../../../statistics/disclosure/shown-count.contract';

describe('a count of people', () => {
  it.each([0, 1, 7])('of %d is suppressed', (count) => {
    expect(protectCount(count)).toEqual({ kind: 'suppressed' });
  });

  it.each([
    [8, 10],
    [12, 10],
    [13, 15],
    [17, 15],
    [18, 20],
    [200_002, 200_000],
  ])('of %d is shown as %d', (count, value) => {
    expect(protectCount(count)).toEqual({ kind: 'shown', value });
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('is never %d', (count) => {
    expect(() => protectCount(count)).toThrow(RangeError);
  });

  it('is one of those that what is shown allows, and every other of these is shown alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (count) => {
        const shown = protectCount(count);
        expect(shownCount.parse(shown)).toEqual(shown);
        const { least, most } = windowOf(shown);
        expect(count).toBeGreaterThanOrEqual(least);
        expect(count).toBeLessThanOrEqual(most);
        for (let other = least; other <= most; other += 1) expect(protectCount(other)).toEqual(shown);
        expect(most - least).toBeGreaterThanOrEqual(4);
      }),
      { seed: 39, numRuns: 500 },
    );
  });
});

it('items of people who all have as many say what their count says, and nothing else', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 1, max: 500 }), (people, each) => {
      const count = protectCount(people);
      expect(protectItems(each * people, people)).toEqual(
        count.kind === 'shown' ? { kind: 'shown', value: each * count.value } : count,
      );
    }),
    { seed: 57, numRuns: 1_000 },
  );
});
