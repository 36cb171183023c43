import type { Tag } from './tag';

/** How the elements of a data set are encoded (PS3.5 section 7 and annex A). */
export interface Encoding {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

export const implicitLittleEndian: Encoding = { explicit: false, littleEndian: true };
export const explicitLittleEndian: Encoding = { explicit: true, littleEndian: true };
export const explicitBigEndian: Encoding = { explicit: true, littleEndian: false };

/**
 * A data element as read. The value is a window on the bytes that were read, so that a data set of many small
 * elements costs one small object each. A sequence has `items`; everything else has a window.
 */
export interface DataElement {
  readonly tag: Tag;
  /** VR of the encoding, or of the dictionary where the encoding is implicit or says UN. */
  readonly vr: string;
  readonly source: Buffer;
  readonly start: number;
  readonly length: number;
  readonly items: readonly DataSet[] | null;
  /** The value is a run of encapsulated fragments, item headers included; it is never kept below the top level. */
  readonly encapsulated: boolean;
  /** Bytes of a value that was longer than the reader keeps and was passed over; such an element has no value. */
  readonly skipped: number;
  /** The value stands in little endian although the data set is big endian: it came from a UN element. */
  readonly unknownVr: boolean;
}

/** Elements in ascending order of their tags. */
export interface DataSet {
  readonly elements: readonly DataElement[];
}

/** The bytes of the element's value; empty for a sequence. */
export const valueBytes = (element: DataElement): Buffer =>
  element.source.subarray(element.start, element.start + element.length);

/** The element with a tag, by binary search. */
export function find(dataSet: DataSet, tag: Tag): DataElement | undefined {
  const { elements } = dataSet;
  let low = 0;
  let high = elements.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const element = elements[middle] as DataElement;
    if (element.tag === tag) return element;
    if (element.tag < tag) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

/** The items of a sequence; none where it is absent. */
export const itemsOf = (dataSet: DataSet, tag: Tag): readonly DataSet[] => find(dataSet, tag)?.items ?? [];

/** Value of a text attribute of the default repertoire (CS, UI, DA, DS, IS…), without padding; empty where absent. */
export function asciiOf(dataSet: DataSet, tag: Tag): string {
  const element = find(dataSet, tag);
  return element === undefined || element.items !== null
    ? ''
    : trimPadding(valueBytes(element).toString('latin1'));
}

/** Without the trailing spaces and nulls, and the leading spaces, that PS3.5 table 6.2-1 allows as padding. */
export function trimPadding(text: string): string {
  let start = 0;
  let end = text.length;
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\0')) end -= 1;
  while (start < end && text[start] === ' ') start += 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** First value of a US element; null where absent or short. */
export function unsignedShortOf(dataSet: DataSet, tag: Tag, encoding: Encoding): number | null {
  const element = find(dataSet, tag);
  if (element === undefined || element.items !== null || element.length < 2) return null;
  return encoding.littleEndian || element.unknownVr
    ? element.source.readUInt16LE(element.start)
    : element.source.readUInt16BE(element.start);
}

/** First value of an IS element; null where absent or not a number. */
export function integerOf(dataSet: DataSet, tag: Tag): number | null {
  const text = asciiOf(dataSet, tag).split('\\')[0]?.trim() ?? '';
  return /^[+-]?\d{1,12}$/.test(text) ? Number(text) : null;
}
