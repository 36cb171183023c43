import { type DataSet, find, valueBytes } from '../data-set/data-element';
import { tags } from '../data-set/tag';
import {
  framesOf,
  nativeLength,
  type PixelDescription,
  readPixelDescription,
} from '../validate/validate-pixel-data';
import { type InstanceHeader, InstanceReader } from './instance-reader';
import { ReadRefusal } from './read-refusal';

/** The frames of an instance, as they stand in its pixel data. */
export interface LocatedFrames {
  readonly transferSyntaxUid: string;
  readonly sopInstanceUid: string;
  /** Bytes of each frame in order: samples of a native frame, the code stream of a compressed one. */
  readonly frames: readonly Buffer[];
}

/**
 * Reads an instance whole and cuts its pixel data into frames: native ones by size, compressed ones by the extended or
 * basic offset table, else by the rules of PS3.5 annex A.4. For tests and comparisons: memory grows with the file.
 * Throws `ReadRefusal` where the frames cannot be told apart.
 */
export async function locateFrames(file: Buffer): Promise<LocatedFrames> {
  const reader = new InstanceReader(asSource(file));
  const header = await reader.readHeader();
  const frames = header.pixelData === null ? [] : await framesIn(reader, header);
  await reader.close();
  const uid = find(header.dataSet, tags.sopInstanceUid);
  return {
    transferSyntaxUid: header.transferSyntax.uid,
    sopInstanceUid: uid === undefined ? '' : valueBytes(uid).toString('latin1').replace(/\0+$/, '').trim(),
    frames,
  };
}

async function* asSource(file: Buffer): AsyncGenerator<Uint8Array> {
  yield file;
}

async function framesIn(reader: InstanceReader, header: InstanceHeader): Promise<Buffer[]> {
  const { pixelData } = header;
  if (pixelData === null) return [];
  const pieces: Buffer[] = [];
  for await (const piece of reader.readPixelData(pixelData)) pieces.push(piece);
  const value = Buffer.concat(pieces);
  if (pixelData.length !== null)
    return nativeFrames(value, readPixelDescription(header.dataSet, header.encoding));
  return compressedFrames(value, reader.fragments.lengths, reader.fragments.table, header.dataSet);
}

function nativeFrames(value: Buffer, description: PixelDescription): Buffer[] {
  const single = { ...description, frames: 1 };
  const bits = description.bitsAllocated === 1 ? description.rows * description.columns : 0;
  if (bits % 8 !== 0) return singleBitFrames(value, bits, description.frames);
  const length = nativeLength(single);
  return Array.from({ length: description.frames }, (_, index) =>
    value.subarray(index * length, (index + 1) * length),
  );
}

/** Frames of single bits follow each other without gaps, the first pixel in the lowest bit (PS3.5 section 8.1.1). */
function singleBitFrames(value: Buffer, bits: number, frames: number): Buffer[] {
  return Array.from({ length: frames }, (_, index) => {
    const frame = Buffer.alloc(Math.ceil(bits / 8));
    for (let bit = 0; bit < bits; bit += 1) {
      const at = index * bits + bit;
      const isSet = ((value[at >>> 3] as number) >>> (at & 7)) & 1;
      frame[bit >>> 3] = (frame[bit >>> 3] as number) | (isSet << (bit & 7));
    }
    return frame;
  });
}

function compressedFrames(
  value: Buffer,
  lengths: readonly number[],
  table: Buffer,
  dataSet: DataSet,
): Buffer[] {
  const fragments: { readonly offset: number; readonly bytes: Buffer }[] = [];
  const first = 8 + (lengths[0] ?? 0);
  let at = first;
  for (const length of lengths.slice(1)) {
    fragments.push({ offset: at - first, bytes: value.subarray(at + 8, at + 8 + length) });
    at += 8 + length;
  }
  const starts = frameStarts(fragments, table, framesOf(dataSet), dataSet);
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? Number.POSITIVE_INFINITY;
    const own = fragments.filter(({ offset }) => offset >= start && offset < end).map(({ bytes }) => bytes);
    return own.length === 1 ? (own[0] as Buffer) : Buffer.concat(own);
  });
}

/** Offsets of the first fragment of each frame, counted from the first fragment's item. */
function frameStarts(
  fragments: readonly { readonly offset: number; readonly bytes: Buffer }[],
  table: Buffer,
  frames: number,
  dataSet: DataSet,
): number[] {
  const extended = find(dataSet, tags.extendedOffsetTable);
  if (extended !== undefined && extended.length === frames * 8) {
    const bytes = valueBytes(extended);
    return Array.from({ length: frames }, (_, index) => Number(bytes.readBigUInt64LE(index * 8)));
  }
  if (table.length === frames * 4 && frames > 0) {
    return Array.from({ length: frames }, (_, index) => table.readUInt32LE(index * 4));
  }
  if (frames === 1) return [0];
  if (fragments.length === frames) return fragments.map(({ offset }) => offset);
  // Without a table, a fragment that begins an image (JPEG SOI, JPEG 2000 SOC) begins a frame.
  const starts = fragments
    .filter(({ bytes }) => bytes[0] === 0xff && (bytes[1] === 0xd8 || bytes[1] === 0x4f))
    .map(({ offset }) => offset);
  if (starts.length !== frames || starts[0] !== 0) throw new ReadRefusal('MALFORMED', '(7FE0,0010)');
  return starts;
}
