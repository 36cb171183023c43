import type { Reference } from '../../../statistics/references/reference.contract';
import type { Cell } from '../../../statistics/representativeness/cell.contract';
import type { AttributeCounts, PeopleCounts } from '../../../statistics/representativeness/counts.contract';
import type { Comparison, ComparisonMade } from '../../../statistics/representativeness/report.contract';

/** Counts of people without their images. */
export const countsOf = (groups: Readonly<Record<string, number | Cell>>): AttributeCounts =>
  Object.fromEntries(
    Object.entries(groups).map(([group, cell]) => [
      group,
      { people: typeof cell === 'number' ? { shown: cell } : cell, images: null },
    ]),
  );

export const peopleOf = (
  attributes: Readonly<Record<string, Readonly<Record<string, number | Cell>>>>,
  more: Partial<PeopleCounts> = {},
): PeopleCounts => ({
  name: 'a release',
  attributes: Object.fromEntries(
    Object.entries(attributes).map(([name, groups]) => [name, countsOf(groups)]),
  ),
  ...more,
});

export const populationOf = (
  attributes: Reference['attributes'],
  more: Partial<Reference> = {},
): Reference => ({
  id: 'population',
  label: 'A population',
  source: 'a test',
  date: '2021-03-21',
  licence: 'none',
  attributes,
  ...more,
});

/** Five groups of a release of 10,000 people, and of England. */
export const goldenCounts = { Asian: 710, Black: 300, Mixed: 190, Other: 240, White: 8560 };
export const goldenReference = {
  Asian: 5_426_423,
  Black: 2_381_722,
  Mixed: 1_669_375,
  White: 45_783_379,
  Other: 1_229_166,
};

export function made(comparison: Comparison | undefined): ComparisonMade {
  if (comparison?.kind !== 'compared') throw new Error('not compared');
  return comparison;
}

/** The group of a comparison, with its ratio. */
export function comparedGroup(comparison: Comparison | undefined, group: string) {
  const found = made(comparison).groups.find((each) => each.group === group);
  if (found?.kind !== 'compared') throw new Error(`${group} has no ratio`);
  return found;
}
