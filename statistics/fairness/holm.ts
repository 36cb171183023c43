/**
 * P values adjusted for the number of hypotheses (Holm 1979, step-down), in the order given. The chance that any true
 * hypothesis is rejected stays below the level, whatever their dependence.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues
    .map((pValue, index) => ({ pValue, index }))
    .sort((left, right) => left.pValue - right.pValue || left.index - right.index);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  order.forEach(({ pValue, index }, rank) => {
    largest = Math.min(1, Math.max(largest, pValue * (pValues.length - rank)));
    adjusted[index] = largest;
  });
  return adjusted;
}
