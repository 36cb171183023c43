import { type Attribute, fifths } from './evaluation-data';
import { cellNames, cellNumber, falsePositiveRates, type GroupTally } from './group-tally';

/** What is said of a group. */
export const figureNames = [
  'auc',
  'sensitivity',
  'specificity',
  'ppv',
  'brier',
  'calibrationInTheLarge',
  'calibrationSlope',
] as const;
export type FigureName = (typeof figureNames)[number];

/** What is compared between a group and others: sums alone, so that the rest of a group costs nothing more. */
export const gapNames = ['auc', 'sensitivity', 'falsePositiveRate', 'ppv', 'calibrationInTheLarge'] as const;
export type GapName = (typeof gapNames)[number];

/**
 * Place of each measure of a group in its line of values: figures, then gaps, then sensitivities at
 * `falsePositiveRates`, then shares with the finding by fifth of scores.
 */
export const gapsFrom = figureNames.length;
export const curveFrom = gapsFrom + gapNames.length;
export const fifthsFrom = curveFrom + falsePositiveRates.length;
export const measureCount = fifthsFrom + fifths;

/** Weighted sums over one group, or over the rest of one. */
interface Side {
  readonly positives: number;
  readonly negatives: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly scoreSum: number;
  /** Pairs that the positive wins; ties ½. */
  readonly pairs: number;
}

/** Which rows a group is compared with: the rest, a group by its number, or none. */
export type Comparator = 'rest' | 'none' | number;

function sideOf(tally: GroupTally, group: number): Side {
  return {
    positives: tally.positives(group),
    negatives: tally.negatives(group),
    truePositives: tally.cell(group, cellNumber(1, 1)),
    falsePositives: tally.cell(group, cellNumber(0, 1)),
    scoreSum: tally.scoreSum[group] as number,
    pairs: tally.ownPairs[group] as number,
  };
}

/** All rows whose value is known. */
function knownSide(tally: GroupTally, attribute: Attribute, sides: readonly Side[]): Side {
  const known = sides.filter((_, group) => attribute.groups[group] !== null);
  const sum = (value: (side: Side) => number) => known.reduce((total, side) => total + value(side), 0);
  let pairs = 0;
  attribute.groups.forEach((value, group) => {
    if (value !== null) pairs += tally.positivePairs[group] as number;
  });
  return {
    positives: sum((side) => side.positives),
    negatives: sum((side) => side.negatives),
    truePositives: sum((side) => side.truePositives),
    falsePositives: sum((side) => side.falsePositives),
    scoreSum: sum((side) => side.scoreSum),
    pairs,
  };
}

/** The known rows without those of a group; all known rows where the group is that of values not known. */
function restOf(tally: GroupTally, attribute: Attribute, group: number, own: Side, known: Side): Side {
  if (attribute.groups[group] === null) return known;
  return {
    positives: known.positives - own.positives,
    negatives: known.negatives - own.negatives,
    truePositives: known.truePositives - own.truePositives,
    falsePositives: known.falsePositives - own.falsePositives,
    scoreSum: known.scoreSum - own.scoreSum,
    // pairs within the group were taken away twice
    pairs:
      known.pairs -
      (tally.positivePairs[group] as number) -
      (tally.negativePairs[group] as number) +
      own.pairs,
  };
}

const auc = ({ pairs, positives, negatives }: Side) => pairs / (positives * negatives);
const sensitivity = ({ truePositives, positives }: Side) => truePositives / positives;
const falsePositiveRate = ({ falsePositives, negatives }: Side) => falsePositives / negatives;
const ppv = ({ truePositives, falsePositives }: Side) => truePositives / (truePositives + falsePositives);
/** Mean score − share with the finding: above 0 where scores are too high. */
const calibrationInTheLarge = ({ scoreSum, positives, negatives }: Side) =>
  (scoreSum - positives) / (positives + negatives);

const gapMeasures: Readonly<Record<GapName, (side: Side) => number>> = {
  auc,
  sensitivity,
  falsePositiveRate,
  ppv,
  calibrationInTheLarge,
};

/**
 * Writes every measure of every group into `values`, a line of `measureCount` a group; what is not defined is NaN.
 * @param slopes calibration slope of each group, NaN where there is none
 */
export function writeMeasures(
  tally: GroupTally,
  attribute: Attribute,
  comparators: readonly Comparator[],
  slopes: Float64Array,
  values: Float64Array,
): void {
  const sides = attribute.groups.map((_, group) => sideOf(tally, group));
  const known = knownSide(tally, attribute, sides);
  sides.forEach((own, group) => {
    const from = group * measureCount;
    const figures: Readonly<Record<FigureName, number>> = {
      auc: auc(own),
      sensitivity: sensitivity(own),
      specificity: 1 - falsePositiveRate(own),
      ppv: ppv(own),
      brier: (tally.squaredError[group] as number) / (own.positives + own.negatives),
      calibrationInTheLarge: calibrationInTheLarge(own),
      calibrationSlope: slopes[group] as number,
    };
    figureNames.forEach((name, index) => {
      values[from + index] = figures[name];
    });
    const comparator = comparators[group] ?? 'none';
    const other =
      comparator === 'none'
        ? undefined
        : comparator === 'rest'
          ? restOf(tally, attribute, group, own, known)
          : sides[comparator];
    gapNames.forEach((name, index) => {
      const measure = gapMeasures[name];
      values[from + gapsFrom + index] = other === undefined ? Number.NaN : measure(own) - measure(other);
    });
    falsePositiveRates.forEach((_, index) => {
      const missed = tally.missedAt[group * falsePositiveRates.length + index] as number;
      values[from + curveFrom + index] = own.negatives === 0 ? Number.NaN : 1 - missed / own.positives;
    });
    for (let fifth = 0; fifth < fifths; fifth += 1) {
      const cell = (positive: number, flagged: number) =>
        tally.cells[(group * fifths + fifth) * cellNames.length + cellNumber(positive, flagged)] as number;
      const positives = cell(1, 0) + cell(1, 1);
      values[from + fifthsFrom + fifth] = positives / (positives + cell(0, 0) + cell(0, 1));
    }
  });
}
