import { leastPatients } from '../../statistics/fairness/evaluation';
import { gapNames } from '../../statistics/fairness/measures';
import type { ShownEvaluation } from '../../statistics/fairness/shown-evaluation';
import { count, plural } from '../terminal/text';

/** How the model was judged, beside the evaluation itself. */
export interface EvaluationContext {
  /** In words; null where none was given. */
  readonly threshold: string | null;
  readonly areProbabilities: boolean;
}

const level = 0.05;

/** The most gaps of one measure that were tested together. */
const mostTested = ({ tested }: ShownEvaluation): number => Math.max(...gapNames.map((name) => tested[name]));

/** What must be known to read the figures, a sentence or two each. */
export function evaluationNotes(evaluation: ShownEvaluation, context: EvaluationContext): string[] {
  const { disclosure, resamples, seed, compareWith, leastPValue } = evaluation;
  const tested = mostTested(evaluation);
  return [
    disclosure === 'internal'
      ? 'INTERNAL: exact counts. This must not leave the environment; run it without --internal for what may.'
      : 'Disclosure rule applied: counts of fewer than 8 patients are suppressed and others rounded to the nearest 5; ' +
        'shares (sensitivity, specificity, PPV) are worked out from the rounded counts, and withheld where a count is suppressed.',
    `Intervals are 95 % percentile intervals of ${count(resamples)} bootstrap resamples of patients, with replacement from all ` +
      `patients and without strata (seed ${seed}).`,
    `Gaps are group − ${compareWith === 'rest' ? 'the rest (rows whose value is known and another)' : 'largest group'}. P values are ` +
      'from the same resamples; adjusted ones by Holm over all gaps of one measure ' +
      `(up to ${plural(tested, 'gap')} here). Intervals are not adjusted.`,
    ...(tested * leastPValue > level
      ? [
          `With ${count(resamples)} resamples no p value is below ${leastPValue.toPrecision(2)}, which over ${plural(tested, 'gap')} ` +
            `cannot become significant: use --resamples ${Math.ceil((2 * tested) / level)} or more.`,
        ]
      : []),
    `“Not estimable” means fewer than ${leastPatients} patients with the finding (n+), without it (n−) or flagged: too few to tell. ` +
      'It does not mean that there is no gap.',
    context.threshold === null
      ? 'No threshold was given: sensitivity, specificity and PPV are not judged.'
      : `A row counts as flagged from ${context.threshold} on.`,
    context.areProbabilities
      ? 'Calibration in the large is mean score − share with the finding (0 is best, above 0 scores are too high); the slope is that of ' +
        'the finding on the log odds of the score (1 is best, below 1 scores are too extreme).'
      : 'Scores are not probabilities: calibration is not judged.',
    'PPV, Brier score and calibration depend on how common the finding is. They hold for patients like these, and not where ' +
      'positives were added to the set.',
  ];
}
