import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { elementNumber, elementString } from './element-values';
import type { Part10File } from './part10-file';
import { UnreadableFile } from './unreadable-file';

/** A frame as it stands in a file: its pieces in bytes. */
export interface FramePlace {
  readonly ranges: readonly { readonly offset: number; readonly length: number }[];
  readonly bytes: number;
  /** Bits to leave out at the start of the first byte, where frames of one bit a pixel are not aligned. */
  readonly skipBits: number;
}

/** What the pixel data is made of. */
export interface PixelDescription {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: number;
  readonly numberOfFrames: number;
}

/** Number of frames of a file; 0 where it has no pixel data. */
export function numberOfFrames(file: Part10File): number {
  if (!file.pixelData) return 0;
  const number = elementNumber(file.head, '00280008');
  return number === undefined || number < 1 ? 1 : number;
}

/**
 * Place of every frame.
 * @throws UnreadableFile where the pixel data does not hold the frames that the attributes promise
 */
export function frameIndex(file: Part10File): FramePlace[] {
  const { pixelData } = file;
  if (!pixelData) return [];
  return pixelData.kind === 'native' ? nativeFrames(file, pixelData) : encapsulatedFrames(file, pixelData);
}

function nativeFrames(file: Part10File, place: { offset: number; length: number }): FramePlace[] {
  const frames = numberOfFrames(file);
  const bits = frameBits(file);
  const total = Math.ceil((bits * frames) / 8);
  if (total > place.length) {
    throw new UnreadableFile('DICOM pixel data is shorter than Rows, Columns and NumberOfFrames ask for');
  }
  return Array.from({ length: frames }, (_, index) => {
    const firstBit = bits * index;
    const first = Math.floor(firstBit / 8);
    const end = Math.ceil((firstBit + bits) / 8);
    return {
      ranges: [{ offset: place.offset + first, length: end - first }],
      bytes: Math.ceil(bits / 8),
      skipBits: firstBit % 8,
    };
  });
}

/** Bits of a native frame. Native YBR_FULL_422 holds two samples a pixel (PS3.3 section C.7.6.3.1.2). */
function frameBits(file: Part10File): number {
  const required = (tag: string, keyword: string) => {
    const value = elementNumber(file.head, tag);
    if (!value) throw new UnreadableFile(`DICOM attribute ${keyword} does not exist`);
    return value;
  };
  const pixels = required('00280010', 'Rows') * required('00280011', 'Columns');
  const allocated = required('00280100', 'BitsAllocated');
  const halved = elementString(file.head, '00280004') === 'YBR_FULL_422';
  const samples = halved ? 2 : (elementNumber(file.head, '00280002') ?? 1);
  return pixels * samples * allocated;
}

function encapsulatedFrames(
  file: Part10File,
  { fragments, basicOffsetTable }: Extract<NonNullable<Part10File['pixelData']>, { kind: 'encapsulated' }>,
): FramePlace[] {
  const frames = numberOfFrames(file);
  if (fragments.length < frames) {
    throw new UnreadableFile('DICOM pixel data has fewer fragments than NumberOfFrames');
  }
  const starts = frameStarts(file.path, frames, fragments, basicOffsetTable);
  return starts.map((start, index) => {
    const own = fragments.slice(start, starts[index + 1] ?? fragments.length);
    return {
      ranges: own.map(({ offset, length }) => ({ offset, length })),
      bytes: own.reduce((sum, { length }) => sum + length, 0),
      skipBits: 0,
    };
  });
}

/** Number of the first fragment of each frame (PS3.5 section A.4). */
function frameStarts(
  path: string,
  frames: number,
  fragments: readonly { relative: number; offset: number; length: number }[],
  table: readonly number[],
): number[] {
  if (frames === 1) return [0];
  if (fragments.length === frames) return fragments.map((_, index) => index);
  if (table.length === frames) {
    const byOffset = new Map(fragments.map(({ relative }, index) => [relative, index]));
    const starts = table.map((offset) => byOffset.get(offset));
    if (starts.every((start) => start !== undefined)) return starts;
  }
  const starts = startsByMarkers(path, fragments);
  if (starts.length !== frames) {
    throw new UnreadableFile('DICOM pixel data cannot be divided into NumberOfFrames frames');
  }
  return starts;
}

/** Without an offset table a frame begins where a fragment begins like a JPEG or JPEG 2000 code stream. */
function startsByMarkers(path: string, fragments: readonly { offset: number; length: number }[]): number[] {
  const file = openSync(path, 'r');
  const marker = Buffer.alloc(4);
  try {
    return fragments.flatMap(({ offset }, index) => {
      readSync(file, marker, 0, 4, offset);
      const jpeg = marker[0] === 0xff && marker[1] === 0xd8 && marker[2] === 0xff;
      const jpeg2000 = marker.readUInt32BE(0) === 0xff4fff51;
      return jpeg || jpeg2000 ? [index] : [];
    });
  } finally {
    closeSync(file);
  }
}

/** Bytes of a frame, as they stand in the file. */
export function readFrame(path: string, { ranges, skipBits, bytes }: FramePlace): Readable {
  if (skipBits === 0) return Readable.from(readRanges(path, ranges), { objectMode: false });
  return Readable.from(shifted(path, ranges, skipBits, bytes), { objectMode: false });
}

async function* readRanges(
  path: string,
  ranges: readonly { offset: number; length: number }[],
): AsyncGenerator<Buffer> {
  for (const { offset, length } of ranges) {
    if (length === 0) continue;
    for await (const chunk of createReadStream(path, {
      start: offset,
      end: offset + length - 1,
      highWaterMark: 262_144,
    })) {
      yield chunk as Buffer;
    }
  }
}

/** Brings the first pixel of a frame of one bit a pixel to the first bit; such frames are small. */
async function* shifted(
  path: string,
  ranges: readonly { offset: number; length: number }[],
  skipBits: number,
  bytes: number,
): AsyncGenerator<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readRanges(path, ranges)) chunks.push(chunk);
  const source = Buffer.concat(chunks);
  const frame = Buffer.alloc(bytes);
  for (let index = 0; index < bytes; index++) {
    const low = (source[index] ?? 0) >> skipBits;
    const high = (source[index + 1] ?? 0) << (8 - skipBits);
    frame[index] = (low | high) & 0xff;
  }
  yield frame;
}
