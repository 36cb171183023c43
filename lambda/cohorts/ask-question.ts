import type { Facet } from '../../statistics/disclosure/facet';
import { mayAddFacet } from '../../statistics/disclosure/may-add-facet';
import {
  type CohortDecision,
  type Decision,
  type LogEntry,
  mayAnswer,
  mayMakeCohort,
  type QueryLimits,
  type Question,
} from '../../statistics/disclosure/may-answer';
import type { PatientSet } from '../../statistics/disclosure/patient-set';
import { londonDay } from '../platform/clock';
import type { Asker, LoggedEntry, QueryLog } from './query-log';

/** How often a question is decided again because others were answered meanwhile. */
const mostRounds = 100;

/** The log changed at every attempt: the caller should try again later. */
export class QueryLogBusy extends Error {
  override readonly name = 'QueryLogBusy';
}

/**
 * Decides on what the release has published and the log as it is, and adds what the decision adds; again where the log has grown meanwhile.
 * @throws QueryLogBusy
 */
async function decideOnLog<Made extends Decision | CohortDecision>(
  queryLog: QueryLog,
  release: string,
  asker: Asker,
  decide: (entries: readonly LogEntry[], log: readonly LoggedEntry[]) => Made,
): Promise<Made> {
  const { patients, entry: published } = await queryLog.published(release);
  for (let round = 0; round < mostRounds; round += 1) {
    const log = await queryLog.read(release, patients);
    const decision = decide([published, ...log.map(({ entry }) => entry)], log);
    const entry = 'entry' in decision ? decision.entry : null;
    if (entry === null) return decision;
    if (await queryLog.append(release, log.length, entry, asker)) return decision;
  }
  throw new QueryLogBusy();
}

function useOf(log: readonly LoggedEntry[], asker: Asker) {
  const own = log.filter(({ entry, project }) => entry.kind !== 'cohort' && project === asker.project);
  const today = own.filter(({ at }) => londonDay(at) === londonDay(asker.at));
  return { ofProjectToday: today.length, ofProject: own.length };
}

/**
 * The way by which every count of people of a release reaches a researcher. Give it the canonical text of the filter, the
 * patients that the filter finds by their number in the release (`PatientSet.of`, from `patient_number`); facets come after
 * (`askFacet`). Show `answer`, and figures worked out from `answer`, and nothing else: counts
 * of studies or series only where `answer.people` is shown. A refusal's code goes to the researcher as it is
 * (`queryRefusals`). Two questions at once are answered as if one had come after the other.
 * @throws QueryLogBusy
 */
export function askQuestion(
  queryLog: QueryLog,
  release: string,
  question: Question,
  asker: Asker,
  limits: QueryLimits,
): Promise<Decision> {
  return decideOnLog(queryLog, release, asker, (entries, log) =>
    mayAnswer(question, entries, limits, useOf(log, asker)),
  );
}

/**
 * Shows the people of a filter whose count was answered by one more facet, or refuses to. The set is the one that was
 * counted.
 * @throws QueryLogBusy
 */
export function askFacet(
  queryLog: QueryLog,
  release: string,
  filter: string,
  facet: Facet,
  asker: Asker,
  limits: QueryLimits,
): Promise<Decision> {
  return decideOnLog(queryLog, release, asker, (entries, log) =>
    mayAddFacet(filter, facet, entries, limits, useOf(log, asker)),
  );
}

/**
 * Whether a cohort of these patients may be made; if so, the log knows of it. Call it before the manifest is written.
 * @throws QueryLogBusy
 */
export function enterCohort(
  queryLog: QueryLog,
  release: string,
  patients: PatientSet,
  asker: Asker,
): Promise<CohortDecision> {
  return decideOnLog(queryLog, release, asker, (entries) => mayMakeCohort(patients, entries));
}
