import { type CountWindow, itemsInSteps, requireCount, windowOf } from './protect-count';
import { leastShown, type ShownCount } from './shown-count.contract';

/** Multiples to which published counts are rounded. */
const steps = [5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000];

/** The largest step of which half is at most the root of the count: by so much a count varies by chance. */
const stepOf = (count: number): number => steps.findLast((step) => step * step <= 4 * count) ?? 5;

function rounded(count: number): number {
  const step = stepOf(count);
  return step * Math.round(count / step);
}

/**
 * A count of people as documents publish it, once and for everybody: from 8 on, to the nearest 5 as an answer is, from 25 on to
 * the nearest 10, from 100 on 20, from 625 on 50, from 2,500 on 100 and so on. It is never moved by more than the root of the
 * count, within which it varies by chance. The coarser a count, the less often it stands at the edge of what it
 * may be, and so the more can still be answered after it.
 * @throws RangeError where `count` is no whole number from 0 on.
 */
export function publishCount(count: number): ShownCount {
  requireCount(count);
  return count < leastShown ? { kind: 'suppressed' } : { kind: 'shown', value: rounded(count) };
}

/**
 * Items of people (studies, series, images) as documents publish them beside the count of these people: as `protectItems`, in
 * steps that are as coarse as the published count.
 */
export const publishItems = (items: number, people: number): ShownCount =>
  itemsInSteps(items, people, stepOf(people));

/** The least count that is published as `value` or more. */
function leastPublishedAs(value: number): number {
  let [least, enough] = [leastShown, 2 * value + 50];
  while (least < enough) {
    const middle = Math.floor((least + enough) / 2);
    if (rounded(middle) >= value) enough = middle;
    else least = middle + 1;
  }
  return least;
}

/** What is known of a count from what is published of it. */
export function publishedWindow(shown: ShownCount): CountWindow {
  if (shown.kind === 'suppressed') return windowOf(shown);
  return { least: leastPublishedAs(shown.value), most: leastPublishedAs(shown.value + 1) - 1 };
}
