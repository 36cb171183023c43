import { isMissing } from '../references/attributes';
import { categoriesOfGroup } from '../references/ethnic-groups';
import { type Cell, isShown, seenIn } from './cell.contract';
import type { AttributeCounts, GroupCount, PeopleCounts } from './counts.contract';

/**
 * Several cells as one: the sum of what is shown. Where nobody is seen and a cell is suppressed, the sum is too. The total
 * of people counted is therefore a little low where small cells are suppressed, and gives none of them away.
 */
export function foldCells(cells: readonly Cell[]): Cell {
  const seen = cells.reduce((sum, each) => sum + seenIn(each), 0);
  const suppressed = cells.flatMap((each) => (isShown(each) ? [] : [each]));
  // A cell of unknown size may be larger than all others: nothing can be said of the sum.
  if (suppressed.some(({ atMost }) => atMost === undefined)) return { suppressed: true };
  if (seen > 0 || suppressed.length === 0) return { shown: seen };
  return { suppressed: true, atMost: suppressed.reduce((sum, { atMost = 0 }) => sum + atMost, 0) };
}

/** Images are summed over those whose people are in the sum. */
function foldCounts(counts: readonly GroupCount[]): GroupCount {
  const seen = counts.filter(({ people }) => isShown(people));
  const images = seen.flatMap((each) => (each.images === null ? [] : [each.images]));
  const people = foldCells(counts.map((each) => each.people));
  if (images.length < seen.length || images.length === 0) return { people, images: null };
  return { people, images: isShown(people) ? foldCells(images) : { suppressed: true } };
}

/**
 * Counts with the five ethnic groups besides the NHS categories, where they have the categories and not the groups.
 * Not stated and not known stay what they are.
 */
export function withFiveEthnicGroups(counts: PeopleCounts): PeopleCounts {
  const { ethnic_category: categories, ethnic_group: given } = counts.attributes;
  if (categories === undefined || given !== undefined) return counts;
  const groups: AttributeCounts = {};
  for (const [group, members] of Object.entries(categoriesOfGroup)) {
    const found = members.flatMap((code) => categories[code] ?? []);
    if (found.length > 0) groups[group] = foldCounts(found);
  }
  for (const [code, count] of Object.entries(categories))
    if (isMissing('ethnic_category', code)) groups[code] = count;
  return { ...counts, attributes: { ...counts.attributes, ethnic_group: groups } };
}
