import { countOf } from './universe';

/** What an attacker knows: the people of these types are so many at least and at most. */
export interface Knowledge {
  readonly types: number;
  readonly least: number;
  readonly most: number;
}

/** Steps of the exact search for one question about one cell. */
const longestSearch = 400_000;

export class SearchTooLong extends Error {}

/**
 * Whether people can be spread over the types so that all that is known holds. Exact: branches on the number of people of a type
 * until what is known leaves nothing open. `hint` only says which number is tried first.
 * @throws SearchTooLong where it would take more steps.
 */
export function possible(
  known: readonly Knowledge[],
  types: number,
  hint: readonly number[],
  mostSteps = longestSearch,
): boolean {
  const every = known.map(({ types: mask, least, most }) => ({
    members: Array.from({ length: types }, (_, type) => type).filter((type) => ((mask >>> type) & 1) === 1),
    least,
    most,
  }));
  let steps = 0;

  const narrow = (least: number[], most: number[]): boolean => {
    for (let changed = true; changed; ) {
      changed = false;
      for (const each of every) {
        let [sumLeast, sumMost] = [0, 0];
        for (const type of each.members) {
          sumLeast += least[type] ?? 0;
          sumMost += most[type] ?? 0;
        }
        if (sumLeast > each.most || sumMost < each.least) return false;
        for (const type of each.members) {
          const [low, high] = [least[type] ?? 0, most[type] ?? 0];
          const newHigh = Math.min(high, each.most - (sumLeast - low));
          const newLow = Math.max(low, each.least - (sumMost - high));
          if (newLow > newHigh) return false;
          if (newLow !== low || newHigh !== high) {
            least[type] = newLow;
            most[type] = newHigh;
            sumLeast += newLow - low;
            sumMost += newHigh - high;
            changed = true;
          }
        }
      }
    }
    return true;
  };

  const search = (least: number[], most: number[]): boolean => {
    steps += 1;
    if (steps > mostSteps) throw new SearchTooLong('the search for a possible world is too long');
    if (!narrow(least, most)) return false;
    let widest = -1;
    for (let type = 0; type < types; type += 1) {
      const width = (most[type] ?? 0) - (least[type] ?? 0);
      if (width > 0 && (widest < 0 || width < (most[widest] ?? 0) - (least[widest] ?? 0))) widest = type;
    }
    if (widest < 0) return true;
    const [low, high] = [least[widest] ?? 0, most[widest] ?? 0];
    const first = Math.min(high, Math.max(low, hint[widest] ?? low));
    const parts = [
      [first, first],
      [low, first - 1],
      [first + 1, high],
    ] as const;
    return parts.some(([from, to]) => {
      if (from > to) return false;
      const [nextLeast, nextMost] = [[...least], [...most]];
      nextLeast[widest] = from;
      nextMost[widest] = to;
      return search(nextLeast, nextMost);
    });
  };

  const most = known.reduce((largest, each) => Math.max(largest, each.most), 0);
  return search(new Array<number>(types).fill(0), new Array<number>(types).fill(most));
}

/** Moves of one person from one type to another after which all that is known still holds. */
function freeMoves(known: readonly Knowledge[], people: readonly number[]): readonly [number, number][] {
  const counted = known.map((each) => ({ ...each, count: countOf(people, each.types) }));
  const moves: [number, number][] = [];
  for (let from = 0; from < people.length; from += 1) {
    if (people[from] === 0) continue;
    for (let to = 0; to < people.length; to += 1) {
      if (to === from) continue;
      const free = counted.every(({ types, least, most, count }) => {
        const after = count - ((types >>> from) & 1) + ((types >>> to) & 1);
        return after >= least && after <= most;
      });
      if (free) moves.push([from, to]);
    }
  }
  return moves;
}

/**
 * Cells of 1 to 7 people of which only one number is possible. `people` (the truth) chooses the cells and shortens the
 * search for another possible number; whether there is one is decided exactly.
 */
export function recovered(
  known: readonly Knowledge[],
  people: readonly number[],
  cells: Iterable<number>,
): number[] {
  const moves = freeMoves(known, people);
  const found: number[] = [];
  for (const cell of cells) {
    const count = countOf(people, cell);
    if (count < 1 || count > 7) continue;
    if (moves.some(([from, to]) => ((cell >>> from) & 1) !== ((cell >>> to) & 1))) continue;
    const fewer = { types: cell, least: 0, most: count - 1 };
    const more = { types: cell, least: count + 1, most: people.reduce((sum, each) => sum + each, 0) };
    if (possible([...known, fewer], people.length, people)) continue;
    if (possible([...known, more], people.length, people)) continue;
    found.push(cell);
  }
  return found;
}

/** Whether a cell is known to have somebody in it, and seven at most; null where a short search does not tell. */
function isConfined(known: readonly Knowledge[], people: readonly number[], cell: number): boolean | null {
  const total = people.reduce((sum, each) => sum + each, 0);
  try {
    return (
      !possible([...known, { types: cell, least: 0, most: 0 }], people.length, people, 300) &&
      !possible([...known, { types: cell, least: 8, most: total }], people.length, people, 300)
    );
  } catch (error) {
    if (error instanceof SearchTooLong) return null;
    throw error;
  }
}

/** The stronger measure: of the cells of 1 to 7 people, how many are known to be that. */
export function confined(
  known: readonly Knowledge[],
  people: readonly number[],
  cells: Iterable<number>,
): { cells: number; confined: number; undecided: number } {
  const count = { cells: 0, confined: 0, undecided: 0 };
  for (const cell of cells) {
    const size = countOf(people, cell);
    if (size < 1 || size > 7) continue;
    count.cells += 1;
    const result = isConfined(known, people, cell);
    if (result === null) count.undecided += 1;
    else if (result) count.confined += 1;
  }
  return count;
}
