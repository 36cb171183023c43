import fc from 'fast-check';
import { bandOf, fieldStrengthBands, kvpBands } from '../../../lambda/releases/acquisition-bands.contract';

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
