import type { TransferSyntax } from '../dictionary/transfer-syntaxes';
import type { PixelDescription } from '../validate/validate-pixel-data';
import { DifferenceHash } from './difference-hash';
import { decodeRleFrame } from './rle-lossless';

/** Sees the value of Pixel Data on its way into the output, and hashes the middle frame. */
export interface PerceptualHash {
  push(piece: Buffer): void;
  /**
   * What of a native value it has still to see, as places in the value: the rest may pass it by. Null where nothing is left,
   * and of compressed values, which are to be seen whole.
   */
  readonly wanted: { readonly from: number; readonly to: number } | null;
  /** Bytes of a native value that are not wanted pass by unseen. */
  pass(bytes: number): void;
  /** 64 hex digits; null where the frame could not be looked at. */
  digest(): string | null;
}

const middleFrame = (frames: number): number => Math.floor(frames / 2);

/** Native pixel data: the middle frame stands at a place that is known. */
class NativeHash implements PerceptualHash {
  private position = 0;

  constructor(
    private readonly hash: DifferenceHash,
    private readonly from: number,
    private readonly to: number,
  ) {}

  push(piece: Buffer): void {
    const start = Math.max(0, this.from - this.position);
    const end = Math.min(piece.length, this.to - this.position);
    if (start < end) this.hash.push(piece.subarray(start, end));
    this.position += piece.length;
  }

  get wanted(): { from: number; to: number } | null {
    const from = Math.max(this.from, this.position);
    return from < this.to ? { from, to: this.to } : null;
  }

  pass(bytes: number): void {
    this.position += bytes;
  }

  digest(): string | null {
    return this.hash.digest();
  }
}

/** A native frame that is longer is not looked at: one of 10,000 by 6,500 pixels of 16 bits is not. */
const longestFrame = 128 << 20;

/** Tag and length of an item (PS3.5 section 7.5). */
const itemHeaderBytes = 8;

/** A compressed frame that is longer is not kept to be looked at. */
const longestFragment = 64 << 20;

/** RLE: each frame is a fragment of its own (PS3.5 annex A.4.2), behind the item of the offset table; the middle one is kept. */
class RleHash implements PerceptualHash {
  private readonly header = Buffer.alloc(itemHeaderBytes);
  private headerLength = 0;
  private left = 0;
  private items = 0;
  private readonly kept: Buffer[] = [];

  constructor(
    private readonly hash: DifferenceHash,
    private readonly description: PixelDescription,
  ) {}

  push(piece: Buffer): void {
    let at = 0;
    while (at < piece.length) {
      if (this.left > 0) {
        const count = Math.min(this.left, piece.length - at);
        // a piece may be written over once it has been seen
        if (this.isWanted) this.kept.push(Buffer.from(piece.subarray(at, at + count)));
        this.left -= count;
        at += count;
        continue;
      }
      const count = Math.min(itemHeaderBytes - this.headerLength, piece.length - at);
      piece.copy(this.header, this.headerLength, at, at + count);
      this.headerLength += count;
      at += count;
      if (this.headerLength < itemHeaderBytes) continue;
      this.headerLength = 0;
      this.left = this.header.readUInt32LE(4);
      this.items += 1;
      this.isWanted = this.items === middleFrame(this.description.frames) + 2 && this.left <= longestFragment;
    }
  }

  private isWanted = false;

  readonly wanted = null;

  pass(): void {
    throw new Error('of a compressed value nothing may pass by unseen');
  }

  digest(): string | null {
    const { rows, columns, samplesPerPixel, bitsAllocated } = this.description;
    const bytes = bitsAllocated / 8;
    try {
      const frame = Buffer.concat(this.kept);
      const planes = [...decodeRleFrame(frame, samplesPerPixel * bytes, rows * columns)];
      for (let sample = 0; sample < samplesPerPixel; sample += 1) {
        const [high = Buffer.alloc(0), low] = planes.slice(sample * bytes, (sample + 1) * bytes);
        if (low === undefined) this.hash.push(high);
        else {
          // planes of bytes stand with the most significant first (PS3.5 annex G.2)
          const samples = Buffer.allocUnsafe(2 * high.length);
          for (let at = 0; at < high.length; at += 1) {
            samples[2 * at] = low[at] ?? 0;
            samples[2 * at + 1] = high[at] ?? 0;
          }
          this.hash.push(samples);
        }
      }
    } catch {
      // what cannot be decoded has no hash; whether it is kept is decided elsewhere
      return null;
    }
    return this.hash.digest();
  }
}

/**
 * Null where pixels of this kind are not looked at: compressed ones but RLE, native frames above 128 MiB, and those that
 * `DifferenceHash` leaves out.
 */
export function perceptualHashOf(
  description: PixelDescription,
  { encapsulated, frames, encoding }: TransferSyntax,
): PerceptualHash | null {
  if (!encapsulated) {
    const hash = DifferenceHash.of(description, encoding.littleEndian);
    const bytes = DifferenceHash.frameBytes(description);
    const from = middleFrame(description.frames) * bytes;
    return hash === null || bytes > longestFrame ? null : new NativeHash(hash, from, from + bytes);
  }
  if (frames !== 'rle') return null;
  const planes: PixelDescription = { ...description, planar: true };
  const hash = DifferenceHash.of(planes, true);
  return hash === null ? null : new RleHash(hash, planes);
}
