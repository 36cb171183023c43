import type { ShownCount } from '../../statistics/disclosure/shown-count.contract';

/** The value of a count, null where it is withheld. */
export function shownValue(count: ShownCount): number | null {
  return count.kind === 'shown' ? count.value : null;
}

/** People, or series, that are seen in counts: those withheld add nothing. */
export const seenIn = (counts: readonly ShownCount[]): number =>
  counts.reduce((sum, count) => sum + (shownValue(count) ?? 0), 0);
