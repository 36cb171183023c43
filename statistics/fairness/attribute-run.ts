import { type CalibrationFit, type CalibrationStart, calibrationFit, expectedOf } from './calibration-slope';
import { type ComparisonKind, leastPatients } from './evaluation';
import type { Attribute, EvaluationData } from './evaluation-data';
import { GroupTally } from './group-tally';
import { type Comparator, measureCount, writeMeasures } from './measures';
import { countGroups, rowsOfGroups, type SideCounts } from './patient-counts';

/** Whence Newton's method finds every finite estimate: no relation, even odds. */
const noRelation: CalibrationFit = { intercept: 0, slope: 0 };
const estimateTolerance = 1e-9;
/**
 * The error left is about the square of this, 0.0004. In large groups one step from the estimate does, which needs no
 * exponentials.
 */
const resampleTolerance = 0.02;

/**
 * What each group is compared with. Of two groups each is the other's rest, and the gaps are the same but for the sign:
 * the larger one is then the reference, and the hypothesis is counted once.
 */
function comparatorsOf(
  attribute: Attribute,
  patients: readonly number[],
  compareWith: ComparisonKind,
): Comparator[] {
  const known = attribute.groups.flatMap((value, group) => (value === null ? [] : [group]));
  const largest = known.reduce<number | null>(
    (best, group) =>
      best === null || (patients[group] as number) > (patients[best] as number) ? group : best,
    null,
  );
  return attribute.groups.map((value, group): Comparator => {
    if (largest === null || (known.length === 1 && value !== null)) return 'none';
    if (compareWith === 'rest' && (known.length > 2 || value === null)) return 'rest';
    return group === largest ? 'none' : largest;
  });
}

/** One attribute of an evaluation: its counts, its estimates, and their values in every resample. */
export class AttributeRun {
  readonly rowsByGroup: readonly Int32Array[];
  readonly counts: readonly { readonly own: SideCounts; readonly rest: SideCounts }[];
  readonly comparators: readonly Comparator[];
  /** Every measure of every group, as `measures.ts` numbers them. */
  readonly estimates: Float64Array;
  readonly tally: GroupTally;
  private readonly values: Float64Array;
  private readonly replicates: readonly Float64Array[];
  private readonly starts: readonly (CalibrationStart | null)[];
  private readonly slopes: Float64Array;

  /** @param logit of every score; null where scores are not probabilities, which then have no slope */
  constructor(
    private readonly data: EvaluationData,
    readonly attribute: Attribute,
    private readonly logit: Float64Array | null,
    settings: { readonly compareWith: ComparisonKind; readonly resamples: number },
  ) {
    const groups = attribute.groups.length;
    this.rowsByGroup = rowsOfGroups(attribute);
    this.counts = countGroups(data, attribute, this.rowsByGroup);
    this.comparators = comparatorsOf(
      attribute,
      this.counts.map(({ own }) => own.all.patients),
      settings.compareWith,
    );
    this.tally = new GroupTally(data, attribute);
    this.values = new Float64Array(groups * measureCount);
    this.slopes = new Float64Array(groups);
    this.replicates = Array.from(this.values, () => new Float64Array(settings.resamples));
    const once = new Float64Array(data.rows).fill(1);
    const fits = attribute.groups.map((_, group) => this.fit(group, once, noRelation, estimateTolerance));
    this.measure(
      once,
      fits.map((fit) => fit?.slope ?? Number.NaN),
    );
    this.starts = this.startsFrom(fits);
    this.estimates = this.values.slice();
  }

  /** Measures once more with rows weighted, as the given resample. */
  resample(number: number, weights: Float64Array): void {
    const slopes = this.starts.map((start, group) =>
      start === null || !this.hasSlope(group)
        ? Number.NaN
        : (this.fit(group, weights, start, resampleTolerance)?.slope ?? Number.NaN),
    );
    this.measure(weights, slopes);
    this.values.forEach((value, index) => {
      (this.replicates[index] as Float64Array)[number] = value;
    });
  }

  replicatesOf(group: number, measure: number): Float64Array {
    return this.replicates[group * measureCount + measure] as Float64Array;
  }

  estimateOf(group: number, measure: number): number {
    return this.estimates[group * measureCount + measure] as number;
  }

  /** Of smaller groups no slope is shown, and a fit costs more than all else. */
  private hasSlope(group: number): boolean {
    const { positive, negative } = (this.counts[group] as { own: SideCounts }).own;
    return positive.patients >= leastPatients && negative.patients >= leastPatients;
  }

  private fit(
    group: number,
    weights: Float64Array,
    start: CalibrationStart,
    tolerance: number,
  ): CalibrationFit | null {
    if (this.logit === null) return null;
    const rows = this.rowsByGroup[group] as Int32Array;
    return calibrationFit(
      { rows, logit: this.logit, positive: this.data.positive },
      weights,
      start,
      tolerance,
    );
  }

  /** All groups share one array of expectations, each having rows of its own. */
  private startsFrom(fits: readonly (CalibrationFit | null)[]): (CalibrationStart | null)[] {
    const { logit } = this;
    if (logit === null) return fits.map(() => null);
    const expected = Float64Array.from(logit, (x, row) => {
      const fit = fits[this.attribute.groupOf[row] as number];
      return fit ? expectedOf(fit, x) : Number.NaN;
    });
    return fits.map((fit) => (fit === null ? null : { ...fit, expected }));
  }

  private measure(weights: Float64Array, slopes: readonly number[]): void {
    this.tally.run(weights);
    this.slopes.set(slopes);
    writeMeasures(this.tally, this.attribute, this.comparators, this.slopes, this.values);
  }
}
