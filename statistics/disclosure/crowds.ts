import type { PlaceBits, Places } from './places';
import { leastShown } from './shown-count.contract';

/** Comparisons of two places after which the search gives up: what is not found by then counts as not there. */
const mostComparisons = 8_000_000;

/**
 * Whether every patient stands in a crowd of at least eight: could, with nothing that was told being different, take the
 * place of seven others or more (or have that many take his or hers). A place is all that questions can tell a patient by.
 *
 * Taking q's place, p leaves the cells that p alone is in, and enters those that q alone is in. That changes nothing
 * told where none of the former stands at the least count that its answer allows, and none of the latter at the most.
 * Of a cohort's patients its members know everything: so q is in no cohort that p is not in.
 *
 * It follows that no count of 1 to 7 is known. Let C be any set of 1 to 7 patients that can be described. Of a patient in
 * C the crowd has somebody outside C; with that exchange the count of C is one less (or one more), and all that was
 * told is the same. So nobody can say which of the two it is.
 */
export function everybodyInACrowd({ people, leave, enter, cohort }: Places): boolean {
  const order = mostPeopleFirst(people);
  const leastPeople = leastShown;
  let comparisons = 0;
  for (let last = order.length - 1; last >= 0; last -= 1) {
    const here = order[last] ?? 0;
    let takes = people[here] ?? 0;
    let gives = takes;
    if (takes >= leastPeople) break;
    for (let at = 0; takes < leastPeople && gives < leastPeople; at += 1) {
      if (at === order.length) return false;
      const there = order[at] ?? 0;
      if (there === here) continue;
      comparisons += 1;
      if (lacks(cohort, here, there)) continue;
      if (!lacks(leave, there, here) && !lacks(enter, here, there)) takes += people[there] ?? 0;
      if (!lacks(leave, here, there) && !lacks(enter, there, here)) gives += people[there] ?? 0;
    }
    if (comparisons > mostComparisons) return false;
  }
  return true;
}

/** Whether a place lacks a bit that another one has. */
function lacks({ width, words }: PlaceBits, place: number, other: number): boolean {
  const mine = place * width;
  const theirs = other * width;
  for (let at = 0; at < width; at += 1)
    if (((words[theirs + at] ?? 0) & ~(words[mine + at] ?? 0)) !== 0) return true;
  return false;
}

function mostPeopleFirst(people: Int32Array): Int32Array {
  const places = people.length;
  const keys = new Float64Array(places);
  for (let place = 0; place < places; place += 1)
    keys[place] = (people[place] ?? 0) * places + (places - 1 - place);
  keys.sort();
  const order = new Int32Array(places);
  for (let at = 0; at < places; at += 1) order[at] = places - 1 - ((keys[places - 1 - at] ?? 0) % places);
  return order;
}
