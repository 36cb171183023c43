import type { Facet } from '../../../../statistics/disclosure/facet';
import type { Answer, Decision, LogEntry, Question } from '../../../../statistics/disclosure/may-answer';
import type { Knowledge } from './attacker';
import { countOf, type Universe } from './universe';

/** The rule under attack. */
export type Rule = (question: Question, log: readonly LogEntry[]) => Decision;

export interface Campaign {
  readonly known: readonly Knowledge[];
  /** Sets that were asked for, whatever came of it. */
  readonly asked: readonly number[];
  readonly answered: number;
  readonly refused: number;
}

/** What a shown number says. The attacker knows the rule, and its faults where it has any. */
export type Meaning = (value: number) => { readonly least: number; readonly most: number };

/** The rule's, worked out here again: 8 or more, and rounded to the nearest 5. */
export const roundedFromEight: Meaning = (value) => ({ least: Math.max(8, value - 2), most: value + 2 });

/**
 * What an answer says. Of a suppressed group the attacker is told more than the answer says: whether it was suppressed for
 * its own smallness (0 to 7), and if not, what would have been shown.
 */
function learn(
  universe: Universe,
  types: number,
  answer: Answer,
  attributes: readonly number[],
  meaning: Meaning,
): Knowledge[] {
  const { people } = answer;
  if (people.kind === 'suppressed') return [{ types, least: 0, most: 7 }];
  const learnt: Knowledge[] = [{ types, ...meaning(people.value) }];
  for (const attribute of attributes)
    answer.facets[`attribute-${attribute}`]?.forEach((shown, value) => {
      const cell = types & universe.having(attribute, value);
      const count = countOf(universe.people, cell);
      if (shown.kind === 'shown') learnt.push({ types: cell, ...meaning(shown.value) });
      else if (count <= 7) learnt.push({ types: cell, least: 0, most: 7 });
      else learnt.push({ types: cell, ...roundedFromEight(5 * Math.round(count / 5)) });
    });
  return learnt;
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

/** Asks for everybody and then one question after another, with all that the log has told. */
export function attack(
  universe: Universe,
  rule: Rule,
  questions: number,
  random: () => number,
  meaning: Meaning = roundedFromEight,
): Campaign {
  const everybody = 2 ** universe.people.length - 1;
  const known: Knowledge[] = [{ types: everybody, least: universe.total, most: universe.total }];
  const asked: number[] = [];
  const log: LogEntry[] = [];
  const facets: Facet[] = universe.attributes.map((_, attribute) => universe.facet(attribute));
  let [answered, refused] = [0, 0];
  for (let round = 0; round < questions; round += 1) {
    const types = round === 0 ? everybody : nextSet(universe, asked, random);
    const chosen = universe.attributes.map((_, at) => at).filter(() => random() < 0.25);
    const decision = rule(
      {
        filter: types === everybody ? '' : `${types}`,
        patients: universe.patientsOf(types),
        facets: chosen.flatMap((at) => facets[at] ?? []),
      },
      log,
    );
    asked.push(types);
    if (decision.kind === 'answer') {
      answered += 1;
      if (decision.from === 'question') {
        log.push(decision.entry);
        known.push(...learn(universe, types, decision.answer, chosen, meaning));
        for (const at of chosen)
          for (let value = 0; value < (universe.attributes[at] ?? 0); value += 1)
            asked.push(types & universe.having(at, value));
      }
      continue;
    }
    refused += 1;
    if (decision.entry === null) continue;
    log.push(decision.entry);
    known.push(...learnFromRefusal(universe, decision.entry));
  }
  return { known, asked, answered, refused };
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
