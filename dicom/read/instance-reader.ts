import type { DataElement, DataSet, Encoding } from '../data-set/data-element';
import { elementOf, formatTag } from '../data-set/tag';
import { nativeSyntaxOf, type TransferSyntax, transferSyntaxOf } from '../dictionary/transfer-syntaxes';
import type { WarningCode } from '../validate/warning-codes';
import { ByteStream } from './byte-stream';
import { detectEncoding } from './detect-encoding';
import { ElementParser, NeedMoreBytes, type PixelDataStart, sortElements } from './element-parser';
import { type FileMeta, parseFileMeta } from './file-meta';
import { inflateDataSet } from './inflate-stream';
import { type InstanceSource, isRanged, RangedStream } from './ranged-source';
import { readLimits } from './read-limits';
import { ReadRefusal } from './read-refusal';

/** Everything of an instance before its pixel data. */
export interface InstanceHeader {
  /** Null where the file has no file meta information. */
  readonly meta: FileMeta | null;
  readonly transferSyntax: TransferSyntax;
  /** How the elements were read; of mislabelled compressed files another than that of the transfer syntax. */
  readonly encoding: Encoding;
  readonly dataSet: DataSet;
  readonly pixelData: PixelDataStart | null;
  /** Oddities that were mended. */
  readonly warnings: readonly WarningCode[];
}

/**
 * Reads one instance from a stream, in order: the header, then the value of the pixel data in pieces, then what
 * follows it. Memory is bounded by `readLimits` whatever the size of the file. Every method throws `ReadRefusal` for
 * what cannot be read safely.
 */
export class InstanceReader {
  readonly #ranged: RangedStream | null;
  readonly #raw: ByteStream;
  #stream: ByteStream;
  #encoding: Encoding | null = null;
  #keptBytes = 0;
  readonly #parser = new ElementParser();
  #warnings: WarningCode[] = [];
  readonly #fragmentLengths: number[] = [];
  #offsetTable: Buffer = Buffer.alloc(0);

  /** `onSourceBytes` sees every byte that is read of the source once, in order. */
  constructor(source: InstanceSource, onSourceBytes?: (chunk: Buffer) => void) {
    if (isRanged(source)) {
      this.#ranged = new RangedStream(source, onSourceBytes);
      this.#raw = this.#ranged;
    } else {
      this.#ranged = null;
      this.#raw = new ByteStream(source, onSourceBytes);
    }
    this.#stream = this.#raw;
  }

  /** Parses up to the pixel data, or to the end where there is none. */
  async readHeader(): Promise<InstanceHeader> {
    const { meta, encoding, transferSyntax } = await this.#readPrologue();
    this.#encoding = encoding;
    const { elements, pixelData } = await this.#readElements();
    const duplicate = sortElements(elements);
    if (duplicate !== null) throw new ReadRefusal('MALFORMED', formatTag(duplicate));
    return { meta, encoding, transferSyntax, dataSet: { elements }, pixelData, warnings: this.#warnings };
  }

  /**
   * The value of the pixel data in order and unchanged; for encapsulated data the item headers and the sequence
   * delimiter included. Ends where the value ends.
   */
  async *readPixelData(pixelData: PixelDataStart): AsyncGenerator<Buffer> {
    const place = formatTag(pixelData.tag);
    if (pixelData.length !== null) {
      yield* this.#run(pixelData.length, place);
      return;
    }
    yield* this.#offsetTableItem(place);
    for (;;) {
      if (!(await this.#stream.peek(8))) throw new ReadRefusal('TRUNCATED', place);
      const stream = this.#stream;
      const { window } = stream;
      const start = stream.position;
      // As many items as the window holds go out in one piece: fragments may be small and many.
      let at = start;
      let beyond = 0;
      let isEnd = false;
      while (!isEnd && at + 8 <= window.length) {
        const length = this.#itemLength(window, at, place);
        isEnd = length === null;
        at += 8 + (length ?? 0);
        if (length !== null) this.#addFragment(length, place);
      }
      if (at > window.length) {
        beyond = at - window.length;
        at = window.length;
      }
      stream.position = at;
      yield window.subarray(start, at);
      if (isEnd) return;
      if (beyond > 0) yield* this.#run(beyond, place);
    }
  }

  /** The next bytes of the value of native pixel data. */
  readNative(pixelData: PixelDataStart, bytes: number): AsyncGenerator<Buffer> {
    return this.#run(bytes, formatTag(pixelData.tag));
  }

  /**
   * Where the value of native pixel data begins in the source, to be asked before it is read; null where the source cannot
   * be read from any byte on, or is deflated.
   */
  startInSource({ tag, length }: PixelDataStart): number | null {
    const ranged = this.#ranged;
    if (ranged === null || this.#stream !== ranged) return null;
    if (ranged.offset + (length ?? 0) > ranged.bytes) throw new ReadRefusal('TRUNCATED', formatTag(tag));
    return ranged.offset;
  }

  /** Asks for no byte from `offset` on before `skipTo`; where `startInSource` is known. */
  stopAt(offset: number): void {
    this.#ranged?.stopAt(offset);
  }

  /** Bytes of the source that are looked at beside what is read in order; where `startInSource` is known. */
  async *readAside(from: number, end: number): AsyncGenerator<Buffer> {
    yield* this.#ranged?.readAside(from, end) ?? [];
  }

  /** Goes on at an offset of the source; where `startInSource` is known. */
  async skipTo(offset: number): Promise<void> {
    await this.#ranged?.skipTo(offset);
  }

  /** The first item: the Basic Offset Table, which is kept, and may be empty (PS3.5 annex A.4). */
  async *#offsetTableItem(place: string): AsyncGenerator<Buffer> {
    if (!(await this.#stream.peek(8))) throw new ReadRefusal('TRUNCATED', place);
    const length = this.#itemLength(this.#stream.window, this.#stream.position, place);
    if (length === null) return;
    if (length > readLimits.keptValueBytes) throw new ReadRefusal('LIMIT_EXCEEDED', place);
    if (!(await this.#stream.peek(8 + length))) throw new ReadRefusal('TRUNCATED', place);
    const start = this.#stream.position + 8;
    this.#offsetTable = Buffer.from(this.#stream.window.subarray(start, start + length));
    this.#addFragment(length, place);
    yield* this.#run(8 + length, place);
  }

  /** Length of the item at a position; null for the delimiter that ends the sequence. */
  #itemLength(window: Buffer, at: number, place: string): number | null {
    const isItemGroup = window.readUInt16LE(at) === 0xfffe;
    const element = window.readUInt16LE(at + 2);
    const length = window.readUInt32LE(at + 4);
    if (isItemGroup && element === 0xe0dd) return null;
    if (!isItemGroup || element !== 0xe000 || length === 0xffffffff)
      throw new ReadRefusal('MALFORMED', place);
    return length;
  }

  #addFragment(length: number, place: string): void {
    if (this.#fragmentLengths.length > readLimits.elements) throw new ReadRefusal('LIMIT_EXCEEDED', place);
    this.#fragmentLengths.push(length);
  }

  /** Lengths of the items of encapsulated pixel data, the Basic Offset Table first, and the table; after they were read. */
  get fragments(): { readonly lengths: readonly number[]; readonly table: Buffer } {
    return { lengths: this.#fragmentLengths, table: this.#offsetTable };
  }

  /** Elements behind the pixel data (PS3.5 section 7.1: their tags are higher). */
  async readTrailer(pixelData: PixelDataStart): Promise<DataSet> {
    const { elements, pixelData: second } = await this.#readElements();
    if (second !== null) throw new ReadRefusal('MALFORMED', formatTag(second.tag));
    const duplicate = sortElements(elements);
    if (duplicate !== null) throw new ReadRefusal('MALFORMED', formatTag(duplicate));
    const first = elements[0];
    if (first !== undefined && first.tag <= pixelData.tag)
      throw new ReadRefusal('MALFORMED', formatTag(first.tag));
    return { elements };
  }

  /** Reads what is left of the source, so that a digest over it is of the whole file. */
  async drain(): Promise<void> {
    await this.#raw.drain();
  }

  async close(): Promise<void> {
    if (this.#stream !== this.#raw) await this.#stream.close();
    await this.#raw.close();
  }

  async *#run(length: number, place: string): AsyncGenerator<Buffer> {
    let left = length;
    while (left > 0) {
      const piece = await this.#stream.next(left);
      if (piece === null) throw new ReadRefusal('TRUNCATED', place);
      left -= piece.length;
      yield piece;
    }
  }

  async #readPrologue(): Promise<{
    meta: FileMeta | null;
    encoding: Encoding;
    transferSyntax: TransferSyntax;
  }> {
    const stream = this.#stream;
    const hasPreamble =
      (await stream.fill(132)) &&
      stream.window.toString('latin1', stream.position + 128, stream.position + 132) === 'DICM';
    if (hasPreamble) stream.position += 132;
    await stream.fill(12);
    const startsWithMeta = stream.available >= 8 && stream.window.readUInt16LE(stream.position) === 0x0002;
    if (!startsWithMeta) return this.#withoutMeta(hasPreamble);
    if (
      !hasPreamble &&
      !/^[A-Z]{2}$/.test(stream.window.toString('latin1', stream.position + 4, stream.position + 6))
    ) {
      throw new ReadRefusal('NOT_DICOM');
    }
    const meta = await this.#readFileMeta();
    if (meta.transferSyntaxUid === '') {
      return { ...(await this.#withoutMeta(hasPreamble)), meta };
    }
    const declared = transferSyntaxOf(meta.transferSyntaxUid);
    if (declared === undefined) throw new ReadRefusal('UNSUPPORTED_TRANSFER_SYNTAX', '(0002,0010)');
    if (declared.deflated && !(await this.#isPlain())) this.#stream = new ByteStream(inflateDataSet(stream));
    return { meta, ...(await this.#checkEncoding(declared)) };
  }

  async #readFileMeta(): Promise<FileMeta> {
    const stream = this.#stream;
    for (;;) {
      const parse = parseFileMeta(stream.window, stream.position, stream.ended);
      if (parse.kind === 'parsed') {
        stream.position = parse.end;
        return parse.meta;
      }
      await stream.fill(parse.bytes);
    }
  }

  /** A data set without a declared transfer syntax: taken only where its first element shows its encoding. */
  async #withoutMeta(
    hasPreamble: boolean,
  ): Promise<{ meta: null; encoding: Encoding; transferSyntax: TransferSyntax }> {
    await this.#stream.fill(12);
    const { window, position } = this.#stream;
    const encoding = detectEncoding(window.subarray(position, position + 12));
    if (encoding === null) throw new ReadRefusal(hasPreamble ? 'MALFORMED' : 'NOT_DICOM');
    this.#warnings.push('TRANSFER_SYNTAX_ASSUMED');
    return { meta: null, encoding, transferSyntax: nativeSyntaxOf(encoding) };
  }

  /**
   * Bytes behind the meta information that begin like a data set cannot begin a deflate stream: its first block would be
   * a stored one, whose length and complement (RFC 1951 section 3.2.4) do not agree in any element of group 0008.
   */
  async #isPlain(): Promise<boolean> {
    await this.#stream.fill(12);
    const { window, position } = this.#stream;
    return detectEncoding(window.subarray(position, position + 12)) !== null;
  }

  /**
   * Some writers declare one syntax and write another; the first element tells which was meant. Frames of a compressed
   * one look the same whatever the elements around them: only implicit little endian elements are met there in practice.
   */
  async #checkEncoding(
    declared: TransferSyntax,
  ): Promise<{ encoding: Encoding; transferSyntax: TransferSyntax }> {
    await this.#stream.fill(12);
    const { window, position } = this.#stream;
    const detected = detectEncoding(window.subarray(position, position + 12));
    const agrees =
      detected === null ||
      (detected.explicit === declared.encoding.explicit &&
        detected.littleEndian === declared.encoding.littleEndian);
    const isPlain = declared.deflated && this.#stream === this.#raw;
    if (agrees && !isPlain) return { encoding: declared.encoding, transferSyntax: declared };
    if (detected === null || (declared.deflated && !isPlain))
      throw new ReadRefusal('MALFORMED', '(0002,0010)');
    if (declared.encapsulated && (detected.explicit || !detected.littleEndian)) {
      throw new ReadRefusal('MALFORMED', '(0002,0010)');
    }
    this.#warnings.push('TRANSFER_SYNTAX_CORRECTED');
    if (declared.encapsulated) return { encoding: detected, transferSyntax: declared };
    return { encoding: detected, transferSyntax: nativeSyntaxOf(detected) };
  }

  async #readElements(): Promise<{ elements: DataElement[]; pixelData: PixelDataStart | null }> {
    const stream = this.#stream;
    const encoding = this.#encoding as Encoding;
    const elements: DataElement[] = [];
    await stream.fill(0);
    this.#parser.bind(stream.window, stream.position, stream.ended);
    for (;;) {
      let next: ReturnType<ElementParser['nextTopLevel']>;
      const start = this.#parser.position;
      try {
        next = this.#parser.nextTopLevel(encoding);
      } catch (error) {
        if (!(error instanceof NeedMoreBytes)) throw error;
        stream.position = start;
        // At least doubling keeps the cost of parsing an element again, and of joining windows, linear.
        await stream.fill(
          Math.max(error.end - start, Math.min(2 * stream.available, readLimits.headerBytes)),
        );
        this.#parser.bind(stream.window, stream.position, stream.ended);
        continue;
      }
      stream.position = this.#parser.position;
      if (next === null) return { elements, pixelData: null };
      if (next === 'padding') {
        await this.#passPadding();
        return { elements, pixelData: null };
      }
      if ('kind' in next) return { elements, pixelData: next };
      this.#keptBytes += this.#parser.position - start;
      if (this.#keptBytes > readLimits.headerBytes)
        throw new ReadRefusal('LIMIT_EXCEEDED', formatTag(next.tag));
      if (next.skipped > 0) {
        for await (const _ of this.#run(next.skipped, formatTag(next.tag)));
        await stream.fill(0);
        this.#parser.bind(stream.window, stream.position, stream.ended);
      }
      if (elementOf(next.tag) !== 0) elements.push(next);
    }
  }

  /** Nulls behind the last element: some archives pad files to whole blocks. Anything else there is refused. */
  async #passPadding(): Promise<void> {
    for (;;) {
      const run = await this.#stream.next(Number.MAX_SAFE_INTEGER);
      if (run === null) break;
      if (!run.equals(Buffer.alloc(run.length))) throw new ReadRefusal('MALFORMED');
    }
    this.#warnings.push('TRAILING_PADDING_DROPPED');
  }
}
