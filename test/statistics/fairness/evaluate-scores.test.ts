import fc from 'fast-check';
import { evaluateScores } from '../../../statistics/fairness/evaluate-scores';
import type { Figure, GapFigure, GroupEvaluation } from '../../../statistics/fairness/evaluation';
import { gapNames } from '../../../statistics/fairness/measures';
import { madeUpRows, rowsOf, settings } from './scored-rows';

const made = { ...settings, attributes: ['arm', 'parity'], resamples: 200 };

const group = (groups: readonly GroupEvaluation[] | undefined, value: string | null) => {
  const found = groups?.find((each) => each.value === value);
  if (found === undefined) throw new Error('There is no such group.');
  return found;
};
function estimateOf<F extends Figure | GapFigure>(figure: F | undefined): Extract<F, { estimate: number }> {
  if (figure === undefined || !('estimate' in figure)) throw new Error('There is no estimate.');
  return figure as Extract<F, { estimate: number }>;
}

it('gives the same to the last digit for a seed, whatever the order of rows', () => {
  const rows = madeUpRows(120, 2, 1);
  const few = { ...made, resamples: 30 };
  const expected = JSON.stringify(evaluateScores(rows, few));
  fc.assert(
    fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
      expect(JSON.stringify(evaluateScores(shuffled, few))).toBe(expected);
    }),
    { seed: 5, numRuns: 10 },
  );
  expect(JSON.stringify(evaluateScores(rows, { ...few, seed: 2 }))).not.toBe(expected);
});

it('gives intervals that hold their estimates', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
      const { auc, sensitivity, specificity, brier } = evaluateScores(madeUpRows(200, 1, seed), {
        ...settings,
        attributes: ['arm', 'parity'],
        resamples: 150,
      }).everyone.figures;
      for (const figure of [auc, sensitivity, specificity, brier]) {
        const { low, estimate, high } = estimateOf(figure);
        expect(low).toBeLessThan(estimate);
        expect(high).toBeGreaterThan(estimate);
      }
    }),
    { seed: 6, numRuns: 12 },
  );
});

it('finds the group whose scores say nothing, and no gap where there is none', () => {
  const { attributes, tested } = evaluateScores(madeUpRows(1500, 1, 12), made);
  const [arm, parity] = attributes;
  const blind = estimateOf(group(arm?.groups, 'B').comparison?.gaps.auc);
  expect(blind.estimate).toBeLessThan(-0.2);
  expect(blind.high).toBeLessThan(0);
  expect(blind.adjustedPValue).toBeLessThanOrEqual((2 / 201) * (tested.auc ?? 0));
  const other = estimateOf(group(parity?.groups, 'odd').comparison?.gaps.falsePositiveRate);
  expect(other.adjustedPValue).toBeGreaterThan(0.05);
});

it('finds intervals wider where rows of a patient are copies of one another', () => {
  const once = madeUpRows(300, 1, 9);
  const copies = once.flatMap((row) =>
    Array.from({ length: 5 }, (_, copy) => ({ ...row, id: `${row.id}.${copy}` })),
  );
  const width = (rows: typeof once) => {
    const { low, high } = estimateOf(evaluateScores(rows, made).everyone.figures.auc);
    return (high ?? 0) - (low ?? 0);
  };
  // five copies of each row say no more than one
  expect(width(copies)).toBeCloseTo(width(once), 9);
});

it('compares two groups once, with the larger as reference', () => {
  const rows = madeUpRows(100, 1, 2).filter(
    ({ groups: [, parity] }, index) => parity === 'even' || index < 60,
  );
  const { attributes } = evaluateScores(rows, made);
  expect(group(attributes[1]?.groups, 'even').comparison).toBeNull();
  expect(group(attributes[1]?.groups, 'odd').comparison?.with).toEqual({ kind: 'group', value: 'even' });
});

it('compares with the largest group where it is asked to', () => {
  const { attributes } = evaluateScores(madeUpRows(200, 1, 3), { ...made, compareWith: 'largest' });
  const references = attributes[0]?.groups.map(({ value, comparison }) => [value, comparison?.with]);
  const largest = { kind: 'group', value: 'A' };
  expect(references).toEqual([
    ['A', undefined],
    ['B', largest],
    ['C', largest],
    [null, largest],
  ]);
});

it('keeps the rows whose value is not known as a group of its own, out of every rest', () => {
  const { attributes } = evaluateScores(madeUpRows(400, 1, 3), made);
  const [arm] = attributes;
  const unknown = group(arm?.groups, null);
  expect(unknown.counts.all).toEqual({ rows: 20, patients: 20 });
  expect(unknown.comparison?.counts.all.rows).toBe(380);
  const known = group(arm?.groups, 'A');
  expect(known.comparison?.counts.all.rows).toBe(380 - known.counts.all.rows);
});

it('says of few patients that nothing is estimated, and why, and drops no group', () => {
  const rows = madeUpRows(60, 1, 8).map((row) => ({
    ...row,
    groups: [row.id === 'i0' || row.id === 'i1' ? 'rare' : 'common'],
  }));
  const { attributes, everyone } = evaluateScores(rows, { ...made, attributes: ['kind'] });
  const rare = group(attributes[0]?.groups, 'rare');
  expect(rare.figures.auc).toEqual({ notEstimable: 'TOO_FEW_POSITIVE' });
  expect(rare.figures.specificity).toEqual({ notEstimable: 'TOO_FEW_NEGATIVE' });
  expect(rare.figures.ppv).toEqual({ notEstimable: 'TOO_FEW_FLAGGED' });
  expect(rare.comparison?.gaps.auc).toEqual({ notEstimable: 'TOO_FEW_POSITIVE' });
  expect(everyone.figures.auc).toHaveProperty('estimate');
});

it('counts patients, not rows, as enough', () => {
  const rows = madeUpRows(9, 20, 8);
  const { everyone } = evaluateScores(rows, made);
  expect(everyone.counts.all).toEqual({ rows: 180, patients: 9 });
  expect(everyone.figures.auc).toMatchObject({ low: null, high: null });
});

it('says nothing of calibration where scores are not probabilities, and of flags without a threshold', () => {
  const { everyone } = evaluateScores(
    madeUpRows(100, 1, 1).map((row) => ({ ...row, score: row.score * 10 - 5 })),
    { ...made, areProbabilities: false, threshold: null },
  );
  expect(everyone.figures.brier).toEqual({ notEstimable: 'NOT_PROBABILITIES' });
  expect(everyone.figures.ppv).toEqual({ notEstimable: 'NO_THRESHOLD' });
  expect(everyone.calibration).toEqual([]);
  expect(everyone.figures.auc).toHaveProperty('low');
});

it('applies the threshold of each group', () => {
  const rows = madeUpRows(400, 1, 6);
  const { attributes } = evaluateScores(rows, {
    ...made,
    threshold: { kind: 'by group', attribute: 'arm', thresholds: new Map([['A', 0.2]]), otherwise: 0.9 },
  });
  const flaggedOf = (arm: string | null, from: number) =>
    rows.filter(({ groups, score }) => groups[0] === arm && score >= from).length;
  expect(group(attributes[0]?.groups, 'A').counts.flagged.rows).toBe(flaggedOf('A', 0.2));
  expect(group(attributes[0]?.groups, 'C').counts.flagged.rows).toBe(flaggedOf('C', 0.9));
  expect(group(attributes[0]?.groups, null).counts.flagged.rows).toBe(flaggedOf(null, 0.9));
});

it('judges combinations of two attributes', () => {
  const { attributes } = evaluateScores(madeUpRows(200, 1, 3), {
    ...made,
    intersections: [['arm', 'parity']],
  });
  expect(attributes[2]?.name).toBe('arm × parity');
  expect(attributes[2]?.groups.map(({ value }) => value)).toEqual([
    'A × even',
    'A × odd',
    'B × even',
    'B × odd',
    'C × even',
    'C × odd',
    null,
  ]);
});

it('adjusts the p values of one measure over all attributes', () => {
  const { attributes, tested } = evaluateScores(madeUpRows(800, 1, 4), made);
  for (const name of gapNames) {
    const gaps = attributes
      .flatMap(({ groups }) => groups.map(({ comparison }) => comparison?.gaps[name]))
      .filter((gap) => gap !== undefined && 'estimate' in gap)
      .map((gap) => estimateOf(gap));
    expect(tested[name]).toBe(gaps.length);
    const [smallest] = gaps.map(({ pValue }) => pValue ?? 1).sort((left, right) => left - right);
    const adjusted = Math.min(...gaps.map(({ adjustedPValue }) => adjustedPValue ?? 1));
    expect(adjusted).toBeCloseTo(Math.min(1, (smallest ?? 1) * gaps.length), 12);
  }
});

it('puts rows of one score into one fifth, and the parts of a fifth add up', () => {
  const { everyone } = evaluateScores(madeUpRows(500, 1, 5), made);
  expect(everyone.calibration).toHaveLength(5);
  const rows = everyone.calibration.map(({ observed }) => observed.counted.rows + observed.others.rows);
  expect(rows.reduce((sum, count) => sum + count, 0)).toBe(500);
  const same = evaluateScores(rowsOf([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5]), settings);
  expect(same.everyone.calibration).toHaveLength(1);
});
