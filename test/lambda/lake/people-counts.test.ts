import { peopleCountsOf } from '../../../lambda/lake/people-counts';
import { peopleCounts } from '../../../statistics/representativeness/counts.contract';

const row = {
  age_band: '0-9',
  sex: '1',
  ethnic_category: 'A',
  imd_decile: 1,
  region: 'E12000001',
  studies: 1,
};

it('adds people up by each attribute, with a blank for what is not known', () => {
  const counts = peopleCountsOf('2026.4', [
    { ...row, people: 10, images: 100 },
    { ...row, sex: null, people: 3, images: 30 },
    { ...row, imd_decile: null, ethnic_category: 'B', people: 5, images: 5 },
  ]);
  expect(counts.attributes.sex).toEqual({
    '1': { people: { shown: 15 }, images: { shown: 105 } },
    '': { people: { shown: 3 }, images: { shown: 30 } },
  });
  expect(counts.attributes.imd_decile).toMatchObject({
    '1': { people: { shown: 13 } },
    '': { people: { shown: 5 } },
  });
  expect(counts.ethnicityByAgeAndSex).toEqual({
    attribute: 'ethnic_category',
    peopleByGroup: { A: { shown: 10 }, B: { shown: 5 } },
    peopleByAgeAndSex: [{ ageBand: '0-9', sex: '1', people: { shown: 15 } }],
  });
  expect(peopleCounts.safeParse(counts).success).toBe(true);
});
