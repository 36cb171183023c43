import {
  closeSync,
  createReadStream,
  createWriteStream,
  fstatSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import {
  ByteStream,
  bigEndianByteArrayParser,
  type DataSet,
  type Element,
  littleEndianByteArrayParser,
  readDicomElementExplicit,
  readDicomElementImplicit,
  readPart10Header,
} from 'dicom-parser';
import { attributeOf } from './data-dictionary';
import { type Fragment, readFragments } from './encapsulated-pixel-data';
import { deflatedLittleEndian, explicitBigEndian, implicitLittleEndian } from './transfer-syntaxes';
import { UnreadableFile } from './unreadable-file';

/** Where the pixel data stands in the file: offsets and lengths in bytes. */
export type PixelDataPlace =
  | {
      readonly kind: 'native';
      readonly tag: string;
      readonly vr: string;
      readonly offset: number;
      readonly length: number;
    }
  | {
      readonly kind: 'encapsulated';
      readonly tag: string;
      /** Offsets of the frames from the first fragment; empty where the table is empty. */
      readonly basicOffsetTable: readonly number[];
      readonly fragments: readonly Fragment[];
    };

/** Elements of a data set with the bytes that they lie in. */
export interface ParsedElements {
  readonly dataSet: DataSet;
  /** Top-level elements by tag in eight upper-case hex digits. */
  readonly elements: ReadonlyMap<string, Element>;
  readonly littleEndian: boolean;
}

/** A DICOM Part 10 file: everything but the pixel data is in memory. */
export interface Part10File {
  readonly path: string;
  readonly transferSyntaxUid: string;
  readonly head: ParsedElements;
  /** What follows the pixel data. */
  readonly trailer: ParsedElements | undefined;
  readonly pixelData: PixelDataPlace | undefined;
}

/** Enough for the header of most files in one read. */
const firstReadBytes = 65_536;

/** HealthImaging takes metadata of at most 50 MB an image set; a header beyond that is refused. */
const headLimitBytes = 52_428_800;

/** Deflated files may not grow beyond the largest file that HealthImaging takes. */
const inflatedLimitBytes = 10_000_000_000;

const pixelDataTags = new Set(['x7fe00008', 'x7fe00009', 'x7fe00010']);

/** VRs with a length of four bytes that the parser does not know (PS3.5 Table 7.1-1). */
const longVrs = new Set(['OV', 'SV', 'UV']);

/** Path of the inflated form of a deflated file. */
export function inflatedPath(path: string): string {
  return `${path}.inflated`;
}

/**
 * Reads a Part 10 file with dicom-parser, which has nothing in common with the project's own reader. A deflated file is
 * inflated beside itself once, and read from there.
 * @throws UnreadableFile
 */
export async function readPart10File(path: string): Promise<Part10File> {
  const start = readRange(path, 0, firstReadBytes);
  const meta = readMeta(start);
  if (meta.transferSyntaxUid !== deflatedLittleEndian) return readDataSet(path, start, meta);
  const inflated = inflatedPath(path);
  await inflate(path, inflated, meta.dataSetOffset);
  return { ...readDataSet(inflated, readRange(inflated, 0, firstReadBytes), meta), path: inflated };
}

interface Meta {
  readonly transferSyntaxUid: string;
  readonly dataSetOffset: number;
}

function readMeta(bytes: Buffer): Meta {
  if (bytes.length < 132 || bytes.toString('latin1', 128, 132) !== 'DICM') {
    throw new UnreadableFile('DICOM attributes does not exist');
  }
  let header: DataSet & { position?: number };
  try {
    header = readPart10Header(bytes);
  } catch (error) {
    throw new UnreadableFile(`DICOM file meta information cannot be read: ${wordsOf(error)}`);
  }
  const transferSyntaxUid = header.string('x00020010');
  if (!transferSyntaxUid) throw new UnreadableFile('DICOM attribute TransferSyntaxUID does not exist');
  return { transferSyntaxUid, dataSetOffset: header.position ?? 0 };
}

async function inflate(path: string, target: string, offset: number): Promise<void> {
  let bytes = 0;
  const bound = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > inflatedLimitBytes) done(new UnreadableFile('DICOM data set is too large when inflated'));
      else done(null, chunk);
    },
  });
  const output = createWriteStream(target);
  output.write(readRange(path, 0, offset));
  try {
    await pipeline(createReadStream(path, { start: offset }), createInflateRaw(), bound, output);
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    throw new UnreadableFile(`DICOM data set cannot be inflated: ${wordsOf(error)}`);
  }
}

/** @param start the first bytes of the file */
function readDataSet(path: string, start: Buffer, { transferSyntaxUid, dataSetOffset }: Meta): Part10File {
  const size = statSync(path).size;
  for (let bytes = firstReadBytes, buffer = start; ; bytes *= 4, buffer = readRange(path, 0, bytes)) {
    const whole = buffer.length >= size;
    const head = readElements(buffer, dataSetOffset, transferSyntaxUid);
    if (head.kind === 'read' && (head.pixelData || whole)) {
      const { pixelData, trailerOffset } = head.pixelData
        ? locatePixelData(path, size, head.pixelData, head.parsed.littleEndian)
        : { pixelData: undefined, trailerOffset: size };
      return {
        path,
        transferSyntaxUid,
        head: head.parsed,
        trailer: readTrailer(path, trailerOffset, size, transferSyntaxUid),
        pixelData,
      };
    }
    if (whole) {
      throw new UnreadableFile(
        `DICOM data set cannot be read: ${head.kind === 'broken' ? head.reason : 'unexpected end of file'}`,
      );
    }
    if (bytes >= headLimitBytes) throw new UnreadableFile('DICOM metadata is larger than 50 MB');
  }
}

type HeadReading =
  | { readonly kind: 'read'; readonly parsed: ParsedElements; readonly pixelData: Element | undefined }
  | { readonly kind: 'broken'; readonly reason: string };

/** Reads elements until the pixel data or the end of the bytes. */
function readElements(bytes: Buffer, offset: number, transferSyntaxUid: string): HeadReading {
  const littleEndian = transferSyntaxUid !== explicitBigEndian;
  const parser = littleEndian ? littleEndianByteArrayParser : bigEndianByteArrayParser;
  const stream = new ByteStream(parser, bytes, offset);
  const elements = new Map<string, Element>();
  const header = offset > 0 ? readPart10Header(bytes) : undefined;
  const dataSet = dataSetOver(bytes, parser, header);
  const parsed = { dataSet, elements, littleEndian };
  try {
    while (stream.position < bytes.length) {
      const element =
        transferSyntaxUid === implicitLittleEndian
          ? readDicomElementImplicit(stream, pixelDataTagAt(stream), vrOf as (tag: string) => string)
          : readExplicit(stream, dataSet.warnings);
      dataSet.elements[element.tag] = element;
      if (pixelDataTags.has(element.tag)) return { kind: 'read', parsed, pixelData: element };
      if (stream.position > bytes.length) return { kind: 'broken', reason: 'unexpected end of file' };
      elements.set(element.tag.slice(1).toUpperCase(), element);
    }
  } catch (error) {
    return { kind: 'broken', reason: wordsOf(error) };
  }
  return { kind: 'read', parsed, pixelData: undefined };
}

function dataSetOver(
  bytes: Buffer,
  parser: typeof littleEndianByteArrayParser,
  like: DataSet | undefined,
): DataSet {
  const empty = like ?? readPart10Header(minimalHeader());
  const dataSet = Object.create(Object.getPrototypeOf(empty)) as DataSet;
  return Object.assign(dataSet, { byteArrayParser: parser, byteArray: bytes, elements: {}, warnings: [] });
}

/** A file meta group of nothing but its length, from which the parser makes an empty data set. */
function minimalHeader(): Buffer {
  const bytes = Buffer.alloc(144);
  bytes.write('DICM', 128, 'latin1');
  bytes.set([0x02, 0x00, 0x00, 0x00, 0x55, 0x4c, 0x04, 0x00, 0, 0, 0, 0], 132);
  return bytes;
}

function readExplicit(stream: ByteStream, warnings: string[]): Element {
  const { byteArray, position } = stream;
  const vr = Buffer.from(byteArray.subarray(position + 4, position + 6)).toString('latin1');
  if (!longVrs.has(vr)) return readDicomElementExplicit(stream, warnings, pixelDataTagAt(stream));
  const tag = tagAt(stream);
  const length = stream.byteArrayParser.readUint32(byteArray, position + 8);
  stream.position = position + 12 + length;
  return { tag, vr, length, dataOffset: position + 12 };
}

/** The tag at the position, if the parser is to stop there. */
function pixelDataTagAt(stream: ByteStream): string | undefined {
  const tag = stream.position + 4 <= stream.byteArray.length ? tagAt(stream) : '';
  return pixelDataTags.has(tag) ? tag : undefined;
}

function tagAt({ byteArrayParser, byteArray, position }: ByteStream): string {
  const group = byteArrayParser.readUint16(byteArray, position);
  const element = byteArrayParser.readUint16(byteArray, position + 2);
  return `x${(group * 65_536 + element).toString(16).padStart(8, '0')}`;
}

function vrOf(tag: string): string | undefined {
  const vr = attributeOf(tag.slice(1).toUpperCase())?.vr;
  return vr === 'xs' ? 'US' : vr;
}

function locatePixelData(
  path: string,
  size: number,
  element: Element,
  littleEndian: boolean,
): { pixelData: PixelDataPlace; trailerOffset: number } {
  const tag = element.tag.slice(1).toUpperCase();
  if (!element.hadUndefinedLength) {
    const trailerOffset = element.dataOffset + element.length;
    if (trailerOffset > size) throw new UnreadableFile('DICOM pixel data ends before its length');
    const vr = element.vr ?? 'OW';
    return {
      pixelData: { kind: 'native', tag, vr, offset: element.dataOffset, length: element.length },
      trailerOffset,
    };
  }
  const { basicOffsetTable, fragments, end } = readFragments(path, size, element.dataOffset, littleEndian);
  return { pixelData: { kind: 'encapsulated', tag, basicOffsetTable, fragments }, trailerOffset: end };
}

/** Trailing padding and signatures; a trailer that cannot be read is left out, as nothing in it is needed. */
function readTrailer(
  path: string,
  offset: number,
  size: number,
  transferSyntaxUid: string,
): ParsedElements | undefined {
  if (offset >= size || size - offset > headLimitBytes) return undefined;
  const reading = readElements(readRange(path, offset, size - offset), 0, transferSyntaxUid);
  return reading.kind === 'read' ? reading.parsed : undefined;
}

function readRange(path: string, offset: number, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const available = Math.max(0, Math.min(length, fstatSync(file).size - offset));
    const bytes = Buffer.allocUnsafe(available);
    const got = readSync(file, bytes, 0, available, offset);
    return bytes.subarray(0, got);
  } finally {
    closeSync(file);
  }
}

/** The parser throws strings and errors; its words name structures, never values. */
function wordsOf(error: unknown): string {
  const text = typeof error === 'string' ? error : error instanceof Error ? error.message : '';
  return text.replace(/[^\w .,:'()-]/g, ' ').slice(0, 200);
}
