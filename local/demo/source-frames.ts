import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import dicomParser, { type DataSet } from 'dicom-parser';

/** Frames of a source file by a parser that the platform does not use, or why it cannot read them. */
export type SourceFrames =
  | { readonly readable: true; readonly sha256: readonly string[] }
  | { readonly readable: false };

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Bytes of `bits` bits from a bit that need not begin a byte (PS3.5 §8.1.1: the first bit is the least significant). */
function bitRange(bytes: Uint8Array, firstBit: number, bits: number): Uint8Array {
  const range = new Uint8Array(Math.ceil(bits / 8));
  for (let bit = 0; bit < bits; bit++) {
    const from = firstBit + bit;
    if (((bytes[from >> 3] ?? 0) >> (from & 7)) & 1)
      range[bit >> 3] = (range[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  return range;
}

function nativeFrames(dataSet: DataSet, pixels: Uint8Array, frames: number): Uint8Array[] {
  const number = (tag: string) => dataSet.uint16(tag) ?? 0;
  // YBR_FULL_422 shares its colour samples between two pixels (PS3.3 C.7.6.3.1.2).
  const samples = dataSet.string('x00280004') === 'YBR_FULL_422' ? 2 : number('x00280002') || 1;
  const bits = number('x00280010') * number('x00280011') * samples * number('x00280100');
  return Array.from({ length: frames }, (_, index) =>
    bits % 8 === 0
      ? pixels.subarray((index * bits) / 8, ((index + 1) * bits) / 8)
      : bitRange(pixels, index * bits, bits),
  );
}

function encapsulatedFrames(dataSet: DataSet, frames: number): Uint8Array[] {
  const element = dataSet.elements.x7fe00010;
  if (!element?.fragments || !element.basicOffsetTable) throw new Error('no fragments');
  const { fragments } = element;
  if (frames === 1)
    return [dicomParser.readEncapsulatedPixelDataFromFragments(dataSet, element, 0, fragments.length)];
  if (element.basicOffsetTable.length > 0)
    return Array.from({ length: frames }, (_, index) =>
      dicomParser.readEncapsulatedImageFrame(dataSet, element, index),
    );
  if (fragments.length === frames)
    return fragments.map((_, index) =>
      dicomParser.readEncapsulatedPixelDataFromFragments(dataSet, element, index, 1),
    );
  const offsets = dicomParser.createJPEGBasicOffsetTable(dataSet, element);
  return Array.from({ length: frames }, (_, index) =>
    dicomParser.readEncapsulatedImageFrame(dataSet, element, index, offsets),
  );
}

/** Digests of the frames of a source file, by its path or its bytes, read by dicom-parser. Of an image without pixel data: none. */
export async function sourceFrames(file: string | Buffer): Promise<SourceFrames> {
  try {
    const dataSet = dicomParser.parseDicom(typeof file === 'string' ? await readFile(file) : file);
    const { x7fe00010, x7fe00008, x7fe00009 } = dataSet.elements;
    // Pixel Data, Float Pixel Data, Double Float Pixel Data
    const element = x7fe00010 ?? x7fe00008 ?? x7fe00009;
    if (element === undefined) return { readable: true, sha256: [] };
    const frames = dataSet.intString('x00280008') ?? 1;
    const bytes = element.encapsulatedPixelData
      ? encapsulatedFrames(dataSet, frames)
      : nativeFrames(
          dataSet,
          dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length),
          frames,
        );
    return { readable: true, sha256: bytes.map(digest) };
  } catch {
    return { readable: false };
  }
}
