import { asciiOf, type DataSet, type Encoding, integerOf, unsignedShortOf } from '../data-set/data-element';
import { formatTag, type Tag, tags } from '../data-set/tag';
import { Quarantine } from '../quarantine/quarantine';
import type { InstanceHeader } from '../read/instance-reader';

/** What the Image Pixel module says of the frames (PS3.3 section C.7.6.3). */
export interface PixelDescription {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: number;
  readonly frames: number;
  readonly photometricInterpretation: string;
}

/** Number of Frames (0028,0008); 1 where absent (PS3.3 section C.7.6.6). */
export const framesOf = (dataSet: DataSet): number => integerOf(dataSet, tags.numberOfFrames) ?? 1;

/** Reads the description of the pixels; throws `Quarantine` where a value that must be there is not. */
export function readPixelDescription(dataSet: DataSet, encoding: Encoding): PixelDescription {
  const required = (tag: Tag): number => {
    const value = unsignedShortOf(dataSet, tag, encoding);
    if (value === null || value === 0) throw new Quarantine('INVALID_PIXEL_DATA', formatTag(tag));
    return value;
  };
  const frames = framesOf(dataSet);
  if (frames < 1) throw new Quarantine('INVALID_PIXEL_DATA', formatTag(tags.numberOfFrames));
  return {
    rows: required(tags.rows),
    columns: required(tags.columns),
    samplesPerPixel: required(tags.samplesPerPixel),
    bitsAllocated: required(tags.bitsAllocated),
    frames,
    photometricInterpretation: asciiOf(dataSet, tags.photometricInterpretation),
  };
}

/** Bits of one pixel: chrominance of YBR 4:2:2 is shared by two pixels, of 4:2:0 by four (PS3.3 section C.7.6.3.1.2). */
function bitsPerPixel(description: PixelDescription): number {
  const { samplesPerPixel, bitsAllocated, photometricInterpretation } = description;
  if (photometricInterpretation === 'YBR_FULL_422' || photometricInterpretation === 'YBR_PARTIAL_422') {
    return 2 * bitsAllocated;
  }
  if (photometricInterpretation === 'YBR_PARTIAL_420') return 1.5 * bitsAllocated;
  return samplesPerPixel * bitsAllocated;
}

/** Bytes of all frames without padding; frames of single bits are packed without gaps (PS3.5 section 8.1.1). */
export function nativeLength(description: PixelDescription): number {
  const pixels = description.rows * description.columns * description.frames;
  return Math.ceil((pixels * bitsPerPixel(description)) / 8);
}

/** Checks before any byte is written that a native value has the length that the header states, but for padding. */
export function validateNativeLength(header: InstanceHeader): void {
  const { pixelData } = header;
  if (pixelData === null || pixelData.length === null) return;
  const place = formatTag(pixelData.tag);
  if (header.transferSyntax.encapsulated) throw new Quarantine('INVALID_PIXEL_DATA', place);
  const expected = nativeLength(readPixelDescription(header.dataSet, header.encoding));
  if (pixelData.length !== expected && pixelData.length !== expected + (expected & 1)) {
    throw new Quarantine('INVALID_PIXEL_DATA', place);
  }
}

/**
 * Checks a finished run of fragments (PS3.5 annex A.4): every frame has one, and a Basic Offset Table that is filled
 * points at the beginnings of as many fragments as there are frames. `lengths` are of the items in order, the table
 * first.
 */
export function validateFragments(
  lengths: readonly number[],
  table: Buffer,
  frames: number,
  isVideo: boolean,
): void {
  const place = formatTag(tags.pixelData);
  const fragments = lengths.length - 1;
  if (fragments < 1 || (!isVideo && fragments < frames)) throw new Quarantine('INVALID_PIXEL_DATA', place);
  if (table.length === 0) return;
  if (table.length !== frames * 4) throw new Quarantine('INVALID_PIXEL_DATA', place);
  const starts = new Set<number>();
  let offset = 0;
  for (let index = 1; index < lengths.length; index += 1) {
    starts.add(offset);
    offset += 8 + (lengths[index] as number);
  }
  for (let at = 0; at < table.length; at += 4) {
    if (!starts.has(table.readUInt32LE(at))) throw new Quarantine('INVALID_PIXEL_DATA', place);
  }
}
