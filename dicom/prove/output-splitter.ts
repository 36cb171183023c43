import { transferSyntaxOf } from '../dictionary/transfer-syntaxes';
import { CommentScanner } from './comment-scanner';
import { GatheredText } from './gathered-text';
import { ProofFailure } from './proof-failure';

/**
 * Splits an output, as it is written, into what can identify (all data elements but the pixel samples, and the text
 * segments of compressed frames) and the samples, which are passed over. Reads the format on its own, from PS3.5 and
 * PS3.10: it shares no code with the reader and writer that it checks.
 */
export class OutputSplitter {
  #pending: Buffer = Buffer.alloc(0);
  #state: 'elements' | 'native' | 'item' | 'fragment' | 'trailer' = 'elements';
  #left = 0;
  #position = 0;
  #fragmentIsTable = true;
  #fragmentStarts = false;
  #scanner: CommentScanner | null = null;
  #header: Buffer[] = [];
  #trailer: Buffer[] = [];
  readonly #texts = new GatheredText();

  /** `transferSyntaxUid` as the output's own file meta information says. */
  constructor(
    readonly explicit: boolean,
    readonly littleEndian: boolean,
    transferSyntaxUid: string,
  ) {
    const syntax = transferSyntaxOf(transferSyntaxUid);
    if (syntax?.encapsulated === true) {
      this.#scanner = new CommentScanner(syntax.frames, (segment) => this.#texts.add(segment));
    }
  }

  /** Text segments of the compressed frames, each once. */
  get comments(): readonly Buffer[] {
    return this.#texts.segments;
  }

  /** The data elements before and behind the pixel data. */
  finish(): Buffer[] {
    if (this.#state === 'elements') {
      if (this.#pending.length > 0) this.#header.push(this.#pending);
    } else if (this.#state !== 'trailer') throw new ProofFailure('(7FE0,0010)');
    this.#scanner?.finish();
    return [Buffer.concat(this.#header), Buffer.concat(this.#trailer)];
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#state === 'native' || this.#state === 'fragment') rest = this.#samples(rest);
      else if (this.#state === 'trailer') {
        this.#trailer.push(rest);
        return;
      } else rest = this.#state === 'elements' ? this.#elements(rest) : this.#item(rest);
    }
  }

  /** Samples of native pixel data stand here that reach the output without being read. */
  pass(bytes: number): void {
    if (this.#state !== 'native' || bytes > this.#left) throw new ProofFailure('(7FE0,0010)');
    this.#left -= bytes;
    if (this.#left === 0) this.#state = 'trailer';
  }

  #samples(rest: Buffer): Buffer {
    const run = rest.subarray(0, Math.min(this.#left, rest.length));
    this.#left -= run.length;
    if (this.#state === 'fragment' && !this.#fragmentIsTable && this.#scanner !== null && run.length > 0) {
      if (this.#fragmentStarts) this.#scanner.startFragment(run);
      this.#fragmentStarts = false;
      this.#scanner.push(run);
    }
    if (this.#left === 0) {
      if (this.#state === 'fragment') this.#fragmentIsTable = false;
      this.#state = this.#state === 'native' ? 'trailer' : 'item';
    }
    return rest.subarray(run.length);
  }

  #join(rest: Buffer): Buffer {
    const bytes = this.#pending.length > 0 ? Buffer.concat([this.#pending, rest]) : rest;
    this.#pending = Buffer.alloc(0);
    return bytes;
  }

  #item(rest: Buffer): Buffer {
    const bytes = this.#join(rest);
    if (bytes.length < 8) {
      // The memory of a chunk is its giver's again once it is taken.
      this.#pending = Buffer.from(bytes);
      return Buffer.alloc(0);
    }
    const tag = bytes.readUInt16LE(0) * 0x10000 + bytes.readUInt16LE(2);
    if (tag === 0xfffee0dd) {
      this.#state = 'trailer';
      return bytes.subarray(8);
    }
    if (tag !== 0xfffee000) throw new ProofFailure('(7FE0,0010)');
    this.#left = bytes.readUInt32LE(4);
    this.#fragmentStarts = true;
    if (this.#left > 0) this.#state = 'fragment';
    else this.#fragmentIsTable = false;
    return bytes.subarray(8);
  }

  /** Goes over top-level elements up to the pixel data. */
  #elements(rest: Buffer): Buffer {
    const bytes = this.#join(rest);
    while (this.#position + 12 <= bytes.length) {
      const at = this.#position;
      const group = this.littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
      const element = this.littleEndian ? bytes.readUInt16LE(at + 2) : bytes.readUInt16BE(at + 2);
      const vr = this.explicit ? bytes.toString('latin1', at + 4, at + 6) : '';
      const isLong = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'].includes(
        vr,
      );
      const start = at + (isLong ? 12 : 8);
      let length: number;
      if (this.explicit && !isLong) {
        length = this.littleEndian ? bytes.readUInt16LE(at + 6) : bytes.readUInt16BE(at + 6);
      } else length = this.littleEndian ? bytes.readUInt32LE(start - 4) : bytes.readUInt32BE(start - 4);
      if (group === 0x7fe0 && (element === 0x0010 || element === 0x0008 || element === 0x0009)) {
        this.#header.push(bytes.subarray(0, at));
        this.#state = length === 0xffffffff ? 'item' : length === 0 ? 'trailer' : 'native';
        this.#left = length === 0xffffffff ? 0 : length;
        return bytes.subarray(start);
      }
      if (length === 0xffffffff) throw new ProofFailure(null);
      this.#position = start + length;
    }
    this.#pending = bytes;
    return Buffer.alloc(0);
  }
}
