import { leastShown, type ShownCount, shownStep } from './shown-count.contract';

/** The numbers that a count may be for whoever sees what is shown of it. */
export interface CountWindow {
  readonly least: number;
  readonly most: number;
}

const suppressed: ShownCount = { kind: 'suppressed' };

/**
 * A count of people as it may be shown: to the nearest 5, from 8 on. Nobody at all is suppressed as 1 to 7 are: were none
 * shown as 0, every suppressed count would say "at least one", and seven of them inside a suppressed count of seven
 * would each be known to be one.
 * @throws RangeError where `count` is no whole number from 0 on.
 */
export function protectCount(count: number): ShownCount {
  if (!Number.isSafeInteger(count) || count < 0)
    throw new RangeError('a count of people is a whole number from 0 on');
  if (count < leastShown) return suppressed;
  return { kind: 'shown', value: shownStep * Math.round(count / shownStep) };
}

/** What is known of a count from what is shown of it. */
export function windowOf(shown: ShownCount): CountWindow {
  if (shown.kind === 'suppressed') return { least: 0, most: leastShown - 1 };
  if (shown.value === 0) return { least: 0, most: 0 };
  const half = Math.floor(shownStep / 2);
  return { least: Math.max(leastShown, shown.value - half), most: shown.value + half };
}

/** A sum of counts that were protected, from what is shown alone; suppressed where one of them is, or there are none. */
export function sumOfShown(counts: readonly ShownCount[]): ShownCount {
  let value = 0;
  for (const count of counts) {
    if (count.kind === 'suppressed') return suppressed;
    value += count.value;
  }
  return value === 0 ? suppressed : { kind: 'shown', value };
}

/** A mean over people as it may be shown: null over fewer than 8 of them. `people` is the true count. */
export function protectMean(sum: number, people: number): number | null {
  return people < leastShown ? null : sum / people;
}
