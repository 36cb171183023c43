import { type Attribute, type EvaluationData, fifths } from './evaluation-data';

/** Cells of the table of findings and flags, as they stand in `GroupTally.cells`. */
export const cellNames = ['trueNegative', 'falsePositive', 'falseNegative', 'truePositive'] as const;
export type CellName = (typeof cellNames)[number];

/** Number of the cell of a row. */
export const cellNumber = (positive: number, flagged: number): number => 2 * positive + flagged;

/**
 * Shares of the negatives flagged at which ROC curves are read: more of them where screening works. In falling order,
 * as they are met by rising scores.
 */
export const falsePositiveRates = [0.8, 0.6, 0.4, 0.3, 0.2, 0.15, 0.1, 0.05, 0.02] as const;

/** Slack for shares of whole numbers in binary fractions. */
const slack = 1e-9;

function add(sums: Float64Array, at: number, value: number): void {
  sums[at] = (sums[at] as number) + value;
}

/**
 * Weighted counts and sums of every group of an attribute, from which all measures follow. A weight is how often the
 * patient of the row was drawn, so one pass through rows in the order of their scores serves a resample: nothing is
 * sorted again. Arrays are used again for the next pass.
 */
export class GroupTally {
  /** By group, fifth and cell. */
  readonly cells: Float64Array;
  readonly scoreSum: Float64Array;
  /** Sum of (score − finding)². */
  readonly squaredError: Float64Array;
  /** Pairs of a positive and a negative of the group in which the positive has the higher score; ties count ½. */
  readonly ownPairs: Float64Array;
  /** The same of positives of the group and negatives of all rows whose value is known. */
  readonly positivePairs: Float64Array;
  /** The same of negatives of the group and positives of all rows whose value is known. */
  readonly negativePairs: Float64Array;
  /** Positives below the score at which at most this share of the group's negatives is flagged; by group and share. */
  readonly missedAt: Float64Array;

  private readonly cellOf: Int32Array;
  private readonly error: Float64Array;
  private readonly belowPositive: Float64Array;
  private readonly belowNegative: Float64Array;
  private readonly tiedPositive: Float64Array;
  private readonly tiedNegative: Float64Array;
  private readonly groupNegatives: Float64Array;
  private readonly nextRate: Int32Array;
  private readonly curveFrom: Float64Array;

  constructor(
    private readonly data: EvaluationData,
    private readonly attribute: Attribute,
  ) {
    const groups = attribute.groups.length;
    const { positive, flagged, fifth, score } = data;
    this.cells = new Float64Array(groups * fifths * cellNames.length);
    const sums = () => new Float64Array(groups);
    this.scoreSum = sums();
    this.squaredError = sums();
    this.ownPairs = sums();
    this.positivePairs = sums();
    this.negativePairs = sums();
    this.missedAt = new Float64Array(groups * falsePositiveRates.length);
    this.belowPositive = sums();
    this.belowNegative = sums();
    this.tiedPositive = sums();
    this.tiedNegative = sums();
    this.groupNegatives = sums();
    this.nextRate = new Int32Array(groups);
    this.curveFrom = sums();
    this.cellOf = Int32Array.from(
      attribute.groupOf,
      (group, row) =>
        (group * fifths + (fifth[row] as number)) * cellNames.length +
        cellNumber(positive[row] as number, flagged[row] as number),
    );
    this.error = Float64Array.from(score, (value, row) => (value - (positive[row] as number)) ** 2);
  }

  /** Sum of a cell over the fifths. */
  cell(group: number, cell: number): number {
    let sum = 0;
    for (let fifth = 0; fifth < fifths; fifth += 1)
      sum += this.cells[(group * fifths + fifth) * cellNames.length + cell] as number;
    return sum;
  }

  positives(group: number): number {
    return this.cell(group, cellNumber(1, 0)) + this.cell(group, cellNumber(1, 1));
  }

  negatives(group: number): number {
    return this.cell(group, cellNumber(0, 0)) + this.cell(group, cellNumber(0, 1));
  }

  /** @param weights of each row */
  run(weights: Float64Array): void {
    this.sumCells(weights);
    this.countPairs(weights);
  }

  private sumCells(weights: Float64Array): void {
    const { cells, scoreSum, squaredError, cellOf, error } = this;
    const { groupOf } = this.attribute;
    const { score, rows } = this.data;
    cells.fill(0);
    scoreSum.fill(0);
    squaredError.fill(0);
    for (let row = 0; row < rows; row += 1) {
      // a branch on rows not drawn would cost more than adding 0
      const weight = weights[row] as number;
      const group = groupOf[row] as number;
      add(cells, cellOf[row] as number, weight);
      add(scoreSum, group, weight * (score[row] as number));
      add(squaredError, group, weight * (error[row] as number));
    }
  }

  private countPairs(weights: Float64Array): void {
    const { belowPositive, belowNegative, ownPairs, positivePairs, negativePairs, curveFrom } = this;
    const { groupOf, groups } = this.attribute;
    const { positive, endsOfScores } = this.data;
    for (const sums of [ownPairs, positivePairs, negativePairs, belowPositive, belowNegative]) sums.fill(0);
    this.missedAt.fill(0);
    this.nextRate.fill(0);
    groups.forEach((_, group) => {
      this.groupNegatives[group] = this.negatives(group);
      this.setCurveFrom(group, 0);
    });
    const unknown = groups.indexOf(null);
    let allPositive = 0;
    let allNegative = 0;
    let start = 0;
    for (let block = 0; block < endsOfScores.length; block += 1) {
      const end = endsOfScores[block] as number;
      if (end - start > 1) {
        const tied = this.countTied(weights, start, end, allPositive, allNegative);
        allPositive += tied.positive;
        allNegative += tied.negative;
        start = end;
        continue;
      }
      const row = start;
      start = end;
      const weight = weights[row] as number;
      if (weight === 0) continue;
      const group = groupOf[row] as number;
      const known = group === unknown ? 0 : weight;
      if (positive[row] === 1) {
        add(ownPairs, group, weight * (belowNegative[group] as number));
        add(positivePairs, group, weight * allNegative);
        add(belowPositive, group, weight);
        allPositive += known;
      } else {
        add(negativePairs, group, weight * allPositive);
        add(belowNegative, group, weight);
        if ((belowNegative[group] as number) >= (curveFrom[group] as number)) this.readCurve(group);
        allNegative += known;
      }
    }
    this.turnNegativePairs(allPositive);
  }

  /** Rows of one score: half of each pair among them is won. */
  private countTied(
    weights: Float64Array,
    start: number,
    end: number,
    allPositive: number,
    allNegative: number,
  ) {
    const { belowPositive, belowNegative, tiedPositive, tiedNegative } = this;
    const { groupOf, groups } = this.attribute;
    const unknown = groups.indexOf(null);
    let blockPositive = 0;
    let blockNegative = 0;
    for (let row = start; row < end; row += 1) {
      const weight = weights[row] as number;
      const group = groupOf[row] as number;
      const known = group === unknown ? 0 : weight;
      if (this.data.positive[row] === 1) {
        add(tiedPositive, group, weight);
        blockPositive += known;
      } else {
        add(tiedNegative, group, weight);
        blockNegative += known;
      }
    }
    for (let row = start; row < end; row += 1) {
      const group = groupOf[row] as number;
      const tiedP = tiedPositive[group] as number;
      const tiedN = tiedNegative[group] as number;
      if (tiedP === 0 && tiedN === 0) continue;
      add(this.ownPairs, group, tiedP * ((belowNegative[group] as number) + tiedN / 2));
      add(this.positivePairs, group, tiedP * (allNegative + blockNegative / 2));
      add(this.negativePairs, group, tiedN * (allPositive + blockPositive / 2));
      add(belowPositive, group, tiedP);
      add(belowNegative, group, tiedN);
      tiedPositive[group] = 0;
      tiedNegative[group] = 0;
      if (tiedN > 0 && (belowNegative[group] as number) >= (this.curveFrom[group] as number))
        this.readCurve(group);
    }
    return { positive: blockPositive, negative: blockNegative };
  }

  /** The negatives that must be below before the next share is no longer exceeded above. */
  private setCurveFrom(group: number, next: number): void {
    const rate = falsePositiveRates[next];
    this.nextRate[group] = next;
    this.curveFrom[group] =
      rate === undefined
        ? Number.POSITIVE_INFINITY
        : (1 - rate) * (this.groupNegatives[group] as number) - slack;
  }

  /** Notes the positives below, for every share of the negatives that is no longer exceeded above. */
  private readCurve(group: number): void {
    const below = this.belowNegative[group] as number;
    while (below >= (this.curveFrom[group] as number)) {
      const next = this.nextRate[group] as number;
      this.missedAt[group * falsePositiveRates.length + next] = this.belowPositive[group] as number;
      this.setCurveFrom(group, next + 1);
    }
  }

  /** So far pairs with the positives below: the others are those above. */
  private turnNegativePairs(allPositive: number): void {
    this.negativePairs.forEach((below, group) => {
      this.negativePairs[group] = (this.groupNegatives[group] as number) * allPositive - below;
    });
  }
}
