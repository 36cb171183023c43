import { answeredCounts } from './count-rule';
import { everybodyInACrowd } from './crowds';
import { countGroups, type Facet } from './facet';
import {
  askedOf,
  type Decision,
  groupsTold,
  type LogEntry,
  limitReached,
  placesAfter,
  type QueryLimits,
  type QueryUse,
} from './may-answer';
import { protectTables } from './protect-table';
import { leastShown, type ShownCount } from './shown-count.contract';

/** Text under which the log holds how the people of a filter are spread by a facet. No filter can be written like it. */
export const facetQuestion = (filter: string, facet: string): string => `${filter} by ${facet}`;

type Answered = Extract<LogEntry, { kind: 'answered' }>;

const sameCounts = (left: readonly ShownCount[], right: readonly ShownCount[]): boolean =>
  left.length === right.length && JSON.stringify(left) === JSON.stringify(right);

/**
 * Whether the people of a filter whose count was answered may be shown by one more facet. The set is the one that was
 * answered, whoever is withdrawn since, so its total tells nothing new; what the groups tell is held against the same crowds
 * as any answer. What earlier facets of the filter showed must stand beside the new one as it is.
 *
 * A facet that was refused stays refused. `entry` goes into the log before anything is shown.
 * @throws Error where the filter itself was not answered: ask `mayAnswer` first
 */
export function mayAddFacet(
  filter: string,
  facet: Facet,
  log: readonly LogEntry[],
  limits: QueryLimits,
  use: QueryUse,
): Decision {
  const text = facetQuestion(filter, facet.name);
  let base: Answered | undefined;
  const earlier: { readonly facet: Facet; readonly shown: readonly ShownCount[] }[] = [];
  for (const entry of log) {
    if (entry.kind === 'cohort' || entry.kind === 'published') continue;
    if (entry.kind === 'refused') {
      if (entry.filter === text) return { kind: 'refusal', code: 'COUNT_TOO_SIMILAR', entry: null };
      continue;
    }
    const { question, answer } = entry;
    if (question.filter === text) return { kind: 'answer', from: 'log', answer };
    if (question.filter === filter) base = entry;
    if (question.filter === filter || question.filter.startsWith(facetQuestion(filter, '')))
      for (const each of question.facets)
        earlier.push({ facet: each, shown: answer.facets[each.name] ?? [] });
  }
  if (base === undefined) throw new Error('a facet of a filter whose count was not answered');
  const limit = limitReached(limits, use, askedOf(log));
  if (limit !== null) return { kind: 'refusal', code: limit, entry: null };

  const { patients } = base.question;
  const refused: Decision = {
    kind: 'refusal',
    code: 'COUNT_TOO_SIMILAR',
    entry: { kind: 'refused', filter: text, apart: null },
  };
  if (patients.size < leastShown) return refused;
  const told = groupsTold(patients, facet);
  if (!everybodyInACrowd(placesAfter(patients.release, log).with(told))) return refused;

  const facets = [...earlier.map((each) => countGroups(patients, each.facet)), told.counts];
  const tables = protectTables(patients.size, facets, answeredCounts);
  if (!earlier.every(({ shown }, at) => sameCounts(shown, tables[at]?.groups ?? []))) return refused;
  const answer = { people: base.answer.people, facets: { [facet.name]: tables.at(-1)?.groups ?? [] } };
  const question = { filter: text, patients, facets: [facet] };
  return { kind: 'answer', from: 'question', answer, entry: { kind: 'answered', question, answer } };
}
