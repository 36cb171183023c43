/** Letters to add, leave out, change, or swap with their neighbour (optimal string alignment distance). */
export function distance(left: string, right: string): number {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const isSwap = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1),
          isSwap ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = row;
    row = next;
  }
  return row[right.length] ?? 0;
}

/** Letters that a misspelt name may differ in: a third of them, so that `sex` is not found in `set_no`. */
export const farthest = (name: string): number => Math.floor(name.length / 3);

/** Longer than any name. */
const longestName = 60;

/** The one of `names` that a misspelt one probably means, null where there is none near. Short codes may differ by one letter. */
export function nearestName(written: string, names: readonly string[]): string | null {
  if (written.length > longestName) return null;
  const near = names
    .map((name) => ({ name, away: distance(written.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, away }) => away <= Math.max(1, farthest(name)) && away < written.length)
    .sort((left, right) => left.away - right.away);
  return near[0]?.name ?? null;
}
