import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ageBands,
  ethnicCategories,
  regionCodes,
  sexCodes,
} from '../../../lambda/demographics/table-columns.contract';
import { censusReference } from '../../../scripts/census-reference';
import { attributes, codesInOrder, isMissing, isUncounted } from '../../../statistics/references/attributes';
import { englandCensus2021 } from '../../../statistics/references/england-census-2021';
import { categoriesOfGroup, censusGroupsOfCategory } from '../../../statistics/references/ethnic-groups';

const shared = join(__dirname, '..', '..', '..', '..', 'shared', 'census', 'census2021_england.json');
const england = englandCensus2021();

const total = (counts: Readonly<Record<string, number>> = {}) =>
  Object.values(counts).reduce((sum, each) => sum + each, 0);
const shareOf = (attribute: string, group: string) => {
  const counts = england.attributes[attribute] ?? {};
  return (100 * (counts[group] ?? Number.NaN)) / total(counts);
};

(existsSync(shared) ? it : it.skip)('is what the script makes of the published counts', () => {
  expect(england).toEqual(censusReference(JSON.parse(readFileSync(shared, 'utf8'))));
});

it('has the shares of the census in each NHS category', () => {
  const published = {
    A: 73.536,
    B: 0.875,
    C: 6.635,
    D: 0.884,
    E: 0.428,
    F: 0.839,
    G: 0.804,
    H: 3.263,
    J: 2.78,
    K: 1.115,
    L: 1.685,
    M: 1.097,
    N: 2.6,
    P: 0.52,
    R: 0.763,
    S: 2.176,
  };
  for (const [category, share] of Object.entries(published))
    expect(shareOf('ethnic_category', category)).toBeCloseTo(share, 3);
});

it('has the published shares of five groups, sexes, and an age band and region', () => {
  expect(shareOf('ethnic_group', 'Asian')).toBeCloseTo(9.606, 3);
  expect(shareOf('ethnic_group', 'White')).toBeCloseTo(81.047, 3);
  expect(shareOf('sex', '1')).toBeCloseTo(48.958, 3);
  expect(shareOf('age_band', '90+')).toBeCloseTo(0.885, 3);
  expect(shareOf('region', 'E12000007')).toBeCloseTo(15.577, 3);
});

it('differs from the published total by 20 people at most', () => {
  for (const counts of Object.values(england.attributes))
    expect(Math.abs(total(counts) - 56_490_048)).toBeLessThanOrEqual(20);
});

it('puts every census group into one category and every category into one group', () => {
  const censusGroups = Object.values(censusGroupsOfCategory).flat();
  expect(new Set(censusGroups).size).toBe(19);
  expect(censusGroups).toHaveLength(19);
  const categories = Object.values(categoriesOfGroup).flat();
  expect([...categories].sort()).toEqual(Object.keys(attributes.ethnic_category.groups).sort());
  expect(new Set(categories).size).toBe(categories.length);
});

it('says where it comes from, under which licence, and where Chinese stands', () => {
  expect(england.source).toContain('Office for National Statistics');
  expect(england.licence).toBe('Open Government Licence v3.0');
  expect(england.note).toContain('Chinese (R) stands under Asian');
});

describe('codes are those of the demographics table', () => {
  it.each([
    ['age_band', ageBands],
    ['ethnic_category', ethnicCategories],
    ['sex', sexCodes],
    ['region', regionCodes],
  ] as const)('%s', (attribute, codes) => {
    const known = codesInOrder(attribute);
    expect(codes.filter((code) => !known.includes(code))).toEqual([]);
    const grouped = known.filter((code) => !isMissing(attribute, code) && !isUncounted(attribute, code));
    expect(grouped.filter((code) => !codes.some((each) => each === code))).toEqual([]);
  });

  it('Z, 99 and blank are missing, and so is sex 0; sex 9 is known', () => {
    expect(['Z', '99', ''].every((code) => isMissing('ethnic_category', code))).toBe(true);
    expect(isMissing('sex', '0')).toBe(true);
    expect(isMissing('sex', '9')).toBe(false);
  });
});
