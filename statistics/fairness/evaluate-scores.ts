import { AttributeRun } from './attribute-run';
import { logits } from './calibration-slope';
import { notEstimable, type ScoreKind } from './estimability';
import {
  type CalibrationFifth,
  type Comparison,
  type ComparisonKind,
  type CurvePoint,
  type Evaluation,
  type Figure,
  type GapFigure,
  type GroupEvaluation,
  leastPatients,
  type Share,
} from './evaluation';
import type { EvaluationData } from './evaluation-data';
import { evaluationData, fifths, type ScoredRow, type ThresholdRule } from './evaluation-data';
import { falsePositiveRates } from './group-tally';
import { holm } from './holm';
import { bootstrapPValue, percentileInterval } from './interval';
import {
  curveFrom,
  type FigureName,
  fifthsFrom,
  figureNames,
  type GapName,
  gapNames,
  gapsFrom,
  measureCount,
} from './measures';
import { countOf } from './patient-counts';
import { RandomSource } from './random-source';

export interface EvaluationSettings {
  /** Names of the attributes of the rows. */
  readonly attributes: readonly string[];
  /** Pairs of attributes whose combinations are judged too. */
  readonly intersections: readonly (readonly [string, string])[];
  /** Null: nothing that needs a threshold is said. */
  readonly threshold: ThresholdRule | null;
  /** Whether scores are probabilities, 0 to 1; else nothing is said of calibration. */
  readonly areProbabilities: boolean;
  readonly compareWith: ComparisonKind;
  /** A whole number from 0 to 2^32 − 1. */
  readonly seed: number;
  readonly resamples: number;
}

/** The most patients that `RandomSource.below` draws from. */
export const mostPatients = 2 ** 21;

/** Values of all measures in all resamples that are kept, at most: 2 GB. */
const mostValues = 2 ** 28;

/** The values of so many groups in so many resamples would not fit into memory. */
export class TooMuchToResample extends Error {
  override readonly name = 'TooMuchToResample';

  constructor(
    readonly groups: number,
    readonly mostResamples: number,
  ) {
    super('There are too many groups for so many resamples.');
  }
}

/** Draws as many patients as there are, with replacement, and weights each row by how often its patient was drawn. */
function drawPatients(
  data: EvaluationData,
  random: RandomSource,
  drawn: Float64Array,
  weights: Float64Array,
) {
  drawn.fill(0);
  for (let draw = 0; draw < data.patients; draw += 1) {
    const patient = random.below(data.patients);
    drawn[patient] = (drawn[patient] as number) + 1;
  }
  for (let row = 0; row < data.rows; row += 1) weights[row] = drawn[data.patientOf[row] as number] as number;
}

function withInterval(run: AttributeRun, group: number, measure: number): Figure {
  const estimate = run.estimateOf(group, measure);
  if (!Number.isFinite(estimate)) return { notEstimable: 'NO_FINITE_ESTIMATE' };
  const interval = percentileInterval(run.replicatesOf(group, measure));
  return { estimate, low: interval?.low ?? null, high: interval?.high ?? null };
}

const withoutInterval = (figure: Figure): Figure =>
  'estimate' in figure ? { ...figure, low: null, high: null } : figure;

/** Makes the results of one attribute out of its run. */
class GroupReader {
  constructor(
    private readonly data: EvaluationData,
    private readonly run: AttributeRun,
    private readonly kind: ScoreKind,
  ) {}

  /** @param isWhole all rows together, whose figures are estimated from few patients too, but without intervals */
  group(group: number, isWhole: boolean): GroupEvaluation {
    const counts = this.countsOf(group);
    const figure = (name: FigureName): Figure => {
      const reason = notEstimable(name, counts, this.kind, isWhole ? 1 : leastPatients);
      if (reason !== null) return { notEstimable: reason };
      const made = withInterval(this.run, group, figureNames.indexOf(name));
      return notEstimable(name, counts, this.kind) === null ? made : withoutInterval(made);
    };
    return {
      value: this.run.attribute.groups[group] ?? null,
      counts,
      figures: Object.fromEntries(figureNames.map((name) => [name, figure(name)])) as Record<
        FigureName,
        Figure
      >,
      comparison: this.comparison(group),
      curve: this.curve(group),
      calibration: this.kind.areProbabilities ? this.calibration(group) : [],
    };
  }

  private countsOf(group: number) {
    return (this.run.counts[group] as AttributeRun['counts'][number]).own;
  }

  private comparison(group: number): Comparison | null {
    const comparator = this.run.comparators[group] ?? 'none';
    if (comparator === 'none') return null;
    const counts =
      comparator === 'rest'
        ? (this.run.counts[group] as AttributeRun['counts'][number]).rest
        : this.countsOf(comparator);
    const gap = (name: GapName): GapFigure => {
      const reason = notEstimable(name, this.countsOf(group), this.kind);
      if (reason !== null) return { notEstimable: reason };
      if (notEstimable(name, counts, this.kind) !== null) return { notEstimable: 'TOO_FEW_IN_COMPARISON' };
      const measure = gapsFrom + gapNames.indexOf(name);
      const figure = withInterval(this.run, group, measure);
      if ('notEstimable' in figure) return figure;
      const pValue = bootstrapPValue(this.run.replicatesOf(group, measure));
      return { ...figure, pValue: Number.isNaN(pValue) ? null : pValue, adjustedPValue: null };
    };
    return {
      with:
        comparator === 'rest'
          ? { kind: 'rest' }
          : { kind: 'group', value: this.run.attribute.groups[comparator] ?? null },
      counts,
      gaps: Object.fromEntries(gapNames.map((name) => [name, gap(name)])) as Record<GapName, GapFigure>,
    };
  }

  private curve(group: number): CurvePoint[] {
    const reason = notEstimable('auc', this.countsOf(group), this.kind);
    const { positive } = this.data;
    const positives = (this.run.rowsByGroup[group] as Int32Array).filter((row) => positive[row] === 1);
    return falsePositiveRates
      .map((falsePositiveRate, index): CurvePoint => {
        // rows stand by rising score, so those missed are the first
        const share = this.run.estimateOf(group, curveFrom + index);
        const missed = Number.isNaN(share) ? 0 : Math.round(positives.length * (1 - share));
        return {
          falsePositiveRate,
          sensitivity: {
            figure:
              reason === null ? withInterval(this.run, group, curveFrom + index) : { notEstimable: reason },
            counted: countOf(this.data, positives.subarray(missed), () => true),
            others: countOf(this.data, positives.subarray(0, missed), () => true),
          },
        };
      })
      .reverse();
  }

  private calibration(group: number): CalibrationFifth[] {
    const { fifth, score, positive } = this.data;
    const rows = this.run.rowsByGroup[group] as Int32Array;
    return Array.from({ length: fifths }, (_, index) => index).flatMap((index) => {
      const inFifth = rows.filter((row) => fifth[row] === index);
      if (inFifth.length === 0) return [];
      const enough = countOf(this.data, inFifth, () => true).patients >= leastPatients;
      const observed: Share = {
        figure: enough
          ? withInterval(this.run, group, fifthsFrom + index)
          : { notEstimable: 'TOO_FEW_PATIENTS' },
        counted: countOf(this.data, inFifth, (row) => positive[row] === 1),
        others: countOf(this.data, inFifth, (row) => positive[row] === 0),
      };
      const sum = inFifth.reduce((total, row) => total + (score[row] as number), 0);
      return [{ meanScore: sum / inFifth.length, observed }];
    });
  }
}

/** Puts adjusted p values into all gaps of each measure, and counts them. */
function adjustGaps(groups: readonly GroupEvaluation[]): {
  readonly adjusted: GroupEvaluation[];
  readonly tested: Record<GapName, number>;
} {
  const adjustedOf = new Map<GapFigure, number>();
  const tested = {} as Record<GapName, number>;
  for (const name of gapNames) {
    const gaps = groups.flatMap(({ comparison }) => {
      const gap = comparison?.gaps[name];
      return gap !== undefined && 'estimate' in gap && gap.pValue !== null
        ? [{ gap, pValue: gap.pValue }]
        : [];
    });
    tested[name] = gaps.length;
    holm(gaps.map(({ pValue }) => pValue)).forEach((value, index) => {
      const entry = gaps[index];
      if (entry !== undefined) adjustedOf.set(entry.gap, value);
    });
  }
  const adjust = (gap: GapFigure): GapFigure =>
    'estimate' in gap ? { ...gap, adjustedPValue: adjustedOf.get(gap) ?? null } : gap;
  const adjusted = groups.map((group): GroupEvaluation => {
    if (group.comparison === null) return group;
    const { gaps } = group.comparison;
    return {
      ...group,
      comparison: {
        ...group.comparison,
        gaps: Object.fromEntries(gapNames.map((name) => [name, adjust(gaps[name])])) as Record<
          GapName,
          GapFigure
        >,
      },
    };
  });
  return { adjusted, tested };
}

/**
 * Judges scores by group. Intervals and p values are from a bootstrap of patients, not rows, drawn with replacement from
 * all patients without strata, so that the numbers of patients, positives and groups vary as they would in another
 * sample. The same rows, settings and seed give the same result, whatever their order.
 * @param rows with both classes, at most `mostPatients` patients
 * @param onResample told after each resample how many are done
 * @throws TooMuchToResample
 * @throws RangeError where there are more than `mostPatients` patients
 */
export function evaluateScores(
  rows: readonly ScoredRow[],
  settings: EvaluationSettings,
  onResample: (done: number) => void = () => {},
): Evaluation {
  const { attributes, intersections, threshold, areProbabilities, resamples, seed } = settings;
  const data = evaluationData(rows, attributes, intersections, threshold);
  if (data.patients > mostPatients) throw new RangeError('There are too many patients to draw from.');
  const groups = data.attributes.reduce((sum, attribute) => sum + attribute.groups.length, 1);
  if (groups * measureCount * resamples > mostValues)
    throw new TooMuchToResample(groups, Math.floor(mostValues / (groups * measureCount)));
  const logit = areProbabilities ? logits(data.score) : null;
  const runs = [data.everyone, ...data.attributes].map(
    (attribute) => new AttributeRun(data, attribute, logit, settings),
  );
  const random = RandomSource.ofSeed(seed);
  const drawn = new Float64Array(data.patients);
  const weights = new Float64Array(data.rows);
  for (let number = 0; number < resamples; number += 1) {
    drawPatients(data, random, drawn, weights);
    for (const run of runs) run.resample(number, weights);
    onResample(number + 1);
  }
  const kind: ScoreKind = { hasThreshold: threshold !== null, areProbabilities };
  const results = runs.map((run, index) => {
    const reader = new GroupReader(data, run, kind);
    return run.attribute.groups.map((_, group) => reader.group(group, index === 0));
  });
  const { adjusted, tested } = adjustGaps(results.flat());
  let from = 0;
  const [everyone, ...byAttribute] = results.map((groups) => {
    from += groups.length;
    return adjusted.slice(from - groups.length, from);
  });
  return {
    seed,
    resamples,
    compareWith: settings.compareWith,
    everyone: everyone?.[0] as GroupEvaluation,
    attributes: byAttribute.map((groups, index) => ({
      name: (data.attributes[index] as EvaluationData['everyone']).name,
      groups,
    })),
    tested,
  };
}
