import {
  type CalibrationRows,
  calibrationFit,
  expectedOf,
  logits,
} from '../../../statistics/fairness/calibration-slope';
import { RandomSource } from '../../../statistics/fairness/random-source';

const flat = { intercept: 0, slope: 0 };

function rowsOf(scores: readonly number[], positive: readonly number[]): CalibrationRows {
  return {
    rows: Int32Array.from(scores, (_, index) => index),
    logit: logits(Float64Array.from(scores)),
    positive: Uint8Array.from(positive),
  };
}
const ones = (rows: CalibrationRows) => new Float64Array(rows.rows.length).fill(1);

/** Rows whose findings are drawn with odds of exp(intercept + slope × logit). */
function drawnRows(count: number, intercept: number, slope: number): CalibrationRows {
  const random = RandomSource.ofSeed(11);
  const fraction = () => random.next() / 2 ** 32;
  const scores = Array.from({ length: count }, () => 0.02 + 0.96 * fraction());
  const logit = logits(Float64Array.from(scores));
  return rowsOf(
    scores,
    Array.from(logit, (x) => (fraction() < expectedOf({ intercept, slope }, x) ? 1 : 0)),
  );
}

it('finds where the likelihood is flat', () => {
  const rows = drawnRows(400, -0.5, 0.7);
  const fit = calibrationFit(rows, ones(rows), flat, 1e-9);
  if (fit === null) throw new Error('There is no fit.');
  let gradient = 0;
  let gradientSlope = 0;
  rows.logit.forEach((x, row) => {
    const residual = (rows.positive[row] ?? 0) - expectedOf(fit, x);
    gradient += residual;
    gradientSlope += residual * x;
  });
  expect(gradient).toBeCloseTo(0, 6);
  expect(gradientSlope).toBeCloseTo(0, 6);
});

it('finds intercept and slope of the odds that findings were drawn with', () => {
  const rows = drawnRows(50_000, -0.5, 0.7);
  const fit = calibrationFit(rows, ones(rows), flat, 1e-9);
  // three standard errors
  expect(Math.abs((fit?.intercept ?? 0) + 0.5)).toBeLessThan(0.035);
  expect(Math.abs((fit?.slope ?? 0) - 0.7)).toBeLessThan(0.03);
});

it('comes within 0.002 of the exact fit of a resample from the fit of all rows', () => {
  const rows = drawnRows(2000, 0.3, 1.4);
  const exact = calibrationFit(rows, ones(rows), flat, 1e-9);
  if (exact === null) throw new Error('There is no fit.');
  const expected = rows.logit.map((x) => expectedOf(exact, x));
  const random = RandomSource.ofSeed(5);
  for (let resample = 0; resample < 50; resample += 1) {
    const weights = new Float64Array(2000);
    for (let draw = 0; draw < 2000; draw += 1) {
      const row = random.below(2000);
      weights[row] = (weights[row] ?? 0) + 1;
    }
    const near = calibrationFit(rows, weights, { ...exact, expected }, 0.02);
    const best = calibrationFit(rows, weights, flat, 1e-9);
    expect(Math.abs((near?.slope ?? 0) - (best?.slope ?? 1))).toBeLessThan(0.002);
  }
});

it.each([
  ['one class', [0.1, 0.4, 0.6], [1, 1, 1]],
  ['classes that the scores separate', [0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]],
  ['classes that the scores separate but for a tie', [0.1, 0.5, 0.5, 0.9], [0, 0, 1, 1]],
  ['scores that are all the same', [0.3, 0.3, 0.3, 0.3], [0, 1, 0, 1]],
  ['scores of 0 and 1 that are always right', [0, 0, 1, 1], [0, 0, 1, 1]],
])('has no finite solution for %s', (_, scores, positive) => {
  const rows = rowsOf(scores, positive);
  expect(calibrationFit(rows, ones(rows), flat, 1e-9)).toBeNull();
});
