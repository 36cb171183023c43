import type { Facet } from '../../../../statistics/disclosure/facet';
import type {
  CohortDecision,
  Decision,
  LogEntry,
  Question,
} from '../../../../statistics/disclosure/may-answer';
import type { PublishedSets, SetsToPublish } from '../../../../statistics/disclosure/publish-sets';
import type { ShownCount } from '../../../../statistics/disclosure/shown-count.contract';
import type { Knowledge } from './attacker';
import { countOf, type Universe } from './universe';

/** The rule under attack. */
export interface Rule {
  publish(release: number, tables: readonly SetsToPublish[]): PublishedSets;
  answer(question: Question, log: readonly LogEntry[]): Decision;
  addFacet(filter: string, facet: Facet, log: readonly LogEntry[]): Decision;
  makeCohort(types: Question['patients'], log: readonly LogEntry[]): CohortDecision;
}

export interface Campaign {
  /** What everybody is shown. */
  readonly known: readonly Knowledge[];
  /** Sets of types whose people the members of a project know one by one, a project each. */
  readonly cohorts: readonly number[];
  /** Sets that were asked for or published, whatever came of it. */
  readonly asked: readonly number[];
  readonly answered: number;
  readonly refused: number;
}

/** What a shown number says. The attacker knows the rule, and its faults where it has any. */
export type Meaning = (value: number) => { readonly least: number; readonly most: number };

/** The rule's, worked out here again: 8 or more, and rounded to the nearest 5. */
export const roundedFromEight: Meaning = (value) => ({ least: Math.max(8, value - 2), most: value + 2 });

/** What is known of a count of eight or more that documents publish. */
export type PublishedMeaning = (count: number) => { readonly least: number; readonly most: number };

/** The rule's, worked out here again: to the nearest 5 up to 24, then to the nearest 10; no universe has a hundred people. */
export const publishedFromEight: PublishedMeaning = (count) => {
  const [five, ten] = [5 * Math.round(count / 5), 10 * Math.round(count / 10)];
  return count < 25
    ? { least: Math.max(8, five - 2), most: Math.min(24, five + 2) }
    : { least: Math.max(25, ten - 5), most: ten + 4 };
};

/**
 * What a shown count says. Of one that is suppressed the attacker is told more than the answer says: whether it was suppressed for
 * its own smallness (0 to 7), and if not, what would have been shown.
 */
function learn(universe: Universe, types: number, shown: ShownCount, meaning: Meaning): Knowledge {
  if (shown.kind === 'shown') return { types, ...meaning(shown.value) };
  const count = countOf(universe.people, types);
  return count <= 7
    ? { types, least: 0, most: 7 }
    : { types, ...roundedFromEight(5 * Math.round(count / 5)) };
}

const valuesOf = (universe: Universe, attribute: number): number[] =>
  Array.from({ length: universe.attributes[attribute] ?? 0 }, (_, value) => value);

/** What a release of some of the people shows before anybody asks: by attribute, and a list of values that overlap. */
function published(universe: Universe, part: number, random: () => number): number[][] {
  const everybody = 2 ** universe.people.length - 1;
  const tables = universe.attributes
    .map((_, attribute) =>
      valuesOf(universe, attribute).map((value) => part & universe.having(attribute, value)),
    )
    .filter(() => random() < 0.7);
  const values = [0, 1, 2].map(() => part & Math.floor(random() * everybody));
  return [[part], [everybody & ~part], ...tables, values];
}

/** A set to ask for: a condition, one on top of an earlier set, or made of earlier sets to isolate what differs. */
function nextSet(universe: Universe, asked: readonly number[], random: () => number): number {
  const pick = <Each>(list: readonly Each[]) => list[Math.floor(random() * list.length)];
  const everybody = 2 ** universe.people.length - 1;
  const attribute = Math.floor(random() * universe.attributes.length);
  const condition = universe.having(attribute, Math.floor(random() * (universe.attributes[attribute] ?? 1)));
  const one = pick(asked) ?? everybody;
  const other = pick(asked) ?? everybody;
  const type = 1 << Math.floor(random() * universe.people.length);
  return (
    pick([
      condition,
      everybody & ~condition,
      one & condition,
      one & ~condition,
      one | condition,
      one & ~other,
      one & other,
      one | other,
      everybody & ~one,
      one ^ other,
      one & ~type,
      one | type,
      one ^ type ^ (1 << Math.floor(random() * universe.people.length)),
      Math.floor(random() * everybody) & everybody,
    ]) ?? everybody
  );
}

/**
 * Sees what a release publishes, asks for everybody, and then puts one question after another, asks for facets of what was
 * counted before and makes cohorts, with all that the log has told.
 */
export function attack(
  universe: Universe,
  rule: Rule,
  steps: number,
  random: () => number,
  meaning: Meaning = roundedFromEight,
  publishedMeaning: PublishedMeaning = publishedFromEight,
): Campaign {
  const everybody = 2 ** universe.people.length - 1;
  const known: Knowledge[] = [{ types: everybody, least: universe.total, most: universe.total }];
  const asked: number[] = [];
  const cohorts: number[] = [];
  const log: LogEntry[] = [];
  const counted: number[] = [];
  const facets: Facet[] = universe.attributes.map((_, attribute) => universe.facet(attribute));
  let [answered, refused] = [0, 0];

  if (random() < 0.5) {
    const part = random() < 0.5 ? everybody : Math.floor(random() * everybody) & everybody;
    const tables = published(universe, part, random);
    const { shown, told } = rule.publish(
      universe.total,
      tables.map((sets, at) => ({
        as: at === tables.length - 1 ? ('values' as const) : ('table' as const),
        sets: sets.map((types) => universe.patientsOf(types)),
      })),
    );
    log.push({ kind: 'published', sets: told });
    tables.forEach((sets, table) => {
      sets.forEach((types, at) => {
        asked.push(types);
        if (shown[table]?.[at] !== true) return;
        const count = countOf(universe.people, types);
        known.push({ types, ...(count <= 7 ? { least: 0, most: 7 } : publishedMeaning(count)) });
      });
    });
  }

  /** Notes what came of a question; gives the answer. */
  const decided = (decision: Decision): Extract<Decision, { kind: 'answer' }> | null => {
    if (decision.kind === 'answer') {
      answered += 1;
      if (decision.from === 'question') log.push(decision.entry);
      return decision;
    }
    refused += 1;
    if (decision.entry !== null) {
      log.push(decision.entry);
      known.push(...learnFromRefusal(universe, decision.entry));
    }
    return null;
  };
  const filterOf = (types: number) => (types === everybody ? '' : `${types}`);

  for (let round = 0; round < steps; round += 1) {
    const kind = random();
    const filter = counted[Math.floor(random() * counted.length)];
    if (round > 0 && kind < 0.25 && filter !== undefined) {
      const attribute = Math.floor(random() * universe.attributes.length);
      const facet = facets[attribute];
      if (facet === undefined) continue;
      const answer = decided(rule.addFacet(filterOf(filter), facet, log));
      for (const value of valuesOf(universe, attribute)) {
        const cell = filter & universe.having(attribute, value);
        asked.push(cell);
        const shown = answer?.answer.facets[facet.name]?.[value];
        if (shown !== undefined) known.push(learn(universe, cell, shown, meaning));
      }
      continue;
    }
    const types = round === 0 ? everybody : nextSet(universe, asked, random);
    asked.push(types);
    if (round > 0 && kind > 0.9) {
      const decision = rule.makeCohort(universe.patientsOf(types), log);
      if (decision.kind === 'refusal') continue;
      if (decision.entry !== null) log.push(decision.entry);
      cohorts.push(types);
      continue;
    }
    const answer = decided(
      rule.answer({ filter: filterOf(types), patients: universe.patientsOf(types) }, log),
    );
    if (answer === null) continue;
    const { people } = answer.answer;
    known.push(
      people.kind === 'suppressed' ? { types, least: 0, most: 7 } : learn(universe, types, people, meaning),
    );
    if (people.kind === 'shown') counted.push(types);
  }
  return { known, cohorts, asked, answered, refused };
}

/**
 * What the members of a project know besides: how many of each type are in their cohort. The cells that nobody may recover
 * are then those of people outside it.
 */
export function knownToMembers(universe: Universe, cohort: number): Knowledge[] {
  return universe.people.flatMap((count, type) =>
    ((cohort >>> type) & 1) === 1 ? [{ types: 1 << type, least: count, most: count }] : [],
  );
}

/** The attacker is told of a refusal which group of fewer than eight it was for, where it was for one. */
function learnFromRefusal(universe: Universe, entry: LogEntry): Knowledge[] {
  if (entry.kind !== 'refused' || entry.apart === null) return [];
  const { apart } = entry;
  const types = universe.people.reduce((mask, count, type) => {
    if (count === 0) return mask;
    const before = universe.people.slice(0, type).reduce((sum, each) => sum + each, 0);
    return apart.has(before + 1) ? mask | (1 << type) : mask;
  }, 0);
  return [{ types, least: 0, most: 7 }];
}

/**
 * Cells that can be said in terms of what was asked: atoms of all sets, the sets, their differences, intersections,
 * and what several leave of one.
 */
export function expressibleCells({ asked }: Campaign, types: number): Set<number> {
  const everybody = 2 ** types - 1;
  const sets = [...new Set([everybody, ...asked])];
  const cells = new Set<number>(sets);
  for (let type = 0; type < types; type += 1) {
    let atom = everybody;
    for (const set of sets) atom &= ((set >>> type) & 1) === 1 ? set : ~set;
    cells.add(atom & everybody);
  }
  for (const one of sets)
    for (const other of sets) {
      cells.add(one & ~other & everybody);
      cells.add(one & other);
      cells.add((one ^ other) & everybody);
      cells.add(everybody & ~(one | other));
    }
  for (const one of sets) {
    let left = one;
    for (const other of sets)
      if (other !== one && (other & ~left) === 0) {
        left &= ~other;
        cells.add(left);
      }
  }
  return cells;
}
