import fc from 'fast-check';
import { bandOf, fieldStrengthBands, kvpBands } from '../../../lambda/releases/acquisition-bands.contract';
import { shownCount, shownShare } from '../../../lambda/releases/shown-count.contract';

const shown = (value: number) => ({ kind: 'shown', value }) as const;

describe('a shown count', () => {
  it.each([1, 4, 5, 7, 8, 11, -5, 2.5])('cannot be %p', (value) => {
    expect(shownCount.safeParse(shown(value)).success).toBe(false);
  });

  it.each([0, 10, 15, 123_450])('can be %p', (value) => {
    expect(shownCount.parse(shown(value))).toEqual(shown(value));
  });

  it('that is withheld has no value beside it', () => {
    expect(shownCount.safeParse({ kind: 'suppressed', value: 3 }).success).toBe(false);
  });
});

describe('a share', () => {
  it('is of what is shown, and 1 at most', () => {
    expect(shownShare(shown(10), shown(40))).toBe(0.25);
    expect(shownShare(shown(45), shown(40))).toBe(1);
  });

  it('is not known where a count is withheld or there is nobody', () => {
    expect(shownShare({ kind: 'suppressed' }, shown(40))).toBeNull();
    expect(shownShare(shown(10), { kind: 'suppressed' })).toBeNull();
    expect(shownShare(shown(0), shown(0))).toBeNull();
  });
});

describe('bands', () => {
  it.each([
    ['kvp', kvpBands],
    ['field strength', fieldStrengthBands],
  ])('of %s leave no number out and take none twice', (_, bands) => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (value) => {
        const holding = bands.filter(({ from, below }) => value >= from && value < below);
        expect(holding.map(({ label }) => label)).toEqual([bandOf(bands, value)]);
      }),
      { seed: 1 },
    );
  });

  it.each([null, -1, Number.NaN])('%p is in none', (value) => {
    expect(bandOf(kvpBands, value)).toBeNull();
  });
});
