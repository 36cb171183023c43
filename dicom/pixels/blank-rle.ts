import { Quarantine } from '../quarantine/quarantine';
import type { PixelDescription } from '../validate/validate-pixel-data';
import { fillOf, sampleBytes } from './pixel-fill';
import type { PixelMask } from './pixel-mask';
import { decodeRleFrame, encodeRleFrame } from './rle-lossless';

/** Largest decoded frame that is blanked: decoded and encoded again it is in memory a few times over. */
const largestFrame = 24 * 1024 * 1024;

const refuse = (): never => {
  throw new Quarantine('INVALID_PIXEL_DATA', '(7FE0,0010)');
};

/** Blanks RLE frames, one fragment each (PS3.5 annex A.4.2), one frame in memory at a time. */
export class RleBlanker {
  readonly #segmentFills: Buffer;
  readonly #planeBytes: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #isTable = true;
  #frames = 0;

  constructor(
    private readonly mask: PixelMask,
    private readonly description: PixelDescription,
    fill: readonly number[],
  ) {
    const size = description.bitsAllocated / 8;
    // Segments go sample by sample, the high byte first (PS3.5 annex G.2).
    this.#segmentFills = Buffer.concat(fill.map((value) => sampleBytes(value, size).reverse()));
    this.#planeBytes = description.rows * description.columns;
  }

  /** The items that are complete with one more piece of the value: the offset table emptied, the frames blanked. */
  push(piece: Buffer): Buffer {
    // The memory of a piece is its giver's again once it is taken.
    this.#pending.push(Buffer.from(piece));
    this.#pendingBytes += piece.length;
    const output: Buffer[] = [];
    for (;;) {
      const item = this.#takeItem();
      if (item === null) break;
      output.push(item);
    }
    return Buffer.concat(output);
  }

  #takeItem(): Buffer | null {
    if (this.#pendingBytes < 8) return null;
    const header = this.#peek(8);
    if (header.readUInt16LE(2) === 0xe0dd) {
      if (this.#frames !== this.description.frames) refuse();
      return this.#take(8);
    }
    const length = header.readUInt32LE(4);
    // A frame that is longer than twice its samples is not one: literals cost a byte in 128.
    if (!this.#isTable && length > 1024 + 2 * this.#planeBytes * this.#segmentFills.length) refuse();
    if (this.#pendingBytes < 8 + length) return null;
    const item = this.#take(8 + length);
    if (this.#isTable) {
      this.#isTable = false;
      return encodeItem(Buffer.alloc(0));
    }
    this.#frames += 1;
    return this.#blankFrame(item);
  }

  /** The frame as it was where nothing in it changes, else encoded again. */
  #blankFrame(item: Buffer): Buffer {
    const planes: Buffer[] = [];
    let changed = false;
    for (const plane of decodeRleFrame(item.subarray(8), this.#segmentFills.length, this.#planeBytes)) {
      const value = this.#segmentFills[planes.length] as number;
      planes.push(plane);
      changed = blankPlane(plane, this.mask, this.description.columns, value) || changed;
    }
    return changed ? encodeItem(encodeRleFrame(planes, this.description.columns)) : item;
  }

  #peek(length: number): Buffer {
    const first = this.#pending[0] as Buffer;
    if (first.length >= length) return first;
    this.#pending = [Buffer.concat(this.#pending)];
    return this.#pending[0] as Buffer;
  }

  #take(length: number): Buffer {
    const bytes = this.#peek(length);
    this.#pending[0] = bytes.subarray(length);
    this.#pendingBytes -= length;
    return bytes.subarray(0, length);
  }
}

function encodeItem(value: Buffer): Buffer {
  const header = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

/** Overwrites the masked bytes of a plane; whether any was another. */
function blankPlane(plane: Buffer, mask: PixelMask, columns: number, value: number): boolean {
  let changed = false;
  for (const [row, spans] of mask.entries()) {
    for (let index = 0; index < spans.length; index += 2) {
      const from = row * columns + (spans[index] as number);
      const to = row * columns + (spans[index + 1] as number);
      for (let at = from; !changed && at < to; at += 1) changed = plane[at] !== value;
      plane.fill(value, from, to);
    }
  }
  return changed;
}

/** Null where the engine cannot blank: samples of other than 8 or 16 bits, shared chrominance, very large frames. */
export function makeRleBlanker(mask: PixelMask, description: PixelDescription): RleBlanker | null {
  const fill = fillOf(description);
  const { bitsAllocated, photometricInterpretation, rows, columns, samplesPerPixel } = description;
  if (fill === null || photometricInterpretation === 'YBR_FULL_422') return null;
  if (bitsAllocated !== 8 && bitsAllocated !== 16) return null;
  if (rows * columns * samplesPerPixel * (bitsAllocated / 8) > largestFrame) return null;
  return new RleBlanker(mask, description, fill);
}
