import type { PixelDescription } from '../validate/validate-pixel-data';
import { nativeLength } from '../validate/validate-pixel-data';
import { fillOf, sampleBytes } from './pixel-fill';
import type { PixelMask } from './pixel-mask';

/** Bytes of a frame that are blanked, with what: `pattern` repeats from the start of the range. */
interface BlankRange {
  from: number;
  to: number;
  readonly pattern: Buffer;
}

/** How the samples of a native value are stored. */
export interface NativeLayout {
  readonly littleEndian: boolean;
  /** OW: bytes of samples of 8 bits stand in words, which a big endian value swaps (PS3.5 section 8.1.1). */
  readonly inWords: boolean;
}

/**
 * Blanks native frames under a mask while they stream past. Null where the engine cannot: samples that are no whole
 * bytes, photometric interpretations other than those of `fillOf`, swapped words of bytes that are not filled alike.
 */
export function makeNativeBlanker(
  mask: PixelMask,
  description: PixelDescription,
  layout: NativeLayout,
): NativeBlanker | null {
  const fill = fillOf(description);
  const { bitsAllocated, columns, photometricInterpretation } = description;
  if (fill === null || (bitsAllocated !== 8 && bitsAllocated !== 16)) return null;
  const frameBytes = nativeLength({ ...description, frames: 1 });
  const swapped = !layout.littleEndian && bitsAllocated === 8 && layout.inWords;
  if (swapped && (frameBytes % 2 === 1 || new Set(fill).size > 1)) return null;
  const size = bitsAllocated / 8;
  const samples = fill.map((value) => {
    const bytes = sampleBytes(value, size);
    return layout.littleEndian ? bytes : bytes.reverse();
  });
  const shared = photometricInterpretation === 'YBR_FULL_422';
  if (shared && columns % 2 === 1) return null;
  const ranges = shared
    ? sharedChrominance(mask, columns, size, samples)
    : separateSamples(mask, description, size, samples);
  return new NativeBlanker(swapped ? inSwappedWords(ranges) : ranges, frameBytes);
}

/** The places of the same samples where each two bytes have changed places. */
function inSwappedWords(ranges: readonly BlankRange[]): BlankRange[] {
  const places: BlankRange[] = [];
  for (const { from, to, pattern } of ranges) {
    const first = from + (from % 2);
    const last = to - (to % 2);
    if (first !== from) add(places, from - 1, from, pattern);
    if (first < last) add(places, first, last, pattern);
    if (last !== to && last >= first) add(places, to, to + 1, pattern);
  }
  return places;
}

function add(ranges: BlankRange[], from: number, to: number, pattern: Buffer): void {
  const last = ranges.at(-1);
  if (last !== undefined && last.to === from && last.pattern === pattern) last.to = to;
  else ranges.push({ from, to, pattern });
}

/** Samples of a pixel together, or a plane of each (Planar Configuration, PS3.3 section C.7.6.3.1.3). */
function separateSamples(
  mask: PixelMask,
  description: PixelDescription,
  size: number,
  samples: readonly Buffer[],
): BlankRange[] {
  const { rows, columns, planar } = description;
  const ranges: BlankRange[] = [];
  const planes = planar ? samples : [Buffer.concat(samples)];
  for (const [plane, pattern] of planes.entries()) {
    const stride = planar ? size : pattern.length;
    const start = plane * rows * columns * stride;
    for (const [row, spans] of mask.entries()) {
      for (let index = 0; index < spans.length; index += 2) {
        const line = start + row * columns * stride;
        add(
          ranges,
          line + (spans[index] as number) * stride,
          line + (spans[index + 1] as number) * stride,
          pattern,
        );
      }
    }
  }
  return ranges;
}

/**
 * Y Y Cb Cr for two pixels. Of a pair of which one pixel stays, only the luminance of the other is blanked: its colour
 * is that of its neighbour.
 */
function sharedChrominance(
  mask: PixelMask,
  columns: number,
  size: number,
  [luminance, ...chrominance]: readonly Buffer[],
): BlankRange[] {
  const dark = luminance as Buffer;
  const pair = Buffer.concat([dark, dark, ...chrominance]);
  const ranges: BlankRange[] = [];
  for (const [row, spans] of mask.entries()) {
    const line = row * columns * 2 * size;
    for (let index = 0; index < spans.length; index += 2) {
      const from = spans[index] as number;
      const to = spans[index + 1] as number;
      const firstPair = from + (from % 2);
      const lastPair = to - (to % 2);
      if (firstPair !== from) {
        const second = line + (from - 1) * 2 * size + size;
        add(ranges, second, second + size, dark);
      }
      if (firstPair < lastPair) add(ranges, line + firstPair * 2 * size, line + lastPair * 2 * size, pair);
      if (lastPair !== to && lastPair >= firstPair) {
        const first = line + lastPair * 2 * size;
        add(ranges, first, first + size, dark);
      }
    }
  }
  return ranges;
}

/** Far cheaper than the method of Buffer, which is called a thousand times a frame. */
const fillBytes = Uint8Array.prototype.fill;

const isUniform = (pattern: Buffer): boolean => {
  for (let index = 1; index < pattern.length; index += 1) if (pattern[index] !== pattern[0]) return false;
  return true;
};

/** Overwrites the same bytes of every frame in a run of frames that comes in pieces. */
export class NativeBlanker {
  #position = 0;

  constructor(
    private readonly ranges: readonly BlankRange[],
    private readonly frameBytes: number,
  ) {}

  /** The next piece of the value, blanked in memory of its own where something of it is. */
  push(piece: Buffer): Buffer {
    let output = piece;
    let at = 0;
    while (at < piece.length) {
      const inFrame = this.#position % this.frameBytes;
      const length = Math.min(piece.length - at, this.frameBytes - inFrame);
      for (let index = this.#firstRange(inFrame); index < this.ranges.length; index += 1) {
        const range = this.ranges[index] as BlankRange;
        if (range.from >= inFrame + length) break;
        if (output === piece) output = Buffer.from(piece);
        const from = Math.max(range.from, inFrame);
        const to = Math.min(range.to, inFrame + length);
        const place = at + from - inFrame;
        if (isUniform(range.pattern)) {
          fillBytes.call(output, range.pattern[0] as number, place, place + to - from);
          continue;
        }
        const phase = (from - range.from) % range.pattern.length;
        const pattern = Buffer.concat([range.pattern.subarray(phase), range.pattern.subarray(0, phase)]);
        output.fill(pattern, place, place + to - from);
      }
      at += length;
      this.#position += length;
    }
    return output;
  }

  /** Index of the first range that ends behind a place in the frame. */
  #firstRange(place: number): number {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.ranges[middle] as BlankRange).to <= place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
