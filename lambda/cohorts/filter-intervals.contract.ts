/** Sets of numbers as intervals: apart from each other, in ascending order. */

/** From `low` to `high`, either of them infinite; whether the ends belong to it. */
export interface Interval {
  readonly low: number;
  readonly lowIncluded: boolean;
  readonly high: number;
  readonly highIncluded: boolean;
}

/** The numbers that there are: whole ones within bounds, or all. */
export type Domain =
  | { readonly whole: true; readonly low: number; readonly high: number }
  | { readonly whole: false };

export const allNumbers: readonly Interval[] = [
  { low: Number.NEGATIVE_INFINITY, lowIncluded: false, high: Number.POSITIVE_INFINITY, highIncluded: false },
];

/** Numbers below or above one. */
export const below = (high: number, highIncluded: boolean): readonly Interval[] => [
  { low: Number.NEGATIVE_INFINITY, lowIncluded: false, high, highIncluded },
];
export const above = (low: number, lowIncluded: boolean): readonly Interval[] => [
  { low, lowIncluded, high: Number.POSITIVE_INFINITY, highIncluded: false },
];

export const pointsOf = (numbers: readonly number[]): readonly Interval[] =>
  numbers.map((number) => ({ low: number, lowIncluded: true, high: number, highIncluded: true }));

export const isPoint = ({ low, high }: Interval): boolean => low === high;

/** The numbers that are missing where those left out stand each for itself, in ascending order; else null. */
export function holesOf(intervals: readonly Interval[], domain: Domain): readonly number[] | null {
  const [low, high] = domain.whole
    ? [domain.low, domain.high]
    : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (intervals[0]?.low !== low || intervals.at(-1)?.high !== high) return null;
  const gap = domain.whole ? 2 : 0;
  const ends = intervals.slice(0, -1).map((each) => each.high);
  if (!ends.every((end, index) => intervals[index + 1]?.low === end + gap)) return null;
  return ends.map((end) => end + gap / 2);
}

/** In the one form that a set of numbers has. */
export function unionOf(
  left: readonly Interval[],
  right: readonly Interval[],
  domain: Domain,
): readonly Interval[] {
  const sorted = [...left, ...right]
    .map((each) => (domain.whole ? ofWholeNumbers(each, domain.low, domain.high) : each))
    .filter((each) => !isNothing(each))
    .sort(byLow);
  const joined: Interval[] = [];
  for (const next of sorted) {
    const last = joined.at(-1);
    if (last === undefined || !touches(last, next, domain.whole)) joined.push(next);
    else joined[joined.length - 1] = { ...last, ...wider(last, next) };
  }
  return joined;
}

export const intersectionOf = (
  left: readonly Interval[],
  right: readonly Interval[],
  domain: Domain,
): readonly Interval[] =>
  unionOf(
    left.flatMap((one) => right.map((other) => intersect(one, other))),
    [],
    domain,
  );

const isNothing = ({ low, lowIncluded, high, highIncluded }: Interval): boolean =>
  low > high || (low === high && !(lowIncluded && highIncluded));

/** Ends of whole numbers belong to the interval, and lie within the bounds. */
function ofWholeNumbers(interval: Interval, lowest: number, highest: number): Interval {
  const low = interval.lowIncluded ? interval.low : interval.low + 1;
  const high = interval.highIncluded ? interval.high : interval.high - 1;
  return {
    low: Math.max(low, lowest),
    lowIncluded: true,
    high: Math.min(high, highest),
    highIncluded: true,
  };
}

const byLow = (left: Interval, right: Interval): number =>
  left.low === right.low
    ? Number(right.lowIncluded) - Number(left.lowIncluded)
    : left.low < right.low
      ? -1
      : 1;

/** Whether nothing lies between an interval and the next: of whole numbers, 3 and 4 are neighbours. */
function touches(last: Interval, next: Interval, whole: boolean): boolean {
  if (whole) return next.low <= last.high + 1;
  return next.low < last.high || (next.low === last.high && (next.lowIncluded || last.highIncluded));
}

function wider(last: Interval, next: Interval): Pick<Interval, 'high' | 'highIncluded'> {
  if (next.high > last.high) return { high: next.high, highIncluded: next.highIncluded };
  return {
    high: last.high,
    highIncluded: last.highIncluded || (next.high === last.high && next.highIncluded),
  };
}

function intersect(one: Interval, other: Interval): Interval {
  const [later, earlier] = byLow(one, other) < 0 ? [other, one] : [one, other];
  const low = later.low;
  const lowIncluded = later.low === earlier.low ? one.lowIncluded && other.lowIncluded : later.lowIncluded;
  const high = Math.min(one.high, other.high);
  const highIncluded =
    one.high === other.high
      ? one.highIncluded && other.highIncluded
      : one.high < other.high
        ? one.highIncluded
        : other.highIncluded;
  return { low, lowIncluded, high, highIncluded };
}
