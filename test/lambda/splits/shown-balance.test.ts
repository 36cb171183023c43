import fc from 'fast-check';
import { splitBalance as shownBalanceContract } from '../../../lambda/releases/release-figures.contract';
import { shownBalance } from '../../../lambda/splits/shown-balance';
import { splitBalance } from '../../../lambda/splits/split-balance';

const stratum = (
  attribute: 'sex' | 'region',
  group: string | null,
  development: number,
  heldOut: number,
) => ({
  attribute,
  group,
  development,
  heldOut,
});

const people = fc.record({ development: fc.nat(60), heldOut: fc.nat(30) });

const counts = fc.array(people, { minLength: 1, maxLength: 6 }).map((groups) => ({
  development: groups.reduce((sum, { development }) => sum + development, 0),
  heldOut: groups.reduce((sum, { heldOut }) => sum + heldOut, 0),
  strata: groups.map(({ development, heldOut }, at) => stratum('sex', String(at), development, heldOut)),
}));

it('fits the figures of a release, and is a function of protected counts alone', () => {
  fc.assert(
    fc.property(counts, (true_) => {
      const shown = shownBalance(true_, 0.2, () => true);
      expect(shownBalanceContract.safeParse(shown).success).toBe(true);
      shown.strata.forEach(({ heldOut, inside }, at) => {
        const { development = 0, heldOut: held = 0 } = true_.strata[at] ?? {};
        if (development < 8 || held < 8) expect(heldOut).toBeNull();
        expect(heldOut === null).toBe(inside === null);
      });
      // never one alone, which the whole would give away
      expect(
        shown.strata.length > 1 && shown.strata.filter(({ heldOut }) => heldOut === null).length === 1,
      ).toBe(false);
    }),
    { seed: 51, numRuns: 500 },
  );
});

it('is outside only where the true count is', () => {
  fc.assert(
    fc.property(counts, (true_) => {
      const verdicts = splitBalance(true_, 0.2).strata.map(({ limits, heldOut }) => ({ limits, heldOut }));
      shownBalance(true_, 0.2, () => true).strata.forEach(({ inside }, at) => {
        const { limits, heldOut } = verdicts[at] ?? { limits: { least: 0, most: 0 }, heldOut: 0 };
        // the people are rounded too, by at most two, which moves a limit by at most two
        if (inside === false) expect(heldOut < limits.least + 2 || heldOut > limits.most - 2).toBe(true);
      });
    }),
    { seed: 52, numRuns: 500 },
  );
});

it('says of a stratum what its shown counts say', () => {
  const shown = shownBalance(
    {
      development: 1_000,
      heldOut: 260,
      strata: [
        stratum('region', 'E12000007', 402, 101),
        stratum('region', 'E12000008', 396, 41),
        stratum('region', null, 202, 118),
      ],
    },
    0.2,
    () => true,
  );
  expect(shown.strata.map(({ group, inside }) => [group, inside])).toEqual([
    ['E12000007', true],
    ['E12000008', false],
    ['not known', false],
  ]);
  expect(shown.strata[0]?.heldOut).toBeCloseTo(100 / 505, 10);
});

it('withholds every stratum of an attribute that may not be shown', () => {
  const strata = [stratum('region', 'E12000007', 402, 101), stratum('sex', '1', 402, 101)];
  const shown = shownBalance(
    { development: 402, heldOut: 101, strata },
    0.2,
    (attribute) => attribute === 'sex',
  );
  expect(shown.strata.map(({ heldOut }) => heldOut === null)).toEqual([true, false]);
});
