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

/** Cells with the numbers of their bits in the row of a place; -1: none. */
interface MarkedCells {
  readonly cells: ToldCells;
  /** By cell: for one that stands at the least count its answer allows, so that nobody may leave it. */
  readonly leave: Int32Array;
  /** For one that stands at the most, so that nobody may enter it. */
  readonly enter: Int32Array;
}

/** Patients of a set by their groups: those of marked groups are told apart from all others. */
interface MarkedSet {
  readonly patients: PatientSet;
  /** Null where the set is one group. */
  readonly groupOf: Uint16Array | null;
  /** By group: 1 for one that is marked. */
  readonly isMarked: Int32Array;
}

/** Rows of all places, each with words for cells that are not to be left, not to be entered, and for cohorts. */
export interface PlaceRows {
  readonly words: Uint32Array;
  readonly leaveWords: number;
  readonly enterWords: number;
  readonly cohortWords: number;
  /** How many people are at each place: the place with the most comes first. */
  readonly people: Int32Array;
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
    /** A patient of each place. */
    private readonly someoneAt: Int32Array,
    private readonly people: Int32Array,
    private readonly marked: readonly MarkedCells[],
    private readonly cohorts: readonly PatientSet[],
  ) {}

  /** Where nothing was told, everybody is at one place. */
  static untold(release: number): Places {
    return new Places(release, new Int32Array(release), Int32Array.of(1), Int32Array.of(release), [], []);
  }

  with(...told: readonly ToldCells[]): Places {
    let [leaving, entering] = [this.columns('leave'), this.columns('enter')];
    const marked: MarkedCells[] = [];
    for (const cells of told) {
      const leave = columnsOf(cells, 'leave', leaving);
      const enter = columnsOf(cells, 'enter', entering);
      if (used(leave) + used(enter) === 0) continue;
      leaving += used(leave);
      entering += used(enter);
      marked.push({ cells, leave, enter });
    }
    if (marked.length === 0) return this;
    const apart = marked.map(({ cells: { patients, facet }, leave, enter }) => ({
      patients,
      groupOf: facet?.groupOf ?? null,
      isMarked: leave.map((column, group) => (column >= 0 || (enter[group] ?? -1) >= 0 ? 1 : 0)),
    }));
    return this.apart(apart, [...this.marked, ...marked], this.cohorts);
  }

  /** Once members of a project know whom their cohort holds. */
  withCohort(patients: PatientSet): Places {
    const whole = { patients, groupOf: null, isMarked: Int32Array.of(1) };
    return this.apart([whole], this.marked, [...this.cohorts, patients]);
  }

  rows(): PlaceRows {
    const order = Array.from(this.people, (_, at) => at).sort(
      (one, other) => (this.people[other] ?? 0) - (this.people[one] ?? 0),
    );
    const leaveWords = wordsFor(this.columns('leave'));
    const enterWords = wordsFor(this.columns('enter'));
    const cohortWords = wordsFor(this.cohorts.length);
    const width = leaveWords + enterWords + cohortWords;
    const words = new Uint32Array(order.length * width);
    const someone = Int32Array.from(order, (place) => this.someoneAt[place] ?? 0);
    const mark = (row: number, section: number, column: number): void => {
      const at = row * width + section + (column >>> 5);
      words[at] = (words[at] ?? 0) | (1 << (column & 31));
    };
    for (const { cells, leave, enter } of this.marked)
      for (let row = 0; row < someone.length; row += 1) {
        const number = someone[row] ?? 0;
        if (!cells.patients.has(number)) continue;
        const group = cells.facet === null ? 0 : (cells.facet.groupOf[number - 1] ?? 0);
        const [leaveColumn, enterColumn] = [leave[group] ?? -1, enter[group] ?? -1];
        if (leaveColumn >= 0) mark(row, 0, leaveColumn);
        if (enterColumn >= 0) mark(row, leaveWords, enterColumn);
      }
    this.cohorts.forEach((cohort, column) => {
      for (let row = 0; row < someone.length; row += 1)
        if (cohort.has(someone[row] ?? 0)) mark(row, leaveWords + enterWords, column);
    });
    const people = Int32Array.from(order, (place) => this.people[place] ?? 0);
    return { words, leaveWords, enterWords, cohortWords, people };
  }

  private columns(kind: 'leave' | 'enter'): number {
    return this.marked.reduce((sum, each) => sum + used(each[kind]), 0);
  }

  /** Sets patients of each marked group apart from those at their place who are not in it. */
  private apart(
    sets: readonly MarkedSet[],
    marked: readonly MarkedCells[],
    cohorts: readonly PatientSet[],
  ): Places {
    const placeOf = this.placeOf.slice();
    let places = this.people.length;
    for (const { patients, groupOf, isMarked } of sets) {
      const known = new Map<number, number>();
      patients.forEach((number) => {
        const group = groupOf === null ? 0 : (groupOf[number - 1] ?? 0);
        if (isMarked[group] !== 1) return;
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
    const numbers = new Int32Array(places).fill(-1);
    const someoneAt: number[] = [];
    const people: number[] = [];
    for (let at = 0; at < placeOf.length; at += 1) {
      const place = placeOf[at] ?? 0;
      let number = numbers[place] ?? -1;
      if (number < 0) {
        number = someoneAt.length;
        numbers[place] = number;
        someoneAt.push(at + 1);
        people.push(0);
      }
      placeOf[at] = number;
      people[number] = (people[number] ?? 0) + 1;
    }
    return new Places(
      this.release,
      placeOf,
      Int32Array.from(someoneAt),
      Int32Array.from(people),
      marked,
      cohorts,
    );
  }
}
