import { type ShownCount, shownCount } from '../../statistics/disclosure/shown-count.contract';

export { type ShownCount, shownCount };

/** The value of a count, null where it is withheld. */
export function shownValue(count: ShownCount): number | null {
  return count.kind === 'shown' ? count.value : null;
}

/**
 * The part that a count is of a total, from what is shown of both; null where one is withheld or the total is 0. Rounding
 * may put a part a little above its whole, so it is 1 at most.
 */
export function shownShare(part: ShownCount, total: ShownCount): number | null {
  const [above, below] = [shownValue(part), shownValue(total)];
  return above === null || below === null || below === 0 ? null : Math.min(1, above / below);
}
