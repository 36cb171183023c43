import { leastShown, type ShownCount, shownStep } from './shown-count.contract';

/** The numbers that a count may be for whoever sees what is shown of it. */
export interface CountWindow {
  readonly least: number;
  readonly most: number;
}

const suppressed: ShownCount = { kind: 'suppressed' };

/** @throws RangeError where `count` is no whole number from 0 on. */
export function requireCount(count: number): void {
  if (!Number.isSafeInteger(count) || count < 0)
    throw new RangeError('a count of people is a whole number from 0 on');
}

/**
 * A count of people as it may be shown: to the nearest 5, from 8 on. Nobody at all is suppressed as 1 to 7 are: were none
 * shown as 0, every suppressed count would say "at least one", and seven of them inside a suppressed count of seven
 * would each be known to be one.
 * @throws RangeError where `count` is no whole number from 0 on.
 */
export function protectCount(count: number): ShownCount {
  requireCount(count);
  if (count < leastShown) return suppressed;
  return { kind: 'shown', value: shownStep * Math.round(count / shownStep) };
}

/** Items of people in steps of as many people's items; suppressed where the people are. */
export function itemsInSteps(items: number, people: number, peopleInStep: number): ShownCount {
  if (people < leastShown) return suppressed;
  const step = peopleInStep * Math.max(1, Math.round(items / people));
  const value = step * Math.round(items / step);
  return value < leastShown ? suppressed : { kind: 'shown', value };
}

/**
 * Items of people (studies, say) as they may be shown beside the count of these people, in steps of five people's items. Were
 * they to the nearest 5 themselves, whoever knows that everybody has four could work out how many people there are: now the
 * items say, where everybody has the same number of them, what the people say and nothing else.
 */
export const protectItems = (items: number, people: number): ShownCount =>
  itemsInSteps(items, people, shownStep);

/** What is known of a count from what is shown of it. */
export function windowOf(shown: ShownCount): CountWindow {
  if (shown.kind === 'suppressed') return { least: 0, most: leastShown - 1 };
  if (shown.value === 0) return { least: 0, most: 0 };
  const half = Math.floor(shownStep / 2);
  return { least: Math.max(leastShown, shown.value - half), most: shown.value + half };
}
