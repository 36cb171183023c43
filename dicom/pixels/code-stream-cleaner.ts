import type { FrameFormat } from '../dictionary/transfer-syntaxes';
import type { FrameSignature } from '../validate/frame-signatures';
import { isEncoderComment } from './encoder-comments';

/** Overwrites bytes `from` to `to` of the piece at hand. */
export type Blank = (from: number, to: number, value: number) => void;

type State = 'markers' | 'entropy' | 'segment' | 'tile' | 'open-tile' | 'boxes' | 'after-end' | 'opaque';

/** Boxes of a JP2 file that a decoder needs and that hold numbers (ISO/IEC 15444-1 annex I.5). */
const imageBoxes = new Set([
  'jP  ', 'ftyp', 'ihdr', 'bpcc', 'colr', 'pclr', 'cmap', 'cdef', 'res ',
]); // biome-ignore format: a table

const startOfTile = 0x90;
const startOfData = 0x93;
const endOfImage = 0xd9;

/**
 * Finds what of a compressed frame can hold text and has it overwritten in place, so that no length and no offset
 * changes and the image decodes as before: comments and application segments (ITU-T T.81 annex B), comments of JPEG 2000
 * (ITU-T T.800 annex A), metadata boxes of JP2, bytes behind the end of the image. Kept are what a decoder needs (JFIF
 * without thumbnail, the colour transforms of Adobe and JPEG-LS) and comments that only name the encoder. What it cannot
 * walk it leaves: the proof then takes it for text.
 */
export class CodeStreamCleaner {
  #state: State = 'opaque';
  /** Bytes left of a segment, tile-part or box that goes on. */
  #left = 0;
  #blanksSegment = false;
  #afterSegment: State = 'markers';
  /** Bytes left of the open tile-part of JPEG 2000; 0: it runs to the end of the code stream. */
  #tileLeft = 0;
  #isInTile = false;
  /** The fragment before ended with FF within entropy-coded data. */
  #escaped = false;
  #blank: Blank = () => {};

  constructor(private readonly format: FrameFormat) {}

  /** A fragment begins; one that starts no image goes on with the frame of the one before. */
  startFragment(signature: FrameSignature): void {
    if (signature === 'none') return;
    this.#state = signature === 'container' ? 'boxes' : 'markers';
    this.#left = 0;
    this.#isInTile = false;
    this.#escaped = false;
  }

  /**
   * Goes over `bytes` from `start` to `end`, of one fragment. Gives back how far it came: the rest is to be shown again
   * with what follows it. With `isLast` the fragment ends there, and it comes to the end.
   */
  clean(bytes: Buffer, start: number, end: number, isLast: boolean, blank: Blank): number {
    this.#blank = blank;
    let at = start;
    while (at < end) {
      const next = this.#step(bytes, at, end, isLast);
      if (next === null) return isLast ? this.#giveUp(end) : at;
      at = next;
    }
    return at;
  }

  #giveUp(end: number): number {
    this.#state = 'opaque';
    return end;
  }

  /** One step; null where more bytes of the fragment are needed for it. */
  #step(bytes: Buffer, at: number, end: number, isLast: boolean): number | null {
    switch (this.#state) {
      case 'opaque':
        return end;
      case 'segment':
        return this.#goOn(at, end, this.#afterSegment);
      case 'tile':
        return this.#goOn(at, end, 'markers');
      case 'entropy':
        return this.#entropy(bytes, at, end, isLast);
      case 'open-tile':
        return this.#openTile(bytes, at, end, isLast);
      case 'after-end':
        return this.#afterEnd(bytes, at, end, isLast);
      case 'boxes':
        return this.#box(bytes, at, end);
      case 'markers':
        return this.#marker(bytes, at, end, isLast);
    }
  }

  #goOn(at: number, end: number, then: State): number {
    const to = Math.min(end, at + this.#left);
    if (this.#state === 'segment' && this.#blanksSegment) this.#blank(at, to, 0);
    this.#left -= to - at;
    if (this.#left === 0) this.#state = then;
    return to;
  }

  #entropy(bytes: Buffer, start: number, end: number, isLast: boolean): number | null {
    let at = start;
    if (this.#escaped) {
      this.#escaped = false;
      const code = bytes[at] as number;
      if (code === endOfImage) this.#state = 'after-end';
      else if (!this.#isData(code)) this.#state = 'opaque';
      return at + 1;
    }
    for (;;) {
      at = bytes.indexOf(0xff, at);
      if (at === -1 || at >= end) return end;
      if (at + 1 >= end) {
        if (!isLast) return at === start ? null : at;
        this.#escaped = true;
        return end;
      }
      const code = bytes[at + 1] as number;
      if (!this.#isData(code) && code !== 0xff) {
        this.#state = 'markers';
        return at;
      }
      at += code === 0xff ? 1 : 2;
    }
  }

  /** The byte behind FF in entropy-coded data, where it is no marker, or only one to restart at. */
  #isData(code: number): boolean {
    const stuffed = this.format === 'jpeg-ls' ? code < 0x80 : code === 0;
    return stuffed || (code >= 0xd0 && code <= 0xd7);
  }

  /** Packets hold no code above FF8F, so the first FFD9 ends the code stream (ITU-T T.800 annex B.10.1). */
  #openTile(bytes: Buffer, start: number, end: number, isLast: boolean): number | null {
    let at = bytes.indexOf(0xff, start);
    while (at !== -1 && at + 1 < end) {
      if (bytes[at + 1] === endOfImage) {
        this.#state = 'after-end';
        return at + 2;
      }
      at = bytes.indexOf(0xff, at + 1);
    }
    if (at === -1 || at >= end || isLast) return end;
    return at === start ? null : at;
  }

  #afterEnd(bytes: Buffer, start: number, end: number, isLast: boolean): number | null {
    let at = start;
    for (; at < end; at += 1) {
      const value = bytes[at];
      if (value === 0xff) {
        if (at + 1 >= end && !isLast) return at === start ? null : at;
        if (at + 1 < end && bytes[at + 1] === (this.format === 'jpeg-2000' ? 0x4f : 0xd8)) {
          this.#state = 'markers';
          return at;
        }
      } else if (value !== 0) this.#blank(at, at + 1, 0);
    }
    return at;
  }

  #box(bytes: Buffer, at: number, end: number): number | null {
    if (at + 16 > end) return null;
    const type = bytes.toString('latin1', at + 4, at + 8);
    const short = bytes.readUInt32BE(at);
    const header = short === 1 ? 16 : 8;
    const length = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short;
    if (type === 'jp2c') {
      this.#state = 'markers';
      return at + header;
    }
    // A box of boxes: each of them is judged on its own.
    if (type === 'jp2h' && length >= header) return at + header;
    if (length < header) {
      // A length of 0 runs to the end; anything else is no box.
      this.#state = 'segment';
      this.#left = Number.MAX_SAFE_INTEGER;
      this.#blanksSegment = length === 0 && short === 0;
      return at + header;
    }
    this.#state = length === header ? 'boxes' : 'segment';
    this.#left = length - header;
    this.#blanksSegment = !imageBoxes.has(type);
    this.#afterSegment = 'boxes';
    return at + header;
  }

  #marker(bytes: Buffer, at: number, end: number, isLast: boolean): number | null {
    if (at + 2 > end) return null;
    if (bytes[at] !== 0xff) return this.#giveUp(end);
    const code = bytes[at + 1] as number;
    if (code === 0xff) return at + 1;
    if (code === 0x00) return this.#giveUp(end);
    if (code === endOfImage) {
      this.#state = 'after-end';
      return at + 2;
    }
    if (this.#isBare(code)) return this.#bare(code, at);
    if (at + 4 > end) return null;
    const total = 2 + bytes.readUInt16BE(at + 2);
    if (total < 4) return this.#giveUp(end);
    if (this.format === 'jpeg-2000' && code === startOfTile) {
      if (at + 12 > end) return null;
      this.#tileLeft = bytes.readUInt32BE(at + 6);
      this.#isInTile = true;
    }
    if (this.#holdsText(code)) {
      if (at + total <= end) this.#judge(bytes, code, at + 4, at + total);
      else if (!isLast) return null;
      else this.#blank(Math.min(end, at + 6), end, 0);
    }
    if (!this.#take(total)) return this.#giveUp(end);
    this.#afterSegment = this.format !== 'jpeg-2000' && code === 0xda ? 'entropy' : 'markers';
    this.#state = this.#afterSegment;
    if (at + total <= end) return at + total;
    this.#state = 'segment';
    this.#left = at + total - end;
    this.#blanksSegment = this.#holdsText(code);
    return end;
  }

  /** Counts bytes of the open tile-part; false where a segment runs over its end. */
  #take(bytes: number): boolean {
    if (!this.#isInTile || this.#tileLeft === 0) return true;
    this.#tileLeft -= bytes;
    return this.#tileLeft > 0;
  }

  #bare(code: number, at: number): number {
    if (this.format === 'jpeg-2000' && code === startOfData) {
      if (this.#tileLeft === 0) this.#state = 'open-tile';
      else {
        this.#left = Math.max(0, this.#tileLeft - 2);
        this.#state = this.#left === 0 ? 'markers' : 'tile';
      }
      this.#isInTile = false;
      this.#tileLeft = 0;
    }
    return at + 2;
  }

  /** Markers without a length. */
  #isBare(code: number): boolean {
    if (this.format === 'jpeg-2000') {
      return code === 0x4f || code === startOfData || (code >= 0x30 && code <= 0x3f);
    }
    return code === 0xd8 || code === 0x01 || (code >= 0xd0 && code <= 0xd7);
  }

  /** Comments, application segments and segments reserved for extensions, but for SOF and LSE of JPEG-LS. */
  #holdsText(code: number): boolean {
    if (this.format === 'jpeg-2000') return code === 0x64;
    const isExtension = (code >= 0xf0 && code <= 0xfd && code !== 0xf7 && code !== 0xf8) || code <= 0xbf;
    return code === 0xfe || (code >= 0xe0 && code <= 0xef) || isExtension;
  }

  /** Blanks a segment's payload, or the part of it that no decoder needs. */
  #judge(bytes: Buffer, code: number, from: number, to: number): void {
    if (this.format === 'jpeg-2000') {
      // Rcom, two bytes, says whether text or binary follows; text is blanked with spaces.
      if (to - from > 2 && !isEncoderComment(bytes.subarray(from + 2, to))) this.#blank(from + 2, to, 0x20);
      return;
    }
    const name = bytes.toString('latin1', from, Math.min(to, from + 5));
    let kept = from;
    // Version, units and density of JFIF stay, its thumbnail goes; version, flags and transform of Adobe stay.
    if (code === 0xe0 && name === 'JFIF\0') kept = from + 12;
    else if (code === 0xee && name === 'Adobe') kept = from + 12;
    else if (code === 0xe8 && name.startsWith('mrfx')) kept = from + 5;
    if (kept >= to || isEncoderComment(bytes.subarray(kept, to))) return;
    this.#blank(kept, to, 0);
  }
}
