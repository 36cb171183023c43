import type { HeldOutStudyRow } from '../lake/sql/held-out-studies';
import type {
  DrawnStratum,
  EvaluationSetDefinition,
  ListedStudy,
  StratifyingAttribute,
} from './evaluation-set.contract';

export interface Draw {
  readonly strata: DrawnStratum[];
  readonly patients: number;
  /** Sorted by collection and UID. */
  readonly studies: ListedStudy[];
}

interface Candidate {
  readonly pseudonym: string;
  readonly values: Partial<Record<StratifyingAttribute, string>>;
  readonly studies: { readonly collection: string; readonly study: string }[];
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** The pool by patient. Where studies of one differ in an attribute, the least value stands: the age at the first. */
function candidatesOf(
  rows: readonly HeldOutStudyRow[],
  attributes: readonly StratifyingAttribute[],
): Candidate[] {
  const byPatient = new Map<string, Candidate>();
  for (const row of rows) {
    const candidate = byPatient.get(row.patient_pseudonym) ?? {
      pseudonym: row.patient_pseudonym,
      values: {},
      studies: [],
    };
    byPatient.set(row.patient_pseudonym, candidate);
    candidate.studies.push({ collection: row.collection, study: row.study_instance_uid });
    for (const attribute of attributes) {
      const [known, value] = [candidate.values[attribute], row[attribute]];
      if (value !== null && (known === undefined || value < known)) candidate.values[attribute] = value;
    }
  }
  return [...byPatient.values()];
}

/**
 * Draws a stratified sample: of each stratum, as many patients as its quota says, those that come first in the keyed order;
 * with all of their studies in the pool. It depends on nothing but the pool, the definition and the key: not on the order
 * of the rows. A stratum with fewer patients than its quota is taken whole, and says by how many it is short.
 *
 * @param orderOf place of a patient in the keyed order
 */
export function drawEvaluationSet(
  rows: readonly HeldOutStudyRow[],
  { stratify, quotas }: Pick<EvaluationSetDefinition, 'stratify' | 'quotas'>,
  orderOf: (pseudonym: string) => string,
): Draw {
  const keyOf = (group: readonly (string | null)[]) => JSON.stringify(group);
  const pools = new Map<string, Candidate[]>(quotas.map(({ group }) => [keyOf(group), []]));
  for (const candidate of candidatesOf(rows, stratify))
    pools.get(keyOf(stratify.map((attribute) => candidate.values[attribute] ?? null)))?.push(candidate);
  const drawn: Candidate[] = [];
  const strata = quotas.map(({ group, patients, minimum }): DrawnStratum => {
    const pool = (pools.get(keyOf(group)) ?? [])
      .map((candidate) => ({ candidate, order: orderOf(candidate.pseudonym) }))
      .sort((one, other) => compare(one.order, other.order));
    const taken = pool.slice(0, patients);
    drawn.push(...taken.map(({ candidate }) => candidate));
    return {
      group,
      quota: patients,
      minimum,
      pool: pool.length,
      drawn: taken.length,
      short: patients - taken.length,
    };
  });
  const order = (one: { collection: string; study: string }, other: { collection: string; study: string }) =>
    compare(one.collection, other.collection) || compare(one.study, other.study);
  const studies = drawn
    .flatMap((candidate) => candidate.studies.map((study) => ({ ...study, candidate })))
    .sort(order);
  const numbers = new Map<Candidate, number>();
  return {
    strata,
    patients: drawn.length,
    studies: studies.map(({ collection, study, candidate }) => {
      const patient = numbers.get(candidate) ?? numbers.size + 1;
      numbers.set(candidate, patient);
      return { collection, study, patient };
    }),
  };
}

/** Strata with fewer patients than their minimum: no set is made of these. */
export const belowMinimum = (strata: readonly DrawnStratum[]): DrawnStratum[] =>
  strata.filter(({ drawn, minimum }) => drawn < minimum);
