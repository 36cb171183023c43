import type { EvaluationSettings } from '../../../statistics/fairness/evaluate-scores';
import type { ScoredRow } from '../../../statistics/fairness/evaluation-data';
import { RandomSource } from '../../../statistics/fairness/random-source';

/** Rows of one patient each. */
export function rowsOf(positive: readonly (0 | 1)[], scores: readonly number[]): ScoredRow[] {
  return scores.map((score, index) => ({
    id: `i${index}`,
    patient: `p${index}`,
    positive: positive[index] === 1,
    score,
    groups: [],
  }));
}

export const settings: EvaluationSettings = {
  attributes: [],
  intersections: [],
  threshold: { kind: 'one', threshold: 0.5 },
  areProbabilities: true,
  compareWith: 'rest',
  seed: 1,
  resamples: 20,
};

/** Wins of positives over negatives by comparing every pair; ties ½. */
export function pairwiseAuc(rows: readonly ScoredRow[]): number {
  const positives = rows.filter(({ positive }) => positive);
  const negatives = rows.filter(({ positive }) => !positive);
  let won = 0;
  for (const { score } of positives)
    for (const other of negatives) won += score > other.score ? 1 : score === other.score ? 0.5 : 0;
  return won / (positives.length * negatives.length);
}

/**
 * Made-up rows with `rowsPerPatient` rows a patient: scores are true probabilities, except in group B of the attribute
 * `arm`, whose scores say nothing. One row in twenty has no arm.
 */
export function madeUpRows(patients: number, rowsPerPatient: number, seed: number): ScoredRow[] {
  const random = RandomSource.ofSeed(seed);
  const fraction = () => random.next() / 2 ** 32;
  return Array.from({ length: patients * rowsPerPatient }, (_, index): ScoredRow => {
    const patient = Math.floor(index / rowsPerPatient);
    const arm = patient % 20 === 0 ? null : ['A', 'A', 'B', 'C'][patient % 4];
    const score = Math.round(fraction() * 100) / 100;
    return {
      id: `i${index}`,
      patient: `p${patient}`,
      positive: fraction() < (arm === 'B' ? 0.5 : score),
      score,
      groups: [arm ?? null, Math.floor(patient / 4) % 2 === 0 ? 'even' : 'odd'],
    };
  });
}
