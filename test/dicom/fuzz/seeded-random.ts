/** Pseudo-random numbers (mulberry32) that depend on a seed and an index only, so that any input can be made again. */
export class SeededRandom {
  #state: number;

  constructor(seed: number, index: number) {
    this.#state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)) >>> 0;
    this.next();
    this.next();
  }

  /** The next 32 bits. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** A whole number from 0 to below `limit`; 0 where the limit is 0. */
  below(limit: number): number {
    return limit <= 0 ? 0 : this.next() % limit;
  }

  chance(share: number): boolean {
    return this.next() / 2 ** 32 < share;
  }

  /** One of the values; there must be one. */
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let at = 0; at < length; at += 1) bytes[at] = this.next() & 0xff;
    return bytes;
  }
}
