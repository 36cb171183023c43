import { PatientSet } from '../../statistics/disclosure/patient-set';
import type { ShownCount } from '../../statistics/disclosure/shown-count.contract';
import { patientNumbers, patientSetRow, patientSetSelect } from '../lake/sql/patient-set';
import { askFacet, askQuestion } from './ask-question';
import type { FacetCounts, FacetName, ShownCounts } from './cohort.contract';
import type { CohortPorts } from './cohort-ports';
import { refuseCohort } from './cohort-refusals';
import { filterText } from './filter-text.contract';
import type { Asker } from './query-log';
import type { QuestionScope } from './question-scope';
import type { PatientFacet } from './release-patients';

/** The patients of a question and what may be shown of them. Whoever shows anything shows `counts` alone. */
export interface Counted {
  /** Whom the filter finds now. Never shown. */
  readonly found: PatientSet;
  readonly counts: ShownCounts;
}

const suppressed: ShownCount = { kind: 'suppressed' };

async function facetCounts(
  { queryLog, limits }: CohortPorts,
  { release, text }: QuestionScope,
  facet: PatientFacet,
  people: ShownCount,
  asker: Asker,
): Promise<FacetCounts> {
  const { name } = facet;
  const shown = (counts: readonly ShownCount[]): FacetCounts => ({
    kind: 'shown',
    name,
    groups: facet.groups.map((group, at) => ({ group, patients: counts[at] ?? suppressed })),
  });
  if (people.kind === 'suppressed') return shown([]);
  const decision = await askFacet(queryLog, release, text, facet, asker, limits);
  if (decision.kind === 'refusal') return { kind: 'refused', name, code: decision.code };
  return shown(decision.answer.facets[name] ?? []);
}

/**
 * Counts the people of a filter: through the log of questions, which decides what is shown. A facet that cannot be shown is
 * refused alone.
 * @throws PlatformError with a code of `queryRefusals`; QueryLogBusy
 */
export async function countPeople(
  ports: CohortPorts,
  scope: QuestionScope,
  facets: readonly FacetName[],
  asker: Asker,
): Promise<Counted> {
  const { engine, queryLog, patients, limits } = ports;
  const [{ patients: size }, rows, ...asked] = await Promise.all([
    queryLog.published(scope.release),
    engine.rows(patientSetSelect(scope.rows, scope.filter), patientSetRow),
    ...[...new Set(facets)].map((name) => patients.facet(scope.release, name)),
  ]);
  const found = PatientSet.of(size, patientNumbers(rows));
  const studies = rows.reduce((sum, row) => sum + row.studies, 0);
  const question = { filter: scope.text, patients: found, studies };
  const decision = await askQuestion(queryLog, scope.release, question, asker, limits);
  if (decision.kind === 'refusal') throw refuseCohort(decision.code);
  const { people, studies: shownStudies = suppressed } = decision.answer;
  const shownFacets: FacetCounts[] = [];
  // one after the other: what is shown of the first decides about the second
  for (const facet of asked) shownFacets.push(await facetCounts(ports, scope, facet, people, asker));
  return {
    found,
    counts: {
      release: scope.release,
      filter: filterText(scope.filter),
      collections: [...scope.collections],
      patients: people,
      studies: shownStudies,
      facets: shownFacets,
    },
  };
}
