import fc from 'fast-check';
import { holm } from '../../../statistics/fairness/holm';

it('adjusts as in the textbook', () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((expected, index) => {
    expect(adjusted[index]).toBeCloseTo(expected, 12);
  });
});

it('never lowers a p value, keeps their order, and stays at 1 or below', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (pValues) => {
      const adjusted = holm(pValues);
      const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0));
      return (
        adjusted.every((value, index) => value >= (pValues[index] ?? 0) && value <= 1) &&
        order.every(
          (index, rank) => rank === 0 || (adjusted[index] ?? 0) >= (adjusted[order[rank - 1] ?? 0] ?? 0),
        )
      );
    }),
    { seed: 1, numRuns: 500 },
  );
});

it('rejects no more than Bonferroni does not at the smallest, and the same there', () => {
  expect(Math.min(...holm([0.2, 0.01, 0.5]))).toBeCloseTo(0.03, 12);
});
