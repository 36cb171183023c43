import type { Places } from './places';
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
export function everybodyInACrowd(places: Places): boolean {
  const { words, leaveWords, enterWords, cohortWords, people } = places.rows();
  const width = leaveWords + enterWords + cohortWords;
  const leastPeople = leastShown;
  let comparisons = 0;
  for (let at = people.length - 1; at >= 0; at -= 1) {
    const here = people[at] ?? 0;
    if (here >= leastPeople) break;
    let [takes, gives] = [here, here];
    for (let other = 0; takes < leastPeople && gives < leastPeople; other += 1) {
      if (other === people.length) return false;
      if (other === at) continue;
      comparisons += 1;
      const [mine, theirs] = [at * width, other * width];
      let [mayTake, mayGive] = [true, true];
      for (let word = 0; word < width && (mayTake || mayGive); word += 1) {
        const onlyMine = (words[mine + word] ?? 0) & ~(words[theirs + word] ?? 0);
        const onlyTheirs = (words[theirs + word] ?? 0) & ~(words[mine + word] ?? 0);
        if (word < leaveWords) {
          if (onlyMine !== 0) mayTake = false;
          if (onlyTheirs !== 0) mayGive = false;
        } else if (word < leaveWords + enterWords) {
          if (onlyTheirs !== 0) mayTake = false;
          if (onlyMine !== 0) mayGive = false;
        } else if (onlyTheirs !== 0) {
          mayTake = false;
          mayGive = false;
        }
      }
      const there = people[other] ?? 0;
      if (mayTake) takes += there;
      if (mayGive) gives += there;
    }
    if (comparisons > mostComparisons) return false;
  }
  return true;
}
