import fc from 'fast-check';
import { splitBalance as shownBalanceContract } from '../../../lambda/releases/release-figures.contract';
import { shownBalance } from '../../../lambda/splits/shown-balance';
import { splitBalance } from '../../../lambda/splits/split-balance';

const stratum = (
  attribute: 'sex' | 'region' | 'modality',
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

/** One more than there are people of, in each run. */
const known = { sex: ['0', '1', '2', '3', '4', '5', '6'] };

const counts = fc.array(people, { minLength: 1, maxLength: 6 }).map((groups) => ({
  development: groups.reduce((sum, { development }) => sum + development, 0),
  heldOut: groups.reduce((sum, { heldOut }) => sum + heldOut, 0),
  strata: groups.map(({ development, heldOut }, at) => stratum('sex', String(at), development, heldOut)),
}));

it('fits the figures of a release, and is a function of protected counts alone', () => {
  fc.assert(
    fc.property(counts, (true_) => {
      const shown = shownBalance(true_, 0.2, () => true, known);
      expect(shownBalanceContract.safeParse(shown).success).toBe(true);
      shown.strata.forEach(({ group, heldOut, inside }) => {
        const { development = 0, heldOut: held = 0 } =
          true_.strata.find((each) => each.group === group) ?? {};
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
      shownBalance(true_, 0.2, () => true, known).strata.forEach(({ attribute, group, inside }) => {
        const { limits, heldOut } = verdicts[attribute === 'sex' ? Number(group) : -1] ?? {
          limits: { least: 0, most: 0 },
          heldOut: 0,
        };
        if (inside === false) expect(heldOut < limits.least || heldOut > limits.most).toBe(true);
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
    {},
  );
  const regions = shown.strata.filter(({ attribute }) => attribute === 'region');
  expect(regions.map(({ group, inside }) => [group, inside])).toEqual([
    ['E12000007', true],
    ['E12000008', false],
    ['not known', false],
  ]);
  expect(regions[0]?.heldOut).toBeCloseTo(100 / 500, 10);
});

it('withholds every stratum of an attribute that may not be shown', () => {
  const strata = [stratum('region', 'E12000007', 402, 101), stratum('sex', '1', 402, 101)];
  const shown = shownBalance(
    { development: 402, heldOut: 101, strata },
    0.2,
    (attribute) => attribute === 'sex',
    {},
  );
  const ofPeople = shown.strata.filter(({ heldOut }) => heldOut !== null);
  expect(ofPeople.map(({ attribute, group }) => [attribute, group])).toEqual([['sex', '1']]);
});

it('says the same of groups of one to seven people as of groups of nobody', () => {
  const common = [
    stratum('sex', '1', 400, 100),
    stratum('sex', '2', 400, 100),
    stratum('modality', 'CR', 800, 200),
  ];
  const rare = [
    ...common,
    stratum('sex', '9', 3, 1),
    stratum('sex', null, 1, 0),
    stratum('modality', 'XA', 2, 1),
    stratum('modality', 'OT', 1, 1),
  ];
  const show = (strata: typeof common) =>
    shownBalance({ development: 800, heldOut: 200, strata }, 0.2, () => true, { sex: ['1', '2', '9'] });
  expect(show(rare)).toEqual(show(common));
  expect(show(rare).strata.filter(({ attribute }) => attribute === 'sex')).toHaveLength(4);
});
