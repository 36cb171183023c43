import type { PlaceBits, Places } from './places';
import { leastShown } from './shown-count.contract';

/** Comparisons of two places after which the search gives up: what is not found by then counts as not there. */
const mostComparisons = 8_000_000;

/** Places where others found their crowd lately: most people find theirs there too, without a look at all places. */
const mostWitnesses = 128;

/** Ways in which p at one place and q at another may be exchanged: p takes q's place, or gives his or hers. */
const take = 1;
const give = 2;

/** The ways in which somebody here may be exchanged with somebody there; 0: none. */
function exchange({ leave, enter, cohort }: Places, here: number, there: number): number {
  if (lacks(cohort, here, there)) return 0;
  const mayTake = !lacks(leave, there, here) && !lacks(enter, here, there);
  const mayGive = !lacks(leave, here, there) && !lacks(enter, there, here);
  return (mayTake ? take : 0) | (mayGive ? give : 0);
}

/**
 * To take a place, and from there another's, is to take that other's at once. So a crowd is found with the first place that may be
 * taken and whose people are known to have a crowd by taking places; the same for giving.
 */
class CrowdSearch {
  /** By place: the ways by which its people are known to have a crowd. */
  private readonly ways: Uint8Array;
  private readonly order: Int32Array;
  private readonly witnesses: number[] = [];
  private witnessed = 0;
  private comparisons = 0;

  constructor(private readonly places: Places) {
    this.ways = Uint8Array.from(places.people, (people) => (people >= leastShown ? take | give : 0));
    this.order = mostPeopleFirst(places.people);
  }

  everybody(): boolean {
    for (const here of this.order) {
      if (this.ways[here] !== 0) continue;
      const ways = this.amongWitnesses(here) || this.amongAll(here);
      if (ways === 0 || this.comparisons > mostComparisons) return false;
      this.ways[here] = ways;
    }
    return true;
  }

  private amongWitnesses(here: number): number {
    for (const there of this.witnesses) {
      const ways = exchange(this.places, here, there) & (this.ways[there] ?? 0);
      if (ways !== 0) return ways;
    }
    return 0;
  }

  /** Compares a place with all others, those of most people first, until a crowd is found. */
  private amongAll(here: number): number {
    const { people } = this.places;
    let takes = people[here] ?? 0;
    let gives = takes;
    for (const there of this.order) {
      if (there === here) continue;
      this.comparisons += 1;
      const possible = exchange(this.places, here, there);
      if (possible === 0) continue;
      const ways = possible & (this.ways[there] ?? 0);
      if (ways !== 0) {
        this.witnesses[this.witnessed % mostWitnesses] = there;
        this.witnessed += 1;
        return ways;
      }
      if ((possible & take) !== 0) takes += people[there] ?? 0;
      if ((possible & give) !== 0) gives += people[there] ?? 0;
      if (takes >= leastShown) return take;
      if (gives >= leastShown) return give;
    }
    return 0;
  }
}

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
  return new CrowdSearch(places).everybody();
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
