/** Values with weights, of which quantiles are asked at the end. */
export class WeightedValues {
  private readonly values: number[] = [];
  private readonly weights: number[] = [];

  add(value: number, weight: number): void {
    this.values.push(value);
    this.weights.push(weight);
  }

  get weight(): number {
    return this.weights.reduce((sum, weight) => sum + weight, 0);
  }

  get mean(): number {
    const sum = this.values.reduce((total, value, index) => total + value * (this.weights[index] ?? 0), 0);
    return this.values.length === 0 ? 0 : sum / this.weight;
  }

  /** The smallest value that at least `share` of the weight does not exceed; 0 where there are no values. */
  quantile(share: number): number {
    const order = Array.from(this.values.keys()).sort(
      (left, right) => (this.values[left] ?? 0) - (this.values[right] ?? 0),
    );
    const wanted = share * this.weight;
    let passed = 0;
    for (const index of order) {
      passed += this.weights[index] ?? 0;
      if (passed >= wanted) return this.values[index] ?? 0;
    }
    return this.values[order.at(-1) ?? 0] ?? 0;
  }
}
