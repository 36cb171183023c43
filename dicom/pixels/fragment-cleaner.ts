import type { FrameFormat } from '../dictionary/transfer-syntaxes';
import { type FrameSignature, frameSignature, signatureBytes } from '../validate/frame-signatures';
import { CodeStreamCleaner } from './code-stream-cleaner';

const formatsWithText = new Set<FrameFormat>(['jpeg', 'jpeg-ls', 'jpeg-2000']);

/**
 * Takes the value of encapsulated pixel data in pieces, item headers included, and gives it back with the text in its
 * code streams overwritten: the same length, the same items. Pieces pass without a copy where nothing changes.
 */
export class FragmentCleaner {
  /** What each fragment behind the Basic Offset Table begins with. */
  readonly signatures: FrameSignature[] = [];
  #changed = false;
  readonly #codeStream: CodeStreamCleaner | null;
  #pending: Buffer = Buffer.alloc(0);
  #state: 'item' | 'table' | 'fragment-start' | 'fragment' | 'end' = 'item';
  #left = 0;
  #isTable = true;

  constructor(private readonly format: FrameFormat) {
    this.#codeStream = formatsWithText.has(format) ? new CodeStreamCleaner(format) : null;
  }

  /** Some byte was overwritten. */
  get changed(): boolean {
    return this.#changed;
  }

  /** What can be passed on of the value, after one more piece of it. Held back are never more than 64 KiB. */
  push(piece: Buffer): Buffer {
    const bytes = this.#pending.length > 0 ? Buffer.concat([this.#pending, piece]) : piece;
    let output = bytes;
    const blank = (from: number, to: number, value: number): void => {
      let same = true;
      for (let at = from; same && at < to; at += 1) same = bytes[at] === value;
      if (same) return;
      this.#changed = true;
      if (output === bytes) output = Buffer.from(bytes);
      output.fill(value, from, to);
    };
    let at = 0;
    for (;;) {
      const next = this.#step(bytes, at, blank);
      if (next === at) break;
      at = next;
    }
    this.#pending = at < bytes.length ? Buffer.from(bytes.subarray(at)) : Buffer.alloc(0);
    return output.subarray(0, at);
  }

  /** What was held back, at the end of the value. */
  finish(): Buffer {
    return this.#pending;
  }

  /** One step; where it stays in place, more bytes are needed. */
  #step(bytes: Buffer, at: number, blank: (from: number, to: number, value: number) => void): number {
    switch (this.#state) {
      case 'item':
        return this.#item(bytes, at);
      case 'fragment-start': {
        const head = Math.min(this.#left, signatureBytes);
        if (at + head > bytes.length) return at;
        const signature = frameSignature(this.format, bytes.subarray(at, at + head));
        this.signatures.push(signature);
        this.#codeStream?.startFragment(signature);
        this.#state = this.#left === 0 ? 'item' : 'fragment';
        return this.#step(bytes, at, blank);
      }
      case 'table':
        return this.#pass(Math.min(bytes.length, at + this.#left), at);
      case 'fragment': {
        const end = Math.min(bytes.length, at + this.#left);
        if (at === end) return at;
        if (this.#codeStream === null) return this.#pass(end, at);
        const isLast = end - at === this.#left;
        return this.#pass(this.#codeStream.clean(bytes, at, end, isLast, blank), at);
      }
      case 'end':
        return bytes.length;
    }
  }

  #pass(to: number, from: number): number {
    this.#left -= to - from;
    if (this.#left === 0) this.#state = 'item';
    return to;
  }

  /** The reader has checked the items: anything but a delimiter is one. */
  #item(bytes: Buffer, at: number): number {
    if (at + 8 > bytes.length) return at;
    if (bytes.readUInt16LE(at + 2) === 0xe0dd) this.#state = 'end';
    else {
      this.#left = bytes.readUInt32LE(at + 4);
      const isEmptyTable = this.#isTable && this.#left === 0;
      this.#state = this.#isTable ? (isEmptyTable ? 'item' : 'table') : 'fragment-start';
      this.#isTable = false;
    }
    return at + 8;
  }
}
