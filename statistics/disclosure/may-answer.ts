import { answeredCounts, type CountRule, publishedCounts } from './count-rule';
import { everybodyInACrowd } from './crowds';
import { countGroups, type Facet } from './facet';
import { PatientSet } from './patient-set';
import { Places, type ToldCells } from './places';
import { type CountWindow, protectCount, protectItems, windowOf } from './protect-count';
import { leastShown, type ShownCount } from './shown-count.contract';

/** Asks how many patients of a release a filter finds. */
export interface Question {
  /** The canonical filter as text: one text, one filter, whatever the release holds. `''` finds everybody. */
  readonly filter: string;
  /** Whom the filter finds. */
  readonly patients: PatientSet;
  /** How many studies of theirs it finds, where that is to be shown too. */
  readonly studies?: number;
}

/** A question as the log holds it: a count, or how the people of a counted filter are spread (`mayAddFacet`). */
export interface AnsweredQuestion extends Omit<Question, 'studies'> {
  readonly facets: readonly Facet[];
}

/** Everything that may be shown of a question. Figures are derived from this and nothing else. */
export interface Answer {
  readonly people: ShownCount;
  /** As they were counted with the people: counted again, they would tell who was withdrawn since. */
  readonly studies?: ShownCount;
  /** Shown counts of the groups of each facet, in the order of `Facet.groups`, by the facet's name. */
  readonly facets: Readonly<Record<string, readonly ShownCount[]>>;
}

/** What the log of a release holds, oldest first. */
export type LogEntry =
  /** Before the first question: every set whose count the documents of the release show, or that follows from them. */
  | { readonly kind: 'published'; readonly sets: readonly PatientSet[] }
  | { readonly kind: 'answered'; readonly question: AnsweredQuestion; readonly answer: Answer }
  | {
      readonly kind: 'refused';
      readonly filter: string;
      /** Whom the question told from an answered one, where that was the reason. */
      readonly apart: PatientSet | null;
    }
  | { readonly kind: 'cohort'; readonly patients: PatientSet };

/** How much may be asked; questions that the log has answered before cost nothing. */
export interface QueryLimits {
  /** New questions of a project in a day. */
  readonly perProjectAndDay: number;
  /** New questions of a project in a release. */
  readonly perProject: number;
  /** New questions of everybody in a release. */
  readonly perRelease: number;
}

/** New questions so far, refused ones among them. */
export interface QueryUse {
  readonly ofProjectToday: number;
  readonly ofProject: number;
}

export type RefusalCode =
  | 'COUNT_TOO_SIMILAR'
  | 'DAILY_QUESTIONS_USED'
  | 'PROJECT_QUESTIONS_USED'
  | 'RELEASE_QUESTIONS_USED';

export type Decision =
  /** `from`: whether the answer stands in the log already; a new one goes in with `entry`. */
  | { readonly kind: 'answer'; readonly from: 'log'; readonly answer: Answer }
  | { readonly kind: 'answer'; readonly from: 'question'; readonly answer: Answer; readonly entry: LogEntry }
  /** `entry` is null where the refusal does not depend on the data. */
  | { readonly kind: 'refusal'; readonly code: RefusalCode; readonly entry: LogEntry | null };

export type CohortDecision =
  /** `entry` is null where the log has the same cohort already. */
  | { readonly kind: 'allowed'; readonly entry: LogEntry | null }
  | { readonly kind: 'refusal'; readonly code: 'COHORT_TOO_SMALL' | 'COHORT_TOO_SIMILAR' };

const few = leastShown - 1;
const belowEight: CountWindow = { least: 0, most: few };

/** What is told of a set whose count is shown by a rule, or suppressed. */
function wholeSet(patients: PatientSet, { show, windowOf }: CountRule = answeredCounts): ToldCells {
  return { patients, facet: null, counts: [patients.size], windows: [windowOf(show(patients.size))] };
}

/** What is told of a set whose count is published, or would be if it were eight or more. */
export const publishedSet = (patients: PatientSet): ToldCells => wholeSet(patients, publishedCounts);

/** What is told of people by the groups of a facet, each counted for itself. */
export function groupsTold(patients: PatientSet, facet: Facet): ToldCells {
  const counts = countGroups(patients, facet);
  return { patients, facet, counts, windows: counts.map((count) => windowOf(protectCount(count))) };
}

/** What an answer tells. A group that is suppressed for another's sake counts as if it were shown. */
function toldBy({ patients, facets }: AnsweredQuestion): ToldCells[] {
  const groups = patients.size < leastShown ? [] : facets.map((facet) => groupsTold(patients, facet));
  return [wholeSet(patients), ...groups];
}

function toldByEntry(entry: LogEntry): ToldCells[] {
  if (entry.kind === 'published') return entry.sets.map(publishedSet);
  if (entry.kind === 'answered') return toldBy(entry.question);
  if (entry.kind === 'cohort' || entry.apart === null) return [];
  return [{ patients: entry.apart, facet: null, counts: [entry.apart.size], windows: [belowEight] }];
}

/** Places after a log, by its first entry, with the entries that they follow from. */
const placesBefore = new WeakMap<
  LogEntry,
  { readonly entries: readonly LogEntry[]; readonly places: Places }
>();

const placesAfterEntry = (places: Places, entry: LogEntry): Places =>
  entry.kind === 'cohort' ? places.withCohort(entry.patients) : places.with(...toldByEntry(entry));

/**
 * What patients can be told by after everything that a log has told, with the number of the release's patients, which its
 * documents tell. Whoever decides on one log again and again, as it grows, has only its new entries looked at.
 */
export function placesAfter(release: number, log: readonly LogEntry[]): Places {
  const [first] = log;
  const known = first === undefined ? undefined : placesBefore.get(first);
  const goesOn = known?.places.release === release && known.entries.every((entry, at) => entry === log[at]);
  const before = goesOn
    ? known
    : { entries: [], places: Places.untold(release).with(wholeSet(PatientSet.everybody(release))) };
  const places = log.slice(before.entries.length).reduce(placesAfterEntry, before.places);
  if (first !== undefined) placesBefore.set(first, { entries: [...log], places });
  return places;
}

const cohortsOf = (log: readonly LogEntry[]): PatientSet[] =>
  log.flatMap((entry) => (entry.kind === 'cohort' ? [entry.patients] : []));

/** Sets whose count was shown, the whole release first. */
function shownSets(release: number, log: readonly LogEntry[]): PatientSet[] {
  const sets = [PatientSet.everybody(release)];
  for (const entry of log)
    if (entry.kind === 'answered' && entry.question.patients.size >= leastShown)
      sets.push(entry.question.patients);
  return sets;
}

/**
 * Those whom a question tells from a shown set, or from the rest of the release, where they are fewer than eight; null
 * where there is no such set. Nobody at all counts as few: else a refusal would say "at least one".
 */
function fewApart(patients: PatientSet, shown: readonly PatientSet[]): PatientSet | null {
  for (const other of shown) {
    const apart = patients.distanceTo(other);
    if (apart <= few) return patients.differing(other);
    if (patients.release - apart <= few) return patients.differing(other).complement();
  }
  return null;
}

/** Whether those of the set whom the members of no project know exactly are 1 to 7. */
function fewUnknown(patients: PatientSet, cohorts: readonly PatientSet[]): boolean {
  if (cohorts.length === 0) return false;
  const known = cohorts.reduce((all, cohort) => all.union(cohort));
  const unknown = patients.sizeWithout(known);
  return unknown >= 1 && unknown <= few;
}

/**
 * Whether a question may be answered after all that the log of the release has answered, and with what.
 *
 * 1. The same filter gets what it got before.
 * 2. Limits, which do not depend on the data.
 * 3. A question is refused that tells fewer than eight patients, or nobody, from a shown set or from the rest of the
 *    release, or of whose patients all but 1 to 7 are in cohorts.
 * 4. A question is refused after whose answer somebody would not be in a crowd of eight (`everybodyInACrowd`), which is what
 *    proves that no count of 1 to 7 can be known.
 *
 * All refusals by the data have one code, so that nobody learns which it was. Whoever calls this writes `entry` to the log
 * before the answer is shown, and only where the log is the one that was read (`QueryLog.append`).
 */
export function mayAnswer(
  question: Question,
  log: readonly LogEntry[],
  limits: QueryLimits,
  use: QueryUse,
): Decision {
  for (const entry of log) {
    if (entry.kind === 'refused' && entry.filter === question.filter)
      return { kind: 'refusal', code: 'COUNT_TOO_SIMILAR', entry: null };
    if (entry.kind === 'answered' && entry.question.filter === question.filter)
      return { kind: 'answer', from: 'log', answer: { ...entry.answer, facets: {} } };
  }
  const limit = limitReached(limits, use, askedOf(log));
  if (limit !== null) return { kind: 'refusal', code: limit, entry: null };

  const { release } = question.patients;
  const refused = (apart: PatientSet | null): Decision => ({
    kind: 'refusal',
    code: 'COUNT_TOO_SIMILAR',
    entry: { kind: 'refused', filter: question.filter, apart },
  });
  const before = placesAfter(release, log);
  if (question.patients.size >= leastShown) {
    const shown = shownSets(release, log);
    const apart = fewApart(question.patients, question.filter === '' ? shown.slice(1) : shown);
    if (apart !== null) {
      const told: ToldCells = { patients: apart, facet: null, counts: [apart.size], windows: [belowEight] };
      return refused(everybodyInACrowd(before.with(told)) ? apart : null);
    }
  }
  if (fewUnknown(question.patients, cohortsOf(log))) return refused(null);
  if (!everybodyInACrowd(before.with(wholeSet(question.patients)))) return refused(null);
  const { filter, patients, studies } = question;
  const people = protectCount(patients.size);
  const answer: Answer = {
    people,
    ...(studies !== undefined && { studies: protectItems(studies, patients.size) }),
    facets: {},
  };
  const entry: LogEntry = { kind: 'answered', question: { filter, patients, facets: [] }, answer };
  return { kind: 'answer', from: 'question', answer, entry };
}

/** Questions that were asked of a release, refused ones among them. */
export const askedOf = (log: readonly LogEntry[]): number =>
  log.filter(({ kind }) => kind === 'answered' || kind === 'refused').length;

export function limitReached(limits: QueryLimits, use: QueryUse, asked: number): RefusalCode | null {
  if (use.ofProjectToday >= limits.perProjectAndDay) return 'DAILY_QUESTIONS_USED';
  if (use.ofProject >= limits.perProject) return 'PROJECT_QUESTIONS_USED';
  return asked >= limits.perRelease ? 'RELEASE_QUESTIONS_USED' : null;
}

/**
 * Whether a cohort of these patients may be made. Members of its project are told whom it holds, study by study: so it is a
 * question that is answered exactly. It needs eight patients; no shown set may have 1 to 7 patients outside
 * all cohorts; and everybody whom a member does not know must still be in a crowd of others whom that member does not know.
 */
export function mayMakeCohort(patients: PatientSet, log: readonly LogEntry[]): CohortDecision {
  const cohorts = cohortsOf(log);
  const entry: LogEntry = { kind: 'cohort', patients };
  if (cohorts.some((cohort) => cohort.distanceTo(patients) === 0)) return { kind: 'allowed', entry: null };
  if (patients.size < leastShown) return { kind: 'refusal', code: 'COHORT_TOO_SMALL' };
  const all = [...cohorts, patients];
  const similar =
    shownSets(patients.release, log).some(
      (shown) => fewUnknown(shown, [patients]) || fewUnknown(shown, all),
    ) || !everybodyInACrowd(placesAfter(patients.release, log).withCohort(patients));
  return similar ? { kind: 'refusal', code: 'COHORT_TOO_SIMILAR' } : { kind: 'allowed', entry };
}
