const words = 4;
const wordRange = 2 ** 32;

/** SplitMix32: spreads a seed over the state, so that near seeds give streams that have nothing in common. */
function splitMix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}

const rotated = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/**
 * xoshiro128** 1.1 (Blackman and Vigna, 2018): 32 bits a draw, period 2^128 − 1, the same on every machine. For
 * resampling; nothing secret may rest on it.
 */
export class RandomSource {
  private readonly state: Int32Array;

  /** @param state four words of 32 bits, not all 0 */
  constructor(state: Int32Array) {
    if (state.length !== words || state.every((word) => word === 0))
      throw new RangeError('The state is four words, not all of them 0.');
    this.state = state.slice();
  }

  /** @param seed a whole number from 0 to 2^32 − 1 */
  static ofSeed(seed: number): RandomSource {
    return new RandomSource(Int32Array.from({ length: words }, splitMix32(seed)));
  }

  /** A whole number from 0 to 2^32 − 1. */
  next(): number {
    const { state } = this;
    const second = state[1] as number;
    const drawn = Math.imul(rotated(Math.imul(second, 5), 7), 9);
    const third = (state[2] as number) ^ (state[0] as number);
    const fourth = (state[3] as number) ^ second;
    state[1] = second ^ third;
    state[0] = (state[0] as number) ^ fourth;
    state[2] = third ^ (second << 9);
    state[3] = rotated(fourth, 11);
    return drawn >>> 0;
  }

  /**
   * A whole number below `bound`, each with the same probability (Lemire's multiplication with rejection).
   * @param bound from 1 to 2^21, so that products are exact
   */
  below(bound: number): number {
    const unfair = wordRange % bound;
    for (;;) {
      const product = this.next() * bound;
      const drawn = Math.floor(product / wordRange);
      if (product - drawn * wordRange >= unfair) return drawn;
    }
  }
}
