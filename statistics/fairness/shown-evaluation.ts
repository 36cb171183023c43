import { protectCount } from '../disclosure/protect-count';
import { leastShown } from '../disclosure/shown-count.contract';
import {
  type ComparedWith,
  type Comparison,
  type ComparisonKind,
  type Evaluation,
  type Figure,
  type GapFigure,
  type GroupEvaluation,
  type NotEstimableReason,
  notEstimableReasons,
} from './evaluation';
import { confidence } from './interval';
import { type FigureName, figureNames, type GapName, gapNames } from './measures';
import type { Count, SideCounts } from './patient-counts';

/** `safe` may be taken out of the environment; `internal` has exact counts and stays inside. */
export type Disclosure = 'safe' | 'internal';

export const withheldReasons = {
  SMALL_GROUP: `fewer than ${leastShown} patients`,
  SMALL_CELL: `it would tell of a cell of fewer than ${leastShown} patients`,
} as const;
export type WithheldReason = keyof typeof withheldReasons;

export interface NotShown {
  readonly notEstimable?: NotEstimableReason;
  readonly withheld?: WithheldReason;
  /** The same in words. */
  readonly why: string;
}

export interface Estimate {
  readonly estimate: number;
  /** Of the percentile interval; null where none can be given. */
  readonly low: number | null;
  readonly high: number | null;
  /** Decimals to be written. */
  readonly decimals: number;
}

export interface GapEstimate extends Estimate {
  readonly pValue: number | null;
  readonly adjustedPValue: number | null;
}

export type ShownFigure = Estimate | NotShown;
export type ShownGap = GapEstimate | NotShown;

/** Null: suppressed. */
export type CountShown = number | null;

export interface ShownCounts {
  readonly patients: CountShown;
  readonly positivePatients: CountShown;
  readonly negativePatients: CountShown;
  readonly rows: CountShown;
  readonly positiveRows: CountShown;
  readonly negativeRows: CountShown;
  readonly truePositiveRows: CountShown;
  readonly falsePositiveRows: CountShown;
  readonly falseNegativeRows: CountShown;
  readonly trueNegativeRows: CountShown;
}

export interface EqualisedOdds {
  readonly estimate: number;
  readonly decimals: number;
}

export interface ShownComparison {
  readonly with: ComparedWith;
  readonly gaps: Readonly<Record<GapName, ShownGap>>;
  /** The larger of the gaps of sensitivity and false positive rate, without sign. */
  readonly equalisedOdds: EqualisedOdds | NotShown;
}

export interface ShownGroup {
  /** Null: not known. */
  readonly value: string | null;
  readonly counts: ShownCounts;
  readonly figures: Readonly<Record<FigureName, ShownFigure>>;
  readonly comparison: ShownComparison | null;
  readonly curve: readonly { readonly falsePositiveRate: number; readonly sensitivity: ShownFigure }[];
  readonly calibration: readonly { readonly meanScore: number; readonly observed: ShownFigure }[];
}

/** What is printed, written and drawn. */
export interface ShownEvaluation {
  readonly disclosure: Disclosure;
  readonly compareWith: ComparisonKind;
  readonly seed: number;
  readonly resamples: number;
  readonly confidence: number;
  /** No p value of this many resamples is smaller. */
  readonly leastPValue: number;
  readonly tested: Readonly<Record<GapName, number>>;
  readonly all: ShownGroup;
  readonly attributes: readonly { readonly name: string; readonly groups: readonly ShownGroup[] }[];
}

const notEstimable = (reason: NotEstimableReason): NotShown => ({
  notEstimable: reason,
  why: notEstimableReasons[reason],
});
const withheld = (reason: WithheldReason): NotShown => ({ withheld: reason, why: withheldReasons[reason] });

/** Rounds, the ends of intervals outwards: an interval that was true stays so. */
function rounded<E extends Omit<Estimate, 'decimals'>>(figure: E, decimals: number) {
  const { estimate, low, high } = figure;
  const parts = 10 ** decimals;
  return {
    ...figure,
    decimals,
    estimate: Math.round(estimate * parts) / parts,
    low: low === null ? null : Math.floor(low * parts) / parts,
    high: high === null ? null : Math.ceil(high * parts) / parts,
  };
}

/** Decimals of what no count can be worked out from, and of shares of counts with their intervals. */
const fine = 3;
const coarse = 2;

/** A count of rows, under the rule for the patients behind them. */
function protectRows({ rows, patients }: Count): CountShown {
  const shown = protectCount(patients < leastShown ? patients : rows);
  return shown.kind === 'shown' ? shown.value : null;
}

const protectPatients = ({ patients }: Count): CountShown => {
  const shown = protectCount(patients);
  return shown.kind === 'shown' ? shown.value : null;
};

/** A share from the counts as they are shown; null where one of them is not. */
function shareOfShown(counted: Count, others: Count): number | null {
  const [part, rest] = [protectRows(counted), protectRows(others)];
  return part === null || rest === null ? null : part / (part + rest);
}

type Cells = readonly [counted: Count, others: Count];

/** The cells that a share counts, and those it does not; null for measures that are no shares of counts. */
function cellsOf(name: FigureName | GapName, { cells }: SideCounts): Cells | null {
  switch (name) {
    case 'sensitivity':
      return [cells.truePositive, cells.falseNegative];
    case 'specificity':
      return [cells.trueNegative, cells.falsePositive];
    case 'falsePositiveRate':
      return [cells.falsePositive, cells.trueNegative];
    case 'ppv':
      return [cells.truePositive, cells.falsePositive];
    default:
      return null;
  }
}

function safeShare(figure: Figure, cells: Cells): ShownFigure {
  if ('notEstimable' in figure) return notEstimable(figure.notEstimable);
  const estimate = shareOfShown(...cells);
  return estimate === null ? withheld('SMALL_CELL') : rounded({ ...figure, estimate }, coarse);
}

function safeFigure(name: FigureName, figure: Figure, counts: SideCounts): ShownFigure {
  if ('notEstimable' in figure) return notEstimable(figure.notEstimable);
  const cells = cellsOf(name, counts);
  if (cells !== null) return safeShare(figure, cells);
  return counts.positive.patients < leastShown || counts.negative.patients < leastShown
    ? withheld('SMALL_CELL')
    : rounded(figure, fine);
}

function safeGap(name: GapName, gap: GapFigure, own: SideCounts, other: SideCounts): ShownGap {
  if ('notEstimable' in gap) return notEstimable(gap.notEstimable);
  const [cells, otherCells] = [cellsOf(name, own), cellsOf(name, other)];
  if (cells === null || otherCells === null) return rounded(gap, fine);
  const [share, otherShare] = [shareOfShown(...cells), shareOfShown(...otherCells)];
  return share === null || otherShare === null
    ? withheld('SMALL_CELL')
    : rounded({ ...gap, estimate: share - otherShare }, coarse);
}

function equalisedOdds(gaps: Readonly<Record<GapName, ShownGap>>): EqualisedOdds | NotShown {
  const { sensitivity, falsePositiveRate } = gaps;
  if (!('estimate' in sensitivity)) return sensitivity;
  if (!('estimate' in falsePositiveRate)) return falsePositiveRate;
  const estimate = Math.max(Math.abs(sensitivity.estimate), Math.abs(falsePositiveRate.estimate));
  return { estimate, decimals: sensitivity.decimals };
}

const record = <N extends string, V>(names: readonly N[], valueFor: (name: N) => V) =>
  Object.fromEntries(names.map((name) => [name, valueFor(name)])) as Record<N, V>;

function comparisonWith(
  comparison: Comparison,
  gapOf: (name: GapName, gap: GapFigure) => ShownGap,
): ShownComparison {
  const gaps = record(gapNames, (name) => gapOf(name, comparison.gaps[name]));
  return { with: comparison.with, gaps, equalisedOdds: equalisedOdds(gaps) };
}

function countsWith(
  counts: SideCounts,
  rowsOf: (count: Count) => CountShown,
  patientsOf: (count: Count) => CountShown,
): ShownCounts {
  const { all, positive, negative, cells } = counts;
  return {
    patients: patientsOf(all),
    positivePatients: patientsOf(positive),
    negativePatients: patientsOf(negative),
    rows: rowsOf(all),
    positiveRows: rowsOf(positive),
    negativeRows: rowsOf(negative),
    truePositiveRows: rowsOf(cells.truePositive),
    falsePositiveRows: rowsOf(cells.falsePositive),
    falseNegativeRows: rowsOf(cells.falseNegative),
    trueNegativeRows: rowsOf(cells.trueNegative),
  };
}

const asItIs = (figure: Figure): ShownFigure =>
  'notEstimable' in figure ? notEstimable(figure.notEstimable) : { ...figure, decimals: fine };
const gapAsItIs = (gap: GapFigure): ShownGap =>
  'notEstimable' in gap ? notEstimable(gap.notEstimable) : { ...gap, decimals: fine };

function internalGroup(group: GroupEvaluation): ShownGroup {
  const { value, counts, figures, comparison, curve, calibration } = group;
  return {
    value,
    counts: countsWith(
      counts,
      ({ rows }) => rows,
      ({ patients }) => patients,
    ),
    figures: record(figureNames, (name) => asItIs(figures[name])),
    comparison: comparison === null ? null : comparisonWith(comparison, (_, gap) => gapAsItIs(gap)),
    curve: curve.map(({ falsePositiveRate, sensitivity }) => ({
      falsePositiveRate,
      sensitivity: asItIs(sensitivity.figure),
    })),
    calibration: calibration.map(({ meanScore, observed }) => ({
      meanScore,
      observed: asItIs(observed.figure),
    })),
  };
}

function safeGroup(group: GroupEvaluation): ShownGroup {
  const { value, figures, comparison, curve, calibration } = group;
  const counts = countsWith(group.counts, protectRows, protectPatients);
  const small = withheld('SMALL_GROUP');
  if (group.counts.all.patients < leastShown)
    return {
      value,
      counts,
      figures: record(figureNames, () => small),
      comparison: comparison === null ? null : comparisonWith(comparison, () => small),
      curve: [],
      calibration: [],
    };
  return {
    value,
    counts,
    figures: record(figureNames, (name) => safeFigure(name, figures[name], group.counts)),
    comparison:
      comparison === null
        ? null
        : comparisonWith(comparison, (name, gap) => safeGap(name, gap, group.counts, comparison.counts)),
    curve: curve.map(({ falsePositiveRate, sensitivity: { figure, counted, others } }) => ({
      falsePositiveRate,
      sensitivity: safeShare(figure, [counted, others]),
    })),
    // a mean of scores is one over people too
    calibration: calibration
      .filter(
        ({ observed: { counted, others } }) => Math.max(counted.patients, others.patients) >= leastShown,
      )
      .map(({ meanScore, observed: { figure, counted, others } }) => ({
        meanScore: Number(meanScore.toFixed(fine)),
        observed: safeShare(figure, [counted, others]),
      })),
  };
}

/**
 * An evaluation as it may be shown. Under `safe`, counts of fewer than 8 patients are suppressed and others rounded, first;
 * shares are then worked out from the rounded counts, and withheld where one of the counts is suppressed. What is no
 * share of counts is rounded to three decimals, ends of intervals outwards.
 */
export function showEvaluation(evaluation: Evaluation, disclosure: Disclosure): ShownEvaluation {
  const { compareWith, seed, resamples, tested, everyone, attributes } = evaluation;
  const show = disclosure === 'internal' ? internalGroup : safeGroup;
  return {
    disclosure,
    compareWith,
    seed,
    resamples,
    confidence,
    leastPValue: 2 / (resamples + 1),
    tested,
    all: show(everyone),
    attributes: attributes.map(({ name, groups }) => ({ name, groups: groups.map(show) })),
  };
}
