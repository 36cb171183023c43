import type { PixelDescription } from '../validate/validate-pixel-data';

/** Rows and columns of the grid; a bit for each pair of neighbours in a row: 256. */
const gridRows = 16;
const gridColumns = 17;

/**
 * A pair counts as rising where it rises by more than this share of the grid's range: in a flat background noise would else
 * draw the bits.
 */
const risingShare = 0.02;

/** Below this share of what the samples could span there is no picture to be told from another. */
const leastContrast = 1 / 1024;

/** So many pixels of a frame tell the means of 272 blocks, 60 each; of larger frames every second, third … row and column is looked at. */
const enoughPixels = 1 << 14;

/** Weights of the samples of a pixel: its grey, dark to bright; null for what has no such sum. */
function weightsOf({
  photometricInterpretation,
  samplesPerPixel,
}: PixelDescription): readonly number[] | null {
  if (samplesPerPixel === 1) {
    if (photometricInterpretation === 'MONOCHROME1') return [-1];
    return photometricInterpretation === 'MONOCHROME2' ? [1] : null;
  }
  // luminance of ITU-R BT.601
  if (samplesPerPixel !== 3) return null;
  if (photometricInterpretation === 'RGB') return [0.299, 0.587, 0.114];
  return photometricInterpretation === 'YBR_FULL' ? [1, 0, 0] : null;
}

/**
 * Difference hash of one frame, whose bytes come in order: brightness of 16 by 17 blocks, and of each pair of neighbours in
 * a row whether it rises. It stays nearly the same under windowing, scaling and a little noise; two pictures of different
 * things differ in many bits. Keeps a row of pixels and the sums of the blocks, whatever the size of the frame.
 */
export class DifferenceHash {
  private readonly sums = new Float64Array(gridRows * gridColumns);
  private readonly counts = new Float64Array(gridRows * gridColumns);
  private readonly row: Buffer;
  private readonly step: number;
  /** Bytes of the frame that have come. */
  private position = 0;

  private constructor(
    private readonly description: PixelDescription,
    private readonly bitsStored: number,
    private readonly weights: readonly number[],
    private readonly littleEndian: boolean,
  ) {
    const { rows, columns, samplesPerPixel, bitsAllocated, planar } = description;
    const samples = planar ? 1 : samplesPerPixel;
    this.row = Buffer.alloc((columns * samples * bitsAllocated) / 8);
    this.step = Math.max(1, Math.floor(Math.sqrt((rows * columns) / enoughPixels)));
  }

  /** Null where the frames of such pixels are not looked at: other than 8 or 16 bits, palettes, subsampled colours. */
  static of(description: PixelDescription, littleEndian: boolean): DifferenceHash | null {
    const weights = weightsOf(description);
    const { rows, columns, bitsAllocated, bitsStored } = description;
    if (weights === null || bitsStored === null || rows < gridRows || columns < gridColumns) return null;
    if (bitsAllocated !== 8 && bitsAllocated !== 16) return null;
    return new DifferenceHash(description, bitsStored, weights, littleEndian);
  }

  /** Bytes of a frame. */
  static frameBytes({ rows, columns, samplesPerPixel, bitsAllocated }: PixelDescription): number {
    return (rows * columns * samplesPerPixel * bitsAllocated) / 8;
  }

  push(piece: Buffer): void {
    const { rows } = this.description;
    let at = 0;
    while (at < piece.length) {
      const line = Math.floor(this.position / this.row.length);
      const within = this.position % this.row.length;
      const count = Math.min(piece.length - at, this.row.length - within);
      if ((line % rows) % this.step === 0) {
        piece.copy(this.row, within, at, at + count);
        if (within + count === this.row.length) this.addRow(line % rows, Math.floor(line / rows));
      }
      this.position += count;
      at += count;
    }
  }

  /** 64 hex digits, once the whole frame has come; null where it has not, or is of one brightness. */
  digest(): string | null {
    if (this.position !== DifferenceHash.frameBytes(this.description)) return null;
    const means = this.sums.map((sum, at) => sum / Math.max(1, this.counts[at] ?? 0));
    const range = Math.max(...means) - Math.min(...means);
    if (range < Math.max(1, leastContrast * 2 ** this.bitsStored)) return null;
    const bytes = Buffer.alloc((gridRows * (gridColumns - 1)) / 8);
    for (let row = 0; row < gridRows; row += 1)
      for (let column = 0; column + 1 < gridColumns; column += 1) {
        const left = means[row * gridColumns + column] ?? 0;
        const right = means[row * gridColumns + column + 1] ?? 0;
        const bit = row * (gridColumns - 1) + column;
        if (right - left > risingShare * range)
          bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
      }
    return bytes.toString('hex');
  }

  private sampleAt(index: number): number {
    const { bitsAllocated, isSigned } = this.description;
    const { row } = this;
    const at = index * 2;
    const raw =
      bitsAllocated === 8
        ? (row[index] ?? 0)
        : this.littleEndian
          ? (row[at] ?? 0) | ((row[at + 1] ?? 0) << 8)
          : ((row[at] ?? 0) << 8) | (row[at + 1] ?? 0);
    // bits above those stored may hold something else
    const shift = 32 - this.bitsStored;
    return isSigned ? (raw << shift) >> shift : (raw << shift) >>> shift;
  }

  private addRow(line: number, plane: number): void {
    const { rows, columns, samplesPerPixel, planar } = this.description;
    const base = Math.floor((line * gridRows) / rows) * gridColumns;
    for (let column = 0; column < columns; column += this.step) {
      const block = base + Math.floor((column * gridColumns) / columns);
      let grey = 0;
      if (planar) grey = this.sampleAt(column) * (this.weights[plane] ?? 0);
      else
        for (let sample = 0; sample < samplesPerPixel; sample += 1)
          grey += this.sampleAt(column * samplesPerPixel + sample) * (this.weights[sample] ?? 0);
      this.sums[block] = (this.sums[block] ?? 0) + grey;
      if (plane === 0) this.counts[block] = (this.counts[block] ?? 0) + 1;
    }
  }
}
