import fc from 'fast-check';
import { windowOf } from '../../../statistics/disclosure/protect-count';
import { publishCount, publishedWindow, publishItems } from '../../../statistics/disclosure/published-count';
import { type ShownCount, shownCount } from '../../../statistics/disclosure/shown-count.contract';

const shownValue = (shown: ShownCount): number => (shown.kind === 'shown' ? shown.value : 0);
const counts = fc.oneof(
  fc.integer({ min: 0, max: 3_000 }),
  fc.integer({ min: 0, max: 1_000_000 }),
  fc.integer({ min: 0, max: 100_000_000 }),
);

describe('a published count', () => {
  it.each([0, 1, 7])('of %d is suppressed', (count) => {
    expect(publishCount(count)).toEqual({ kind: 'suppressed' });
  });

  it.each([
    [8, 10],
    [12, 10],
    [24, 25],
    [25, 30],
    [34, 30],
    [94, 90],
    [99, 100],
    [109, 100],
    [110, 120],
    [624, 620],
    [625, 650],
    [12_345, 12_400],
    [200_002, 200_000],
  ])('of %d is shown as %d', (count, value) => {
    expect(publishCount(count)).toEqual({ kind: 'shown', value });
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('is never %d', (count) => {
    expect(() => publishCount(count)).toThrow(RangeError);
  });

  it('moves by the root of the count at most, and is one that an answer might show', () => {
    fc.assert(
      fc.property(counts, (count) => {
        const shown = publishCount(count);
        expect(shownCount.parse(shown)).toEqual(shown);
        if (count >= 8)
          expect(Math.abs(shownValue(shown) - count)).toBeLessThanOrEqual(Math.max(2, Math.sqrt(count)));
      }),
      { seed: 54, numRuns: 5_000 },
    );
  });

  it('is the same for just those counts that its window has, which are no fewer than those of an answer', () => {
    fc.assert(
      fc.property(counts, (count) => {
        const shown = publishCount(count);
        const { least, most } = publishedWindow(shown);
        expect(count).toBeGreaterThanOrEqual(least);
        expect(count).toBeLessThanOrEqual(most);
        for (const edge of [least, most]) expect(publishCount(edge)).toEqual(shown);
        expect(publishCount(most + 1)).not.toEqual(shown);
        if (least > 0) expect(publishCount(least - 1)).not.toEqual(shown);
        if (shown.kind === 'suppressed') expect({ least, most }).toEqual(windowOf(shown));
      }),
      { seed: 55, numRuns: 5_000 },
    );
  });

  it('grows with the count', () => {
    fc.assert(
      fc.property(counts, (count) => {
        expect(shownValue(publishCount(count + 1))).toBeGreaterThanOrEqual(shownValue(publishCount(count)));
      }),
      { seed: 56, numRuns: 5_000 },
    );
  });
});

describe('published items of people', () => {
  it('tell of people who all have the same number of them what their count tells, and nothing else', () => {
    const perPerson = fc.integer({ min: 1, max: 2_000 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200_000 }), perPerson, (people, each) => {
        const count = publishCount(people);
        expect(publishItems(each * people, people)).toEqual(
          count.kind === 'shown' ? { kind: 'shown', value: each * count.value } : count,
        );
      }),
      { seed: 57, numRuns: 1_000 },
    );
  });

  it('are counts after the disclosure rule, and moved by no more of themselves than people may be', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 200_000 }),
        fc.integer({ min: 0, max: 100_000_000 }),
        (people, images) => {
          const shown = publishItems(images, people);
          expect(shownCount.safeParse(shown).success).toBe(true);
          if (shown.kind === 'shown' && images >= people)
            expect(Math.abs(shown.value - images)).toBeLessThanOrEqual(
              1.5 * Math.max(2.5, Math.sqrt(people)) * (images / people),
            );
        },
      ),
      { seed: 58, numRuns: 1_000 },
    );
  });
});
