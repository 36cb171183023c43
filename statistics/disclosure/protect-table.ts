import type { CountRule } from './count-rule';
import { leastShown, type ShownCount } from './shown-count.contract';

/** Counts of a set of people by group, groups of whom nothing is known among them, and of all of them. */
export interface ShownTable {
  readonly total: ShownCount;
  readonly groups: readonly ShownCount[];
}

const suppressed: ShownCount = { kind: 'suppressed' };
const isSuppressed = ({ kind }: ShownCount) => kind === 'suppressed';

/** Where the least shown count stands; -1 where there is none. It goes by what is shown, so that the choice tells nothing more. */
function leastShownAt(counts: readonly ShownCount[]): number {
  let least = -1;
  let value = Number.POSITIVE_INFINITY;
  counts.forEach((count, at) => {
    if (count.kind === 'shown' && count.value < value) [least, value] = [at, count.value];
  });
  return least;
}

/** Suppresses the least shown count with one that is suppressed alone. */
function withoutLoneCell(counts: readonly ShownCount[]): ShownCount[] {
  const result = [...counts];
  if (counts.filter(isSuppressed).length !== 1) return result;
  const least = leastShownAt(counts);
  if (least >= 0) result[least] = suppressed;
  return result;
}

/**
 * Groups of a counted set as they may be shown: no count below 8, and never one suppressed alone, which the total would
 * give away: the least shown group goes with it. Groups of a set below 8 are all suppressed. What is suppressed is a function of the
 * protected counts alone. `groups` are the true counts.
 */
export function protectGroups(groups: readonly number[], rule: CountRule): ShownCount[] {
  const total = groups.reduce((sum, count) => sum + count, 0);
  if (total < leastShown) return groups.map(() => suppressed);
  return withoutLoneCell(groups.map(rule.show));
}

/** Least and most that the total can be, from all that is shown of it. */
function totalWindow(total: number, facets: readonly (readonly number[])[], { show, windowOf }: CountRule) {
  let { least, most } = windowOf(show(total));
  for (const groups of facets) {
    const windows = groups.map((count) => windowOf(show(count)));
    least = Math.max(
      least,
      windows.reduce((sum, window) => sum + window.least, 0),
    );
    most = Math.min(
      most,
      windows.reduce((sum, window) => sum + window.most, 0),
    );
  }
  return { least, most };
}

/** Whether a count below 8 could be told to be at least one, from total and groups. */
function givesAway(
  groups: readonly number[],
  total: { least: number },
  { show, windowOf }: CountRule,
): boolean {
  const windows = groups.map((count) => windowOf(show(count)));
  const most = windows.reduce((sum, window) => sum + window.most, 0);
  return windows.some(({ least, most: own }) => least === 0 && total.least - (most - own) >= 1);
}

/**
 * Tables of one set by several facets, which share its total. `facets` are the true
 * counts of each, which add up to `total`. A table that would tell, with the total that all of them tell of together,
 * that a suppressed group is not empty is suppressed as a whole.
 * @throws RangeError where a facet does not add up to the total.
 */
export function protectTables(
  total: number,
  facets: readonly (readonly number[])[],
  rule: CountRule,
): ShownTable[] {
  for (const groups of facets)
    if (groups.reduce((sum, count) => sum + count, 0) !== total)
      throw new RangeError('the groups of a facet add up to the counted set');
  const window = totalWindow(total, facets, rule);
  return facets.map((groups) => ({
    total: rule.show(total),
    groups: givesAway(groups, window, rule) ? groups.map(() => suppressed) : protectGroups(groups, rule),
  }));
}

/**
 * Groups that together have everybody of a counted set, and may overlap (modalities, of which a patient has several): as
 * counts each for itself, or none where total and groups would tell that a suppressed one is not empty. `groups` are the
 * true counts.
 */
export function protectOverlapping(total: number, groups: readonly number[], rule: CountRule): ShownCount[] {
  return givesAway(groups, rule.windowOf(rule.show(total)), rule)
    ? groups.map(() => suppressed)
    : groups.map(rule.show);
}
