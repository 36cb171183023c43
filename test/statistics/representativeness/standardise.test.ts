import fc from 'fast-check';
import { attributes } from '../../../statistics/references/attributes';
import type { ReferenceTable } from '../../../statistics/references/reference.contract';
import type { EthnicityByAgeAndSex } from '../../../statistics/representativeness/counts.contract';
import { standardised as standardisedSchema } from '../../../statistics/representativeness/report.contract';
import { standardise } from '../../../statistics/representativeness/standardise';

const order = ['Asian', 'White'];
const bands = Object.keys(attributes.age_band.groups);

/** People of two ages, of whom the younger are Asian more often. */
const population: ReferenceTable = {
  attribute: 'ethnic_group',
  people: bands.flatMap((ageBand, index) =>
    ['1', '2'].flatMap((sex) => [
      { ageBand, sex, group: 'Asian', people: index < 5 ? 300 : 100 },
      { ageBand, sex, group: 'White', people: index < 5 ? 700 : 900 },
    ]),
  ),
};

const countsOf = (
  peopleByGroup: Readonly<Record<string, number>>,
  peopleOfAge: (ageBand: string, sex: string) => number,
): EthnicityByAgeAndSex => ({
  attribute: 'ethnic_group',
  peopleByGroup: Object.fromEntries(
    Object.entries(peopleByGroup).map(([group, shown]) => [group, { shown }]),
  ),
  peopleByAgeAndSex: bands.flatMap((ageBand) =>
    ['1', '2'].map((sex) => ({ ageBand, sex, people: { shown: peopleOfAge(ageBand, sex) } })),
  ),
});

const standardised = (counts: EthnicityByAgeAndSex) =>
  standardise(counts, { id: 'population', table: population }, order);

it('compares with the people that the population has at the same ages and sexes', () => {
  // 900 old people at 10 % and 100 young ones at 30 % make 120 Asian people expected.
  const counts = countsOf({ Asian: 90, White: 910 }, (ageBand, sex) =>
    sex === '1' ? 0 : ageBand === '20-29' ? 100 : ageBand === '80-89' ? 900 : 0,
  );
  const made = standardised(counts);
  if (made.kind !== 'compared') throw new Error('not compared');
  const [asian] = made.groups;
  if (asian?.kind !== 'compared') throw new Error('no ratio');
  expect(asian.expected).toBeCloseTo(120, 9);
  expect(asian.ratio).toBeCloseTo(90 / 120, 12);
  expect(made.worstGroup?.group).toBe('Asian');
});

it('finds an older set of images fair that has each group as often as people of its ages are', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { minLength: 20, maxLength: 20 }), (tens) => {
      fc.pre(tens.some((each) => each > 0));
      // In tens, so that every expected number is whole.
      const at = (ageBand: string, sex: string) =>
        10 * (tens[2 * bands.indexOf(ageBand) + Number(sex) - 1] ?? 0);
      const young = bands.slice(0, 5).reduce((sum, band) => sum + at(band, '1') + at(band, '2'), 0);
      const old = bands.slice(5).reduce((sum, band) => sum + at(band, '1') + at(band, '2'), 0);
      const made = standardised(
        countsOf({ Asian: (3 * young + old) / 10, White: (7 * young + 9 * old) / 10 }, at),
      );
      expect(standardisedSchema.safeParse(made).error).toBeUndefined();
      if (made.kind !== 'compared') throw new Error('not compared');
      for (const group of made.groups) if (group.kind === 'compared') expect(group.ratio).toBeCloseTo(1, 9);
    }),
    { seed: 47, numRuns: 200 },
  );
});

it('says what a suppressed group is at most', () => {
  const counts = countsOf({ White: 1000 }, () => 50);
  const made = standardised({
    ...counts,
    peopleByGroup: { ...counts.peopleByGroup, Asian: { suppressed: true, atMost: 7 } },
  });
  if (made.kind !== 'compared') throw new Error('not compared');
  expect(made.groups[0]).toMatchObject({ kind: 'suppressed', group: 'Asian' });
  expect(made.groups[0]).toHaveProperty('ratioAtMost', expect.closeTo(7 / 1007 / 0.2, 9));
});

it('compares nothing where any number may stand behind a cell by age and sex', () => {
  const counts = countsOf({ Asian: 90, White: 910 }, () => 50);
  const [, ...rest] = counts.peopleByAgeAndSex;
  const made = standardised({
    ...counts,
    peopleByAgeAndSex: [{ ageBand: '0-9', sex: '1', people: { suppressed: true } }, ...rest],
  });
  expect(made).toMatchObject({ kind: 'not-compared', why: 'age-and-sex-suppressed' });
});
