import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { data as dcmjs } from 'dcmjs';
import dicomParser from 'dicom-parser';
import type { Box } from './answer-key';
import type { TagPath, TagStep } from './tag-path';

/** The parts of dicom-parser's data set that are made use of. */
interface ParsedElement {
  readonly vr?: string;
  readonly dataOffset: number;
  readonly length: number;
  readonly hadUndefinedLength?: boolean;
  readonly items?: readonly { readonly dataSet?: ParsedDataSet }[];
}

interface ParsedDataSet {
  readonly byteArray: Uint8Array;
  readonly elements: Readonly<Record<string, ParsedElement | undefined>>;
  uint16(tag: string, index?: number): number | undefined;
  int16(tag: string, index?: number): number | undefined;
  uint32(tag: string, index?: number): number | undefined;
  int32(tag: string, index?: number): number | undefined;
  float(tag: string, index?: number): number | undefined;
  double(tag: string, index?: number): number | undefined;
  intString(tag: string): number | undefined;
}

const dictionary: Readonly<Record<string, { readonly vr: string } | undefined>> =
  dcmjs.DicomMetaDictionary.dictionary;

const keyOf = (tag: number): string => `x${tag.toString(16).padStart(8, '0')}`;

function vrOf(tag: string): string {
  const name = `(${tag.slice(1, 5)},${tag.slice(5)})`.toUpperCase();
  return dictionary[name]?.vr ?? 'UN';
}

const numbers: Readonly<Record<string, readonly [bytes: number, read: keyof ParsedDataSet]>> = {
  US: [2, 'uint16'],
  SS: [2, 'int16'],
  UL: [4, 'uint32'],
  SL: [4, 'int32'],
  FL: [4, 'float'],
  FD: [8, 'double'],
};

const inflater = (bytes: Uint8Array, position: number): Uint8Array => {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return Buffer.concat([source.subarray(0, position), inflateRawSync(source.subarray(position))]);
};

/** An output as the scorer sees it: read by dicom-parser and dcmjs's dictionary, by nothing of the engine. */
export class ScoredFile {
  readonly #root: ParsedDataSet;

  /** Throws where dicom-parser cannot read the file. */
  constructor(file: Buffer) {
    this.#root = dicomParser.parseDicom(file, { inflater }) as unknown as ParsedDataSet;
  }

  /** The value at a path as text, several values joined by backslashes; empty for a sequence; null where it is absent. */
  text(path: TagPath): string | null {
    let dataSet: ParsedDataSet | undefined = this.#root;
    for (const [index, step] of path.steps.entries()) {
      const key: string | null = dataSet === undefined ? null : resolve(dataSet, step);
      const element: ParsedElement | undefined =
        dataSet === undefined || key === null ? undefined : dataSet.elements[key];
      if (dataSet === undefined || key === null || element === undefined) return null;
      const item = path.items[index];
      if (item === undefined) return textOf(dataSet, key, element);
      dataSet = element.items?.[item]?.dataSet;
    }
    return null;
  }

  /** Whether the element at a path has a value, or a sequence an item; null where it is absent. */
  hasValue(path: TagPath): boolean | null {
    const text = this.text(path);
    return text === null ? null : text.trim() !== '' || this.#items(path) > 0;
  }

  #items(path: TagPath): number {
    let dataSet: ParsedDataSet | undefined = this.#root;
    let element: ParsedElement | undefined;
    for (const [index, step] of path.steps.entries()) {
      const key: string | null = dataSet === undefined ? null : resolve(dataSet, step);
      element = dataSet === undefined || key === null ? undefined : dataSet.elements[key];
      dataSet = element?.items?.[path.items[index] ?? 0]?.dataSet;
    }
    return element?.items?.length ?? 0;
  }

  /** Value of Pixel Data; of compressed pixels the items without the delimiter that ends them. Null where there is none. */
  pixelValue(): Buffer | null {
    const element = this.#root.elements.x7fe00010;
    if (element === undefined) return null;
    const { byteArray } = this.#root;
    const value = Buffer.from(byteArray.buffer, byteArray.byteOffset + element.dataOffset, element.length);
    const isDelimited = element.hadUndefinedLength === true && value.length >= 8;
    return isDelimited && value.readUInt32LE(value.length - 8) === 0xe0ddfffe
      ? value.subarray(0, value.length - 8)
      : value;
  }

  pixelMd5(): string | null {
    const value = this.pixelValue();
    return value === null ? null : createHash('md5').update(value).digest('hex');
  }

  /**
   * Whether all pixels of a box are of one value in every frame: nothing can be read there. Throws for pixels that are
   * not native or that do not fit the header, as a check must that can say nothing.
   */
  isUniform({ left, top, right, bottom }: Box): boolean {
    const value = this.pixelValue();
    const root = this.#root;
    const [rows, columns] = [root.uint16('x00280010') ?? 0, root.uint16('x00280011') ?? 0];
    const samples = root.uint16('x00280002') ?? 1;
    const bytes = (root.uint16('x00280100') ?? 8) / 8;
    const frames = root.intString('x00280008') ?? 1;
    const isPlanar = samples > 1 && root.uint16('x00280006') === 1;
    const frameBytes = rows * columns * samples * bytes;
    const isNative = root.elements.x7fe00010?.hadUndefinedLength !== true;
    if (
      value === null ||
      !isNative ||
      value.length < frameBytes * frames ||
      right >= columns ||
      bottom >= rows
    )
      throw new Error('The pixels of the box cannot be read.');
    const pixelBytes = isPlanar ? bytes : samples * bytes;
    const planes = isPlanar ? samples : 1;
    for (let plane = 0; plane < frames * planes; plane += 1) {
      const start = plane * rows * columns * pixelBytes;
      const first = start + (top * columns + left) * pixelBytes;
      const sample = value.subarray(first, first + pixelBytes);
      for (let y = top; y <= bottom; y += 1) {
        for (let x = left; x <= right; x += 1) {
          const at = start + (y * columns + x) * pixelBytes;
          if (sample.compare(value, at, at + pixelBytes) !== 0) return false;
        }
      }
    }
    return true;
  }
}

/** dicom-parser's name of the element that a step means in a data set; null where its private block is not there. */
function resolve(dataSet: ParsedDataSet, step: TagStep): string | null {
  if (step.kind === 'public') return keyOf(step.tag);
  for (let block = 0x10; block <= 0xff; block += 1) {
    const key = keyOf((step.group * 0x10000 + block) >>> 0);
    const element = dataSet.elements[key];
    if (element === undefined) continue;
    if (rawText(dataSet, element).toUpperCase() === step.creator) {
      return keyOf((step.group * 0x10000 + block * 0x100 + step.element) >>> 0);
    }
  }
  return null;
}

function rawText(dataSet: ParsedDataSet, element: ParsedElement): string {
  const { byteArray } = dataSet;
  const bytes = Buffer.from(byteArray.buffer, byteArray.byteOffset + element.dataOffset, element.length);
  const text = bytes.toString('utf8');
  return (text.includes('\ufffd') ? bytes.toString('latin1') : text).replace(/^ +|[ \0]+$/g, '');
}

function textOf(dataSet: ParsedDataSet, key: string, element: ParsedElement): string {
  if (element.items !== undefined) return '';
  const number = numbers[element.vr ?? vrOf(key)];
  if (number === undefined) return rawText(dataSet, element);
  const [bytes, read] = number;
  return Array.from({ length: Math.floor(element.length / bytes) }, (_, index) =>
    String((dataSet[read] as (tag: string, index: number) => number | undefined).call(dataSet, key, index)),
  ).join('\\');
}
