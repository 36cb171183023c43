import { trimPadding } from '../data-set/data-element';
import { formatTag, tagOf } from '../data-set/tag';
import { hasLongLength, isKnownVr } from '../dictionary/value-representation';
import { readLimits } from './read-limits';
import { ReadRefusal } from './read-refusal';

/** What is read of the file meta information (PS3.10 section 7.1); all of it is written afresh. */
export interface FileMeta {
  readonly transferSyntaxUid: string;
  readonly mediaStorageSopClassUid: string;
  /** Text values of group 0002 that may identify: AE titles, addresses, version names, UIDs. */
  readonly texts: readonly { readonly tag: number; readonly text: string }[];
}

/** The outcome of parsing: the meta information and where it ends, or how many bytes are needed to go on. */
export type FileMetaParse =
  | { readonly kind: 'parsed'; readonly meta: FileMeta; readonly end: number }
  | { readonly kind: 'need'; readonly bytes: number };

const texts = new Set([0x0003, 0x0012, 0x0013, 0x0016, 0x0017, 0x0018, 0x0026, 0x0027, 0x0028, 0x0100]);

/** Whether an element of the group stands at a position, whatever the group length said. */
const goesOn = (window: Buffer, position: number): boolean =>
  position + 8 <= window.length &&
  window.readUInt16LE(position) === 0x0002 &&
  isKnownVr(window.toString('latin1', position + 4, position + 6));

/**
 * Parses group 0002, explicit VR little endian, from `start`. The group length is believed only where the group ends
 * there: wrong ones are common, and without one a deflated data set behind the group could look like an element.
 */
export function parseFileMeta(window: Buffer, start: number, ended: boolean): FileMetaParse {
  let position = start;
  let declaredEnd: number | null = null;
  let transferSyntaxUid = '';
  let mediaStorageSopClassUid = '';
  const found: { tag: number; text: string }[] = [];
  for (;;) {
    if (position + 8 > window.length) {
      if (ended) break;
      return { kind: 'need', bytes: position + 12 - start };
    }
    if (position === declaredEnd && !goesOn(window, position)) break;
    if (window.readUInt16LE(position) !== 0x0002) break;
    const element = window.readUInt16LE(position + 2);
    const vr = window.toString('latin1', position + 4, position + 6);
    const place = formatTag(tagOf(0x0002, element));
    if (!/^[A-Z]{2}$/.test(vr)) throw new ReadRefusal('MALFORMED', place);
    const isLong = hasLongLength(vr);
    const valueStart: number = position + (isLong ? 12 : 8);
    if (valueStart > window.length) {
      if (ended) throw new ReadRefusal('TRUNCATED', place);
      return { kind: 'need', bytes: valueStart - start };
    }
    const length = isLong ? window.readUInt32LE(position + 8) : window.readUInt16LE(position + 6);
    const valueEnd: number = valueStart + length;
    if (valueEnd - start > readLimits.fileMetaBytes) throw new ReadRefusal('LIMIT_EXCEEDED', place);
    if (valueEnd > window.length) {
      if (ended) throw new ReadRefusal('TRUNCATED', place);
      return { kind: 'need', bytes: valueEnd - start };
    }
    const text = trimPadding(window.toString('latin1', valueStart, valueEnd));
    if (element === 0x0000 && length === 4) declaredEnd = valueEnd + window.readUInt32LE(valueStart);
    if (element === 0x0002) mediaStorageSopClassUid = text;
    if (element === 0x0010) transferSyntaxUid = text;
    if (texts.has(element)) found.push({ tag: tagOf(0x0002, element), text });
    position = valueEnd;
    if (declaredEnd !== null && position > declaredEnd) declaredEnd = null;
  }
  return {
    kind: 'parsed',
    meta: { transferSyntaxUid, mediaStorageSopClassUid, texts: found },
    end: position,
  };
}
