import type { Facet } from './facet';
import type { PatientSet } from './patient-set';
import type { CountWindow } from './protect-count';
import { leastShown } from './shown-count.contract';

/** Cells of which something was shown: a set of patients, as a whole or by the groups of a facet. */
export interface ToldCells {
  readonly patients: PatientSet;
  /** Null for the set as a whole, which is one cell. */
  readonly facet: Facet | null;
  /** True count of each cell. */
  readonly counts: readonly number[];
  /** What was told of each. */
  readonly windows: readonly CountWindow[];
}

/** What the sharers of a log know: cells of which something was shown, and cohorts whose patients members know exactly. */
export interface Told {
  readonly release: number;
  readonly cells: readonly ToldCells[];
  readonly cohorts: readonly PatientSet[];
}

/** Comparisons of two patients' places after which the search gives up: what is not found by then counts as not there. */
const mostComparisons = 8_000_000;

/** Bits of all patients, a row each: answers that they may not leave, that they may not enter, cohorts that they are in. */
interface Places {
  readonly rows: Uint32Array;
  readonly width: number;
  readonly leaveWords: number;
  readonly enterWords: number;
}

const wordsFor = (bits: number) => Math.ceil(bits / 32);

function columnsOf(cells: ToldCells, kind: 'leave' | 'enter', from: number): Int32Array {
  let next = from;
  return Int32Array.from(cells.counts, (count, at) => {
    const { least, most } = cells.windows[at] ?? { least: count, most: count };
    return (kind === 'leave' ? count > 0 && count === least : count === most) ? next++ : -1;
  });
}

const used = (columns: Int32Array) => columns.reduce((sum, column) => sum + (column < 0 ? 0 : 1), 0);

function placesOf({ release, cells, cohorts }: Told): Places {
  let [leaving, entering] = [0, 0];
  const told = cells.flatMap((each) => {
    const leave = columnsOf(each, 'leave', leaving);
    const enter = columnsOf(each, 'enter', entering);
    if (used(leave) + used(enter) === 0) return [];
    leaving += used(leave);
    entering += used(enter);
    return [{ cells: each, leave, enter }];
  });
  const [leaveWords, enterWords] = [wordsFor(leaving), wordsFor(entering)];
  const width = leaveWords + enterWords + wordsFor(cohorts.length);
  const rows = new Uint32Array(release * width);
  const mark = (number: number, section: number, column: number) => {
    const at = (number - 1) * width + section + (column >>> 5);
    rows[at] = (rows[at] ?? 0) | (1 << (column & 31));
  };
  for (const { cells: each, leave, enter } of told) {
    const groupOf = each.facet?.groupOf;
    each.patients.forEach((number) => {
      const group = groupOf === undefined ? 0 : (groupOf[number - 1] ?? 0);
      const [leaveColumn, enterColumn] = [leave[group] ?? -1, enter[group] ?? -1];
      if (leaveColumn >= 0) mark(number, 0, leaveColumn);
      if (enterColumn >= 0) mark(number, leaveWords, enterColumn);
    });
  }
  cohorts.forEach((cohort, column) => {
    cohort.forEach((number) => {
      mark(number, leaveWords + enterWords, column);
    });
  });
  return { rows, width, leaveWords, enterWords };
}

interface Crowd {
  /** Row of the first patient in it. */
  readonly row: number;
  people: number;
}

/** Patients with equal rows together, largest first. */
function equalRows({ rows, width }: Places, release: number): Crowd[] {
  if (width === 0) return [{ row: 0, people: release }];
  const slots = 2 ** Math.ceil(Math.log2(2 * release + 2));
  const table = new Int32Array(slots).fill(-1);
  const crowds: Crowd[] = [];
  for (let row = 0; row < release; row += 1) {
    const start = row * width;
    let hash = 0x811c9dc5;
    for (let at = start; at < start + width; at += 1)
      hash = Math.imul(hash ^ (rows[at] ?? 0) ^ (hash >>> 15), 0x9e3779b1);
    let slot = (hash ^ (hash >>> 13)) & (slots - 1);
    for (;;) {
      const crowd = crowds[table[slot] ?? -1];
      if (crowd === undefined) {
        table[slot] = crowds.length;
        crowds.push({ row, people: 1 });
        break;
      }
      let same = true;
      for (let at = 0; same && at < width; at += 1) same = rows[start + at] === rows[crowd.row * width + at];
      if (same) {
        crowd.people += 1;
        break;
      }
      slot = (slot + 1) & (slots - 1);
    }
  }
  return crowds.sort((one, other) => other.people - one.people);
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
export function everybodyInACrowd(told: Told): boolean {
  const places = placesOf(told);
  const crowds = equalRows(places, told.release);
  const { width, leaveWords, enterWords } = places;
  const rows = new Uint32Array(crowds.length * width);
  crowds.forEach(({ row }, at) => {
    rows.set(places.rows.subarray(row * width, (row + 1) * width), at * width);
  });
  let comparisons = 0;
  for (let at = crowds.length - 1; at >= 0; at -= 1) {
    const people = crowds[at]?.people ?? 0;
    if (people >= leastShown) break;
    let [takes, gives] = [people, people];
    for (let other = 0; takes < leastShown && gives < leastShown; other += 1) {
      if (other === crowds.length) return false;
      if (other === at) continue;
      comparisons += 1;
      const [mine, theirs] = [at * width, other * width];
      let [mayTake, mayGive] = [true, true];
      for (let word = 0; word < width && (mayTake || mayGive); word += 1) {
        const onlyMine = (rows[mine + word] ?? 0) & ~(rows[theirs + word] ?? 0);
        const onlyTheirs = (rows[theirs + word] ?? 0) & ~(rows[mine + word] ?? 0);
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
      const there = crowds[other]?.people ?? 0;
      if (mayTake) takes += there;
      if (mayGive) gives += there;
    }
    if (comparisons > mostComparisons) return false;
  }
  return true;
}
