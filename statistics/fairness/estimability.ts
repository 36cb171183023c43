import { leastPatients, type NotEstimableReason } from './evaluation';
import type { FigureName, GapName } from './measures';
import type { SideCounts } from './patient-counts';

type Kind = 'positive' | 'negative' | 'flagged';

const tooFew: Readonly<Record<Kind, NotEstimableReason>> = {
  positive: 'TOO_FEW_POSITIVE',
  negative: 'TOO_FEW_NEGATIVE',
  flagged: 'TOO_FEW_FLAGGED',
};

interface Needs {
  readonly patients: readonly Kind[];
  readonly threshold?: true;
  readonly probabilities?: true;
}

const calibration: Needs = { patients: ['positive', 'negative'], probabilities: true };
const needs: Readonly<Record<FigureName | GapName, Needs>> = {
  auc: { patients: ['positive', 'negative'] },
  sensitivity: { patients: ['positive'], threshold: true },
  specificity: { patients: ['negative'], threshold: true },
  falsePositiveRate: { patients: ['negative'], threshold: true },
  ppv: { patients: ['flagged'], threshold: true },
  brier: calibration,
  calibrationInTheLarge: calibration,
  calibrationSlope: calibration,
};

/** What the scores of an evaluation are. */
export interface ScoreKind {
  readonly hasThreshold: boolean;
  readonly areProbabilities: boolean;
}

/** Why a measure of these rows is not estimated; null where it is. */
export function notEstimable(
  name: FigureName | GapName,
  counts: SideCounts,
  { hasThreshold, areProbabilities }: ScoreKind,
  least = leastPatients,
): NotEstimableReason | null {
  const { patients, threshold, probabilities } = needs[name];
  if (threshold && !hasThreshold) return 'NO_THRESHOLD';
  if (probabilities && !areProbabilities) return 'NOT_PROBABILITIES';
  const short = patients.find((kind) => counts[kind].patients < least);
  return short === undefined ? null : tooFew[short];
}
