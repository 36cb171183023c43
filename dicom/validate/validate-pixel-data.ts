import { asciiOf, type DataSet, type Encoding, integerOf, unsignedShortOf } from '../data-set/data-element';
import { formatTag, type Tag, tags } from '../data-set/tag';
import type { FrameFormat } from '../dictionary/transfer-syntaxes';
import { Quarantine } from '../quarantine/quarantine';
import type { InstanceHeader } from '../read/instance-reader';
import type { FrameSignature } from './frame-signatures';
import type { WarningCode } from './warning-codes';

/** What the Image Pixel module says of the frames (PS3.3 section C.7.6.3). */
export interface PixelDescription {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: number;
  /** Null where absent, as it is of floating point pixel data. */
  readonly bitsStored: number | null;
  readonly isSigned: boolean;
  /** The samples of a pixel stand in a plane each (Planar Configuration 1), not together. */
  readonly planar: boolean;
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
    bitsStored: unsignedShortOf(dataSet, tags.bitsStored, encoding),
    isSigned: unsignedShortOf(dataSet, tags.pixelRepresentation, encoding) === 1,
    planar: unsignedShortOf(dataSet, tags.planarConfiguration, encoding) === 1,
    frames,
    photometricInterpretation: asciiOf(dataSet, tags.photometricInterpretation),
  };
}

/** Samples of a pixel by photometric interpretation (PS3.3 section C.7.6.3.1.2); null for those that it does not know. */
function samplesOf(photometricInterpretation: string): number | null {
  if (/^(?:MONOCHROME[12]|PALETTE COLOR)$/.test(photometricInterpretation)) return 1;
  return /^(?:RGB|HSV|YBR_[A-Z0-9_]+|XYB)$/.test(photometricInterpretation) ? 3 : null;
}

/**
 * Checks that the description of the pixels can be meant. Throws `Quarantine` where it leaves open what native samples
 * mean; compressed frames describe themselves, so there a contradiction is a warning.
 */
export function validatePixelDescription(
  header: InstanceHeader,
  description: PixelDescription,
): WarningCode[] {
  const { bitsAllocated, bitsStored, samplesPerPixel, photometricInterpretation } = description;
  const refuse = (tag: Tag): never => {
    throw new Quarantine('INVALID_PIXEL_DATA', formatTag(tag));
  };
  if (bitsAllocated !== 1 && bitsAllocated % 8 !== 0) refuse(tags.bitsAllocated);
  const samples = samplesOf(photometricInterpretation);
  if (samples !== null && samples !== samplesPerPixel && !header.transferSyntax.encapsulated) {
    refuse(tags.photometricInterpretation);
  }
  const fits = bitsStored === null || (bitsStored > 0 && bitsStored <= bitsAllocated);
  return samples === samplesPerPixel && fits ? [] : ['PIXEL_DESCRIPTION_INCONSISTENT'];
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
export function validateNativeLength(header: InstanceHeader, description: PixelDescription): void {
  const { pixelData, transferSyntax } = header;
  if (pixelData === null) return;
  const place = formatTag(pixelData.tag);
  if ((pixelData.length === null) !== transferSyntax.encapsulated) {
    throw new Quarantine('INVALID_PIXEL_DATA', place);
  }
  if (pixelData.length === null) return;
  const expected = nativeLength(description);
  if (pixelData.length !== expected && pixelData.length !== expected + (expected & 1)) {
    throw new Quarantine('INVALID_PIXEL_DATA', place);
  }
}

/** A finished run of fragments. */
export interface FragmentRun {
  /** Bytes of the items in order, the Basic Offset Table first. */
  readonly lengths: readonly number[];
  readonly table: Buffer;
  /** Value of Extended Offset Table (7FE0,0001), little endian; null where absent. */
  readonly extendedTable: Buffer | null;
  /** What each fragment begins with. */
  readonly signatures: readonly FrameSignature[];
}

/**
 * Checks a finished run of fragments (PS3.5 annex A.4): every frame has one, an offset table that is filled points at
 * the beginnings of as many fragments as there are frames, and what begins a frame begins as its compression does.
 */
export function validateFragments(run: FragmentRun, frames: number, format: FrameFormat): WarningCode[] {
  const refuse = (): never => {
    throw new Quarantine('INVALID_PIXEL_DATA', formatTag(tags.pixelData));
  };
  const { lengths, table, extendedTable, signatures } = run;
  const fragments = lengths.length - 1;
  if (fragments < 1 || (format !== 'video' && fragments < frames)) refuse();
  const index = new Map<number, number>();
  let offset = 0;
  for (let fragment = 1; fragment < lengths.length; fragment += 1) {
    index.set(offset, fragment - 1);
    offset += 8 + (lengths[fragment] as number);
  }
  const fragmentAt = (place: number): number => index.get(place) ?? refuse();
  let first: number[] = [0];
  if (extendedTable !== null) {
    if (extendedTable.length !== frames * 8) refuse();
    first = Array.from({ length: frames }, (_, frame) =>
      fragmentAt(Number(extendedTable.readBigUInt64LE(frame * 8))),
    );
  }
  if (table.length > 0) {
    if (table.length !== frames * 4) refuse();
    first = Array.from({ length: frames }, (_, frame) => fragmentAt(table.readUInt32LE(frame * 4)));
  } else if (extendedTable === null && fragments === frames) {
    first = signatures.map((_, fragment) => fragment);
  }
  if (first.some((fragment) => signatures[fragment] === 'none')) refuse();
  // Without a table the beginnings must be found by their looks.
  const begins = signatures.filter((signature) => signature !== 'none').length;
  if (format !== 'video' && begins < frames) refuse();
  return signatures.includes('container') ? ['FRAME_CONTAINER'] : [];
}
