import type { FrameFormat } from '../dictionary/transfer-syntaxes';
import { isBlank, longestTogether } from './gathered-text';
import { ProofFailure } from './proof-failure';

/** Text segments longer than this are searched in their first bytes only together with a failure of the proof. */
const longestComment = 1024 * 1024;

/**
 * Finds the segments of compressed frames that can hold text: JPEG and JPEG-LS COM and APPn (ITU-T T.81 annex B),
 * JPEG 2000 COM (ITU-T T.800 annex A), and bytes behind the end of an image. Reads markers only, never samples; works
 * on pieces of a fragment as they come.
 */
export class CommentScanner {
  #pending: Buffer = Buffer.alloc(0);
  #skip = 0;
  #state: 'markers' | 'entropy' | 'after-end' | 'opaque' = 'markers';
  /** Start of the open JPEG 2000 tile-part, counted from the start of the frame. */
  #consumed = 0;
  #tileEnd = 0;
  /** Bytes where no image data can be, gathered over pieces so that no word is cut in two. */
  #loose: Buffer[] = [];
  #looseBytes = 0;

  constructor(
    private readonly format: FrameFormat,
    private readonly onText: (segment: Buffer) => void,
  ) {}

  /** A fragment begins. A frame may go on over fragments: only a fragment that starts an image starts afresh. */
  startFragment(first: Buffer): void {
    const startsImage = first.length >= 2 && first[0] === 0xff && (first[1] === 0xd8 || first[1] === 0x4f);
    if (!startsImage && this.#state !== 'markers') return;
    this.finish();
    this.#pending = Buffer.alloc(0);
    this.#skip = 0;
    this.#consumed = 0;
    this.#tileEnd = 0;
    this.#state = startsImage ? 'markers' : 'opaque';
  }

  /** Hands over what was gathered; at the end of the pixel data. */
  finish(): void {
    const loose = Buffer.concat(this.#loose);
    this.#loose = [];
    this.#looseBytes = 0;
    // One byte of padding makes the fragment even; more is a place to hide text in.
    if (loose.length > 1) this.onText(loose);
  }

  push(piece: Buffer): void {
    if (this.format !== 'jpeg' && this.format !== 'jpeg-ls' && this.format !== 'jpeg-2000') return;
    if (this.#state === 'opaque') return;
    let rest = piece;
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, rest.length);
      this.#skip -= skipped;
      this.#consumed += skipped;
      rest = rest.subarray(skipped);
      if (rest.length === 0) return;
    }
    const bytes = this.#pending.length > 0 ? Buffer.concat([this.#pending, rest]) : rest;
    const used = this.#walk(bytes);
    this.#consumed += Math.min(used, bytes.length);
    this.#skip = Math.max(0, used - bytes.length);
    this.#pending = used < bytes.length ? Buffer.from(bytes.subarray(used)) : Buffer.alloc(0);
  }

  /** Walks as far as it can; how many bytes need not be seen again (may pass the end: to be skipped). */
  #walk(bytes: Buffer): number {
    let at = 0;
    for (;;) {
      if (this.#state === 'after-end') {
        this.#gather(bytes.subarray(at));
        return bytes.length;
      }
      if (this.#state === 'entropy') {
        const marker = this.#nextMarker(bytes, at);
        if (marker === null) return bytes.at(-1) === 0xff ? bytes.length - 1 : bytes.length;
        at = marker;
        this.#state = 'markers';
      }
      if (at + 2 > bytes.length) return at;
      if (bytes[at] !== 0xff) {
        // Not a marker where one must be: nothing is known of what follows, so all of it counts as text.
        this.#gather(bytes.subarray(at));
        return bytes.length;
      }
      const code = bytes[at + 1] as number;
      if (code === 0xff) {
        at += 1;
        continue;
      }
      if (code === 0xd9) {
        this.#state = 'after-end';
        at += 2;
        continue;
      }
      if (this.#isBare(code)) {
        at += 2;
        if (this.format === 'jpeg-2000' && code === 0x93) {
          const end = this.#tileEnd - this.#consumed;
          if (this.#tileEnd === 0) {
            // The last tile-part may leave its length open: it runs to the end of the code stream.
            this.#state = 'opaque';
            return bytes.length;
          }
          if (end > bytes.length) return end;
          at = Math.max(at, end);
        }
        continue;
      }
      if (at + 4 > bytes.length) return at;
      const length = bytes.readUInt16BE(at + 2);
      const end = at + 2 + length;
      if (this.format === 'jpeg-2000' && code === 0x90) {
        if (at + 12 > bytes.length) return at;
        const tileLength = bytes.readUInt32BE(at + 6);
        this.#tileEnd = tileLength === 0 ? 0 : this.#consumed + at + tileLength;
      }
      if (this.#holdsText(code)) {
        if (end > bytes.length) {
          if (bytes.length - at > longestComment) return bytes.length;
          return at;
        }
        this.onText(bytes.subarray(at + 4, end));
      }
      if (this.format !== 'jpeg-2000' && code === 0xda) this.#state = 'entropy';
      if (end > bytes.length) return end;
      at = end;
    }
  }

  /** Zeros part words and say nothing: one stands for a piece of them. */
  #gather(bytes: Buffer): void {
    const kept = isBlank(bytes) ? bytes.subarray(0, 1) : bytes;
    this.#looseBytes += kept.length;
    if (this.#looseBytes > longestTogether) throw new ProofFailure('(7FE0,0010)');
    this.#loose.push(Buffer.from(kept));
  }

  /** Position of the next marker in entropy-coded data: FF followed by neither a stuffed byte nor a restart. */
  #nextMarker(bytes: Buffer, from: number): number | null {
    let at = bytes.indexOf(0xff, from);
    while (at !== -1 && at + 1 < bytes.length) {
      const next = bytes[at + 1] as number;
      const stuffed = this.format === 'jpeg-ls' ? next < 0x80 : next === 0x00;
      const restart = next >= 0xd0 && next <= 0xd7;
      if (!stuffed && !restart && next !== 0xff) return at;
      at = bytes.indexOf(0xff, at + 1);
    }
    return null;
  }

  /** Markers without a length. */
  #isBare(code: number): boolean {
    if (this.format === 'jpeg-2000') return code === 0x4f || code === 0x93 || (code >= 0x30 && code <= 0x3f);
    return code === 0xd8 || code === 0x01 || (code >= 0xd0 && code <= 0xd7);
  }

  #holdsText(code: number): boolean {
    if (this.format === 'jpeg-2000') return code === 0x64;
    return code === 0xfe || (code >= 0xe0 && code <= 0xef);
  }
}
