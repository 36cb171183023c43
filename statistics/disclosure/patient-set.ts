const bitsPerWord = 32;

function onesIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** Patients of one release by number (from 1), a bit each: 25 KB for 200,000. */
export class PatientSet {
  /** How many are in it. */
  readonly size: number;

  private constructor(
    /** How many patients the release has. */
    readonly release: number,
    private readonly words: Uint32Array,
  ) {
    let size = 0;
    for (const word of words) size += onesIn(word);
    this.size = size;
  }

  /**
   * The patients with these numbers, in any order.
   * @throws RangeError where a number is none of the release.
   */
  static of(release: number, numbers: Iterable<number>): PatientSet {
    const words = new Uint32Array(Math.ceil(release / bitsPerWord));
    for (const number of numbers) {
      if (!Number.isInteger(number) || number < 1 || number > release)
        throw new RangeError(`a patient's number is 1 to ${release}`);
      const word = (number - 1) >>> 5;
      words[word] = (words[word] ?? 0) | (1 << ((number - 1) & 31));
    }
    return new PatientSet(release, words);
  }

  /** Every patient of the release. */
  static everybody(release: number): PatientSet {
    return PatientSet.of(release, []).complement();
  }

  /**
   * Reads what `toBytes` wrote.
   * @throws RangeError where the bytes are of another release or hold numbers that it has not.
   */
  static fromBytes(release: number, bytes: Uint8Array): PatientSet {
    const words = new Uint32Array(Math.ceil(release / bitsPerWord));
    if (bytes.length !== words.length * 4) throw new RangeError('a set of patients of another release');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < words.length; at += 1) words[at] = view.getUint32(at * 4, true);
    const spare = words.length * bitsPerWord - release;
    if (spare > 0 && (words.at(-1) ?? 0) >>> (bitsPerWord - spare) !== 0)
      throw new RangeError('a set of patients beyond the release');
    return new PatientSet(release, words);
  }

  /** A bit a patient, in words of 32, least first. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.words.length * 4);
    const view = new DataView(bytes.buffer);
    this.words.forEach((word, at) => {
      view.setUint32(at * 4, word, true);
    });
    return bytes;
  }

  has(number: number): boolean {
    return (((this.words[(number - 1) >>> 5] ?? 0) >>> ((number - 1) & 31)) & 1) === 1;
  }

  /** Calls back with each number, least first. */
  forEach(callback: (number: number) => void): void {
    for (let at = 0; at < this.words.length; at += 1) {
      let word = this.words[at] ?? 0;
      while (word !== 0) {
        callback(at * bitsPerWord + 32 - Math.clz32(word & -word));
        word &= word - 1;
      }
    }
  }

  /** How many are in this set and not in `other`. */
  sizeWithout(other: PatientSet): number {
    return this.count(other, (mine, theirs) => mine & ~theirs);
  }

  /** How many are in one of the two sets and not in the other. */
  distanceTo(other: PatientSet): number {
    return this.count(other, (mine, theirs) => mine ^ theirs);
  }

  /** Those who are in one of the two sets and not in the other. */
  differing(other: PatientSet): PatientSet {
    return this.combine(other, (mine, theirs) => mine ^ theirs);
  }

  union(other: PatientSet): PatientSet {
    return this.combine(other, (mine, theirs) => mine | theirs);
  }

  intersection(other: PatientSet): PatientSet {
    return this.combine(other, (mine, theirs) => mine & theirs);
  }

  /** Those of the release who are not in this set. */
  complement(): PatientSet {
    const words = this.words.map((word) => ~word);
    const spare = words.length * bitsPerWord - this.release;
    if (spare > 0) words[words.length - 1] = (words.at(-1) ?? 0) & (0xffffffff >>> spare);
    return new PatientSet(this.release, words);
  }

  private combine(other: PatientSet, operation: (mine: number, theirs: number) => number): PatientSet {
    this.requireSameRelease(other);
    return new PatientSet(
      this.release,
      this.words.map((word, at) => operation(word, other.words[at] ?? 0)),
    );
  }

  private count(other: PatientSet, operation: (mine: number, theirs: number) => number): number {
    this.requireSameRelease(other);
    let size = 0;
    for (let at = 0; at < this.words.length; at += 1)
      size += onesIn(operation(this.words[at] ?? 0, other.words[at] ?? 0));
    return size;
  }

  private requireSameRelease(other: PatientSet): void {
    if (other.release !== this.release) throw new RangeError('two sets of patients of different releases');
  }
}
