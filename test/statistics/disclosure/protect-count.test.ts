import fc from 'fast-check';
import {
  protectCount,
  protectMean,
  sumOfShown,
  windowOf,
} from '../../../statistics/disclosure/protect-count';
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

it('is summed from what is shown, and not where a part is suppressed', () => {
  expect(sumOfShown([protectCount(12), protectCount(13)])).toEqual({ kind: 'shown', value: 25 });
  expect(sumOfShown([protectCount(12), protectCount(3)])).toEqual({ kind: 'suppressed' });
  expect(sumOfShown([])).toEqual({ kind: 'suppressed' });
});

it('has no mean below eight people', () => {
  expect(protectMean(70, 7)).toBeNull();
  expect(protectMean(80, 8)).toBe(10);
});
