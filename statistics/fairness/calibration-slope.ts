/** Scores nearer to 0 or 1 than this are taken to be this near: the logit of 0 and 1 is infinite. */
const nearest = 1e-6;
/** Newton's method doubles the correct digits each time; what needs more has no finite solution. */
const mostSteps = 30;
/** A slope or intercept beyond this is on its way to infinity. */
const farthest = 1e3;

/** Log odds, of scores of 0 to 1. */
export function logits(score: Float64Array): Float64Array {
  return score.map((value) => {
    const inside = Math.min(1 - nearest, Math.max(nearest, value));
    return Math.log(inside / (1 - inside));
  });
}

export interface CalibrationFit {
  readonly intercept: number;
  readonly slope: number;
}

/** Rows of a group with what the fit needs of them. */
export interface CalibrationRows {
  readonly rows: Int32Array;
  readonly logit: Float64Array;
  readonly positive: Uint8Array;
}

/** A fit from which the next one starts. */
export interface CalibrationStart extends CalibrationFit {
  /** What it expects of each row, if that is known: the first step then costs no exponentials. */
  readonly expected?: Float64Array;
}

export const expectedOf = ({ intercept, slope }: CalibrationFit, logit: number): number =>
  1 / (1 + Math.exp(-(intercept + slope * logit)));

/** One step of Newton's method; null where the rows determine none. */
function stepFrom(
  { rows, logit, positive }: CalibrationRows,
  weights: Float64Array,
  from: CalibrationStart,
): CalibrationFit | null {
  const { expected } = from;
  let gradient = 0;
  let gradientSlope = 0;
  let information = 0;
  let informationBoth = 0;
  let informationSlope = 0;
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] as number;
    const weight = weights[row] as number;
    const x = logit[row] as number;
    const probability = expected === undefined ? expectedOf(from, x) : (expected[row] as number);
    const residual = weight * ((positive[row] as number) - probability);
    const variance = weight * probability * (1 - probability);
    gradient += residual;
    gradientSlope += residual * x;
    information += variance;
    informationBoth += variance * x;
    informationSlope += variance * x * x;
  }
  const determinant = information * informationSlope - informationBoth * informationBoth;
  // all scores alike, or all expectations 0 or 1
  if (!(determinant > 1e-12 * information * informationSlope)) return null;
  return {
    intercept: (informationSlope * gradient - informationBoth * gradientSlope) / determinant,
    slope: (information * gradientSlope - informationBoth * gradient) / determinant,
  };
}

/**
 * Logistic regression of the finding on the log odds of the score (Cox 1958) by Newton's method: slope 1 where scores
 * spread as they should, below 1 where they are too extreme. Null where it has no finite solution: one class only,
 * classes that the scores separate, or scores that are all the same.
 * @param tolerance relative change of the parameters at which it ends; the error left is about its square
 */
export function calibrationFit(
  rows: CalibrationRows,
  weights: Float64Array,
  start: CalibrationStart,
  tolerance: number,
): CalibrationFit | null {
  let fit: CalibrationStart = start;
  for (let steps = 0; steps < mostSteps; steps += 1) {
    const step = stepFrom(rows, weights, fit);
    if (step === null) return null;
    const intercept = fit.intercept + step.intercept;
    const slope = fit.slope + step.slope;
    if (Math.abs(intercept) > farthest || Math.abs(slope) > farthest) return null;
    const small = (by: number, value: number) => Math.abs(by) <= tolerance * (1 + Math.abs(value));
    if (small(step.intercept, intercept) && small(step.slope, slope)) return { intercept, slope };
    fit = { intercept, slope };
  }
  return null;
}
