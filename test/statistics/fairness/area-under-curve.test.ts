import fc from 'fast-check';
import { evaluateScores } from '../../../statistics/fairness/evaluate-scores';
import type { ScoredRow } from '../../../statistics/fairness/evaluation-data';
import { pairwiseAuc, rowsOf, settings } from './scored-rows';

const scoresOnly = { ...settings, areProbabilities: false, threshold: null, resamples: 1 };

function aucOf(rows: readonly ScoredRow[]): number {
  const { auc } = evaluateScores(rows, scoresOnly).everyone.figures;
  if (!('estimate' in auc)) throw new Error('There is no AUC.');
  return auc.estimate;
}

/** Few distinct scores, so that many are tied; both classes. */
const anyRows = fc
  .array(fc.tuple(fc.constantFrom<0 | 1>(0, 1), fc.integer({ min: -6, max: 6 })), {
    minLength: 2,
    maxLength: 60,
  })
  .filter((pairs) => new Set(pairs.map(([label]) => label)).size === 2)
  .map((pairs) =>
    rowsOf(
      pairs.map(([label]) => label),
      pairs.map(([, score]) => score / 4),
    ),
  );
const check = (holds: (rows: ScoredRow[]) => void) =>
  fc.assert(fc.property(anyRows, holds), { seed: 2, numRuns: 300 });

it('is 0.78125 in the golden case', () => {
  const rows = rowsOf([1, 1, 1, 0, 0, 0, 1, 0], [0.9, 0.8, 0.7, 0.7, 0.4, 0.3, 0.2, 0.1]);
  expect(aucOf(rows)).toBe(0.78125);
});

it('is what comparing every pair gives', () => {
  check((rows) => expect(aucOf(rows)).toBe(pairwiseAuc(rows)));
});

it('is turned round by turning the scores round', () => {
  check((rows) => {
    const turned = rows.map((row) => ({ ...row, score: -row.score }));
    expect(aucOf(turned)).toBeCloseTo(1 - aucOf(rows), 12);
  });
});

it('is left alone by what keeps the order of scores', () => {
  check((rows) => {
    const bent = rows.map((row) => ({ ...row, score: Math.exp(2 * row.score) - 3 }));
    expect(aucOf(bent)).toBe(aucOf(rows));
  });
});
