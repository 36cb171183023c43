import type { DataSet, Element } from 'dicom-parser';
import { decoderOf } from './character-set';
import { attributeOf } from './data-dictionary';
import type { ParsedElements, Part10File } from './part10-file';

/** A value of the DICOM JSON Model (PS3.18 section F.2). */
export type DicomJsonValue = null | string | number | PersonName | DicomJson;

export interface PersonName {
  readonly Alphabetic?: string;
  readonly Ideographic?: string;
  readonly Phonetic?: string;
}

export interface DicomJsonElement {
  readonly vr: string;
  readonly Value?: readonly DicomJsonValue[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}

/** A data set: tag in eight upper-case hex digits → element. */
export interface DicomJson {
  readonly [tag: string]: DicomJsonElement;
}

/** Binary values above this stand as bulk data. */
export const inlineLimitBytes = 1024;

/** URI of a bulk data value. @param path tags and item numbers, `.` between them */
export type BulkDataUri = (path: string) => string;

const numberSizes: Readonly<Record<string, number>> = {
  US: 2,
  SS: 2,
  UL: 4,
  SL: 4,
  FL: 4,
  FD: 8,
  SV: 8,
  UV: 8,
};
const wordSizes: Readonly<Record<string, number>> = { OW: 2, OL: 4, OF: 4, OD: 8, OV: 8 };
const binaryVrs = new Set(['OB', 'OW', 'OD', 'OF', 'OL', 'OV', 'UN']);
const singleTextVrs = new Set(['LT', 'ST', 'UT', 'UR']);

/** Everything of a file but its file meta information and pixel data. */
export function dicomJsonOf(file: Part10File, bulkDataUri: BulkDataUri): DicomJson {
  const head = elementsToJson(file.head.elements, file.head, file.head.dataSet, [], bulkDataUri);
  if (!file.trailer) return head;
  const terms = charactersOf(file.head.dataSet, []);
  return {
    ...head,
    ...elementsToJson(file.trailer.elements, file.trailer, file.trailer.dataSet, terms, bulkDataUri),
  };
}

function elementsToJson(
  elements: Iterable<readonly [string, Element]>,
  parsed: Pick<ParsedElements, 'littleEndian'>,
  dataSet: DataSet,
  inherited: readonly string[],
  bulkDataUri: BulkDataUri,
  path = '',
): DicomJson {
  const terms = charactersOf(dataSet, inherited);
  const decode = decoderOf(terms);
  const json: Record<string, DicomJsonElement> = {};
  for (const [tag, element] of elements) {
    if (tag.startsWith('0002') || tag.endsWith('0000')) continue;
    json[tag] = elementToJson(tag, element);
  }
  return json;

  function elementToJson(tag: string, element: Element): DicomJsonElement {
    const vr = vrOf(tag, element);
    const elementPath = path === '' ? tag : `${path}.${tag}`;
    if (element.items || vr === 'SQ') {
      const items = (element.items ?? []).flatMap((item, index) =>
        item.dataSet
          ? [
              elementsToJson(
                Object.entries(item.dataSet.elements).map(([key, member]) => [
                  key.slice(1).toUpperCase(),
                  member,
                ]),
                parsed,
                item.dataSet,
                terms,
                bulkDataUri,
                `${elementPath}.${index}`,
              ),
            ]
          : [],
      );
      return items.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value: items };
    }
    if (element.length === 0) return { vr };
    const bytes = Buffer.from(
      dataSet.byteArray.buffer,
      dataSet.byteArray.byteOffset + element.dataOffset,
      element.length,
    );
    if (binaryVrs.has(vr)) {
      if (bytes.length > inlineLimitBytes) return { vr, BulkDataURI: bulkDataUri(elementPath) };
      return { vr, InlineBinary: littleEndianWords(bytes, vr, parsed.littleEndian).toString('base64') };
    }
    const values = valuesOf(bytes, vr, parsed.littleEndian, decode);
    return values.length === 0 ? { vr } : { vr, Value: values };
  }
}

/** VR as it stands in the file, else from the dictionary; `xs` is signed by Pixel Representation, here unsigned. */
function vrOf(tag: string, element: Element): string {
  if (element.vr && /^[A-Z]{2}$/.test(element.vr)) return element.vr;
  const vr = attributeOf(tag)?.vr ?? 'UN';
  return vr === 'xs' ? 'US' : vr;
}

function charactersOf(dataSet: DataSet, inherited: readonly string[]): readonly string[] {
  const count = dataSet.numStringValues('x00080005');
  if (count === undefined) return inherited;
  return Array.from({ length: count }, (_, index) => dataSet.string('x00080005', index) ?? '');
}

function valuesOf(
  bytes: Buffer,
  vr: string,
  littleEndian: boolean,
  decode: (bytes: Uint8Array) => string,
): DicomJsonValue[] {
  const size = numberSizes[vr];
  if (size !== undefined) return numbers(bytes, vr, size, littleEndian);
  if (vr === 'AT') {
    const read = (at: number) => (littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
    return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) =>
      (read(index * 4) * 65_536 + read(index * 4 + 2)).toString(16).toUpperCase().padStart(8, '0'),
    );
  }
  const text = decode(bytes);
  if (singleTextVrs.has(vr)) return [text.replace(/[ \0]+$/, '')];
  return text.split('\\').map((raw) => {
    const value = raw.replace(/^ +|[ \0]+$/g, '');
    if (value === '') return null;
    if (vr === 'PN') return personName(value);
    if (vr !== 'DS' && vr !== 'IS') return value;
    const number = Number(value);
    return Number.isFinite(number) ? number : value;
  });
}

function numbers(bytes: Buffer, vr: string, size: number, littleEndian: boolean): DicomJsonValue[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => {
    const at = index * size;
    switch (vr) {
      case 'US':
        return view.getUint16(at, littleEndian);
      case 'SS':
        return view.getInt16(at, littleEndian);
      case 'UL':
        return view.getUint32(at, littleEndian);
      case 'SL':
        return view.getInt32(at, littleEndian);
      case 'FL':
        return finite(view.getFloat32(at, littleEndian));
      case 'FD':
        return finite(view.getFloat64(at, littleEndian));
      case 'SV':
        return view.getBigInt64(at, littleEndian).toString();
      default:
        return view.getBigUint64(at, littleEndian).toString();
    }
  });
}

/** JSON has no NaN and no infinities. */
function finite(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function personName(value: string): PersonName {
  const [Alphabetic, Ideographic, Phonetic] = value.split('=');
  return {
    ...(Alphabetic ? { Alphabetic } : {}),
    ...(Ideographic ? { Ideographic } : {}),
    ...(Phonetic ? { Phonetic } : {}),
  };
}

/** Bulk data and inline binary are little endian whatever the transfer syntax (PS3.18 section F.2.7). */
function littleEndianWords(bytes: Buffer, vr: string, littleEndian: boolean): Buffer {
  const size = wordSizes[vr];
  if (littleEndian || size === undefined || bytes.length % size !== 0) return bytes;
  const copy = Buffer.from(bytes);
  if (size === 2) return copy.swap16();
  return size === 4 ? copy.swap32() : copy.swap64();
}

/**
 * Bytes of a value by its path (see `BulkDataUri`); undefined where there is none.
 */
export function bulkDataOf(file: Part10File, path: string): Buffer | undefined {
  const steps = path.split('.');
  let dataSet: DataSet = file.head.dataSet;
  for (let index = 0; index < steps.length; index += 2) {
    const tag = steps[index] ?? '';
    const parsed = file.trailer?.elements.has(tag) && index === 0 ? file.trailer : file.head;
    if (index === 0) dataSet = parsed.dataSet;
    const element = dataSet.elements[`x${tag.toLowerCase()}`];
    if (!element) return undefined;
    if (index === steps.length - 1) {
      if (element.items) return undefined;
      const bytes = Buffer.from(
        dataSet.byteArray.buffer,
        dataSet.byteArray.byteOffset + element.dataOffset,
        element.length,
      );
      return littleEndianWords(bytes, vrOf(tag, element), file.head.littleEndian);
    }
    const item = element.items?.[Number(steps[index + 1])];
    if (!item?.dataSet) return undefined;
    dataSet = item.dataSet;
  }
  return undefined;
}
