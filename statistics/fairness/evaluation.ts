import type { FigureName, GapName } from './measures';
import type { Count, SideCounts } from './patient-counts';

/** Patients of each kind below which a measure is not estimated. */
export const leastPatients = 10;

/** Why there is no estimate, in words. */
export const notEstimableReasons = {
  TOO_FEW_POSITIVE: `fewer than ${leastPatients} patients with the finding`,
  TOO_FEW_NEGATIVE: `fewer than ${leastPatients} patients without the finding`,
  TOO_FEW_FLAGGED: `fewer than ${leastPatients} patients flagged`,
  TOO_FEW_PATIENTS: `fewer than ${leastPatients} patients`,
  TOO_FEW_IN_COMPARISON: 'too few patients in the comparison',
  NO_THRESHOLD: 'no threshold was given',
  NOT_PROBABILITIES: 'scores are not probabilities',
  NO_FINITE_ESTIMATE: 'no finite estimate: the scores separate the classes, or are all the same',
} as const;
export type NotEstimableReason = keyof typeof notEstimableReasons;

/** An estimate with its percentile interval; `low` and `high` are null where no interval can be given. */
export type Figure =
  | { readonly estimate: number; readonly low: number | null; readonly high: number | null }
  | { readonly notEstimable: NotEstimableReason };

/** A figure that is a share of rows: those it counts, and those it does not. */
export interface Share {
  readonly figure: Figure;
  readonly counted: Count;
  readonly others: Count;
}

export type GapFigure =
  | {
      readonly estimate: number;
      readonly low: number | null;
      readonly high: number | null;
      readonly pValue: number | null;
      /** Holm, over all gaps of this measure in the evaluation. */
      readonly adjustedPValue: number | null;
    }
  | { readonly notEstimable: NotEstimableReason };

/** What a group is compared with: all other rows whose value is known, or one other group. */
export type ComparedWith =
  | { readonly kind: 'rest' }
  | { readonly kind: 'group'; readonly value: string | null };

export interface Comparison {
  readonly with: ComparedWith;
  readonly counts: SideCounts;
  /** Group − comparison. */
  readonly gaps: Readonly<Record<GapName, GapFigure>>;
}

export interface CurvePoint {
  /** At most this share of the negatives is flagged. */
  readonly falsePositiveRate: number;
  readonly sensitivity: Share;
}

export interface CalibrationFifth {
  readonly meanScore: number;
  readonly observed: Share;
}

export interface GroupEvaluation {
  /** Null: the rows whose value is not known. */
  readonly value: string | null;
  readonly counts: SideCounts;
  readonly figures: Readonly<Record<FigureName, Figure>>;
  /** Null where the group is the reference, the mirror of the other group, or the only one. */
  readonly comparison: Comparison | null;
  /** By rising false positive rate. */
  readonly curve: readonly CurvePoint[];
  /** Fifths of the scores of all rows that hold any of the group; none where scores are not probabilities. */
  readonly calibration: readonly CalibrationFifth[];
}

export interface AttributeEvaluation {
  readonly name: string;
  readonly groups: readonly GroupEvaluation[];
}

export type ComparisonKind = 'rest' | 'largest';

/** The whole evaluation with exact counts: for those who hold the data, until `shown-evaluation.ts` went over it. */
export interface Evaluation {
  readonly seed: number;
  readonly resamples: number;
  readonly compareWith: ComparisonKind;
  readonly everyone: GroupEvaluation;
  readonly attributes: readonly AttributeEvaluation[];
  /** Gaps of each measure that were tested. */
  readonly tested: Readonly<Record<GapName, number>>;
}
