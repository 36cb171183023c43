import type { Facet } from './facet';
import type { PatientSet } from './patient-set';
import type { CountWindow } from './protect-count';

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

/** Patients of a set by their groups: those of marked groups are told apart from all others. */
interface MarkedSet {
  readonly patients: PatientSet;
  /** Null where the set is one group. */
  readonly groupOf: Uint16Array | null;
  /** By group: the bit that its patients have, -1 for none. */
  readonly leave: Int32Array;
  readonly enter: Int32Array;
  readonly cohort: Int32Array;
}

/** Bits of every place, in words of 32. */
export interface PlaceBits {
  readonly bits: number;
  /** Words of a place. */
  readonly width: number;
  readonly words: Uint32Array;
}

const wordsFor = (bits: number) => Math.ceil(bits / 32);

/** Bits of cells that stand at the least count that their answer allows, or at the most. */
function columnsOf(cells: ToldCells, kind: 'leave' | 'enter', from: number): Int32Array {
  let next = from;
  return Int32Array.from(cells.counts, (count, at) => {
    const { least, most } = cells.windows[at] ?? { least: count, most: count };
    return (kind === 'leave' ? count > 0 && count === least : count === most) ? next++ : -1;
  });
}

const used = (columns: Int32Array) => columns.reduce((sum, column) => sum + (column < 0 ? 0 : 1), 0);

const none = Int32Array.of(-1);

const noBits: PlaceBits = { bits: 0, width: 0, words: new Uint32Array(0) };

/** The bits that places have from those that they were parts of, with room for more. */
function inherited({ width: before, words: from }: PlaceBits, partOf: Int32Array, bits: number): PlaceBits {
  const width = wordsFor(bits);
  const words = new Uint32Array(partOf.length * width);
  for (let place = 0; place < partOf.length; place += 1) {
    const start = (partOf[place] ?? 0) * before;
    for (let at = 0; at < before; at += 1) words[place * width + at] = from[start + at] ?? 0;
  }
  return { bits, width, words };
}

function mark({ width, words }: PlaceBits, place: number, bit: number): void {
  if (bit < 0) return;
  const at = place * width + (bit >>> 5);
  words[at] = (words[at] ?? 0) | (1 << (bit & 31));
}

/**
 * All that the sharers of a log can tell patients of a release by: the cells of which something was shown that stand at the
 * edge of what was shown, and cohorts, whose patients members know exactly. Who is the same in all of these is at one
 * place. Never changes: what is told next makes other places of it, with the patients of the new cells looked at alone.
 */
export class Places {
  private constructor(
    readonly release: number,
    /** By patient; patient 1 comes first. */
    private readonly placeOf: Int32Array,
    /** How many are at each place. */
    readonly people: Int32Array,
    /** Of each place, the cells that nobody may leave, those that nobody may enter, and the cohorts that it is in. */
    readonly leave: PlaceBits,
    readonly enter: PlaceBits,
    readonly cohort: PlaceBits,
  ) {}

  /** Where nothing was told, everybody is at one place. */
  static untold(release: number): Places {
    return new Places(release, new Int32Array(release), Int32Array.of(release), noBits, noBits, noBits);
  }

  with(...told: readonly ToldCells[]): Places {
    let [leaving, entering] = [this.leave.bits, this.enter.bits];
    const sets: MarkedSet[] = [];
    for (const cells of told) {
      const leave = columnsOf(cells, 'leave', leaving);
      const enter = columnsOf(cells, 'enter', entering);
      if (used(leave) + used(enter) === 0) continue;
      leaving += used(leave);
      entering += used(enter);
      const { patients, facet } = cells;
      sets.push({ patients, groupOf: facet?.groupOf ?? null, leave, enter, cohort: none });
    }
    return sets.length === 0 ? this : this.apart(sets, leaving, entering, this.cohort.bits);
  }

  /** Once members of a project know whom their cohort holds. */
  withCohort(patients: PatientSet): Places {
    const { bits } = this.cohort;
    const set = { patients, groupOf: null, leave: none, enter: none, cohort: Int32Array.of(bits) };
    return this.apart([set], this.leave.bits, this.enter.bits, bits + 1);
  }

  /** Sets patients of each marked group apart from those at their place who are not in it. */
  private apart(sets: readonly MarkedSet[], leaving: number, entering: number, cohorts: number): Places {
    const placeOf = this.placeOf.slice();
    let places = this.people.length;
    for (const { patients, groupOf, leave, enter, cohort } of sets) {
      const isMarked = leave.map((bit, at) => Math.max(bit, enter[at] ?? -1, cohort[at] ?? -1));
      const known = new Map<number, number>();
      patients.forEach((number) => {
        const group = groupOf === null ? 0 : (groupOf[number - 1] ?? 0);
        if ((isMarked[group] ?? -1) < 0) return;
        const key = (placeOf[number - 1] ?? 0) * isMarked.length + group;
        let place = known.get(key);
        if (place === undefined) {
          place = places;
          places += 1;
          known.set(key, place);
        }
        placeOf[number - 1] = place;
      });
    }
    const someoneAt = this.numbered(placeOf, places);
    const people = new Int32Array(someoneAt.length);
    for (const place of placeOf) people[place] = (people[place] ?? 0) + 1;
    const partOf = someoneAt.map((number) => this.placeOf[number - 1] ?? 0);
    const bits = {
      leave: inherited(this.leave, partOf, leaving),
      enter: inherited(this.enter, partOf, entering),
      cohort: inherited(this.cohort, partOf, cohorts),
    };
    for (const { patients, groupOf, leave, enter, cohort } of sets)
      someoneAt.forEach((number, place) => {
        if (!patients.has(number)) return;
        const group = groupOf === null ? 0 : (groupOf[number - 1] ?? 0);
        mark(bits.leave, place, leave[group] ?? -1);
        mark(bits.enter, place, enter[group] ?? -1);
        mark(bits.cohort, place, cohort[group] ?? -1);
      });
    return new Places(this.release, placeOf, people, bits.leave, bits.enter, bits.cohort);
  }

  /** Numbers places anew, without those where nobody is any more; gives somebody at each. */
  private numbered(placeOf: Int32Array, places: number): Int32Array {
    const numbers = new Int32Array(places).fill(-1);
    const someoneAt: number[] = [];
    for (let at = 0; at < placeOf.length; at += 1) {
      const place = placeOf[at] ?? 0;
      if ((numbers[place] ?? -1) < 0) {
        numbers[place] = someoneAt.length;
        someoneAt.push(at + 1);
      }
      placeOf[at] = numbers[place] ?? 0;
    }
    return Int32Array.from(someoneAt);
  }
}
