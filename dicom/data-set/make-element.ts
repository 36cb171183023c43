import { paddingOf } from '../dictionary/value-representation';
import type { DataElement, DataSet, Encoding } from './data-element';
import type { Tag } from './tag';

/** A new element with a value already encoded; an odd value is padded as its VR demands (PS3.5 section 6.2). */
export function makeElement(tag: Tag, vr: string, value: Buffer): DataElement {
  const even = value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.from([paddingOf(vr)])]);
  return {
    tag,
    vr,
    source: even,
    start: 0,
    length: even.length,
    items: null,
    encapsulated: false,
    skipped: 0,
    unknownVr: false,
  };
}

/** A new text element of the default repertoire. */
export const makeText = (tag: Tag, vr: string, text: string): DataElement =>
  makeElement(tag, vr, Buffer.from(text, 'latin1'));

export const makeEmpty = (tag: Tag, vr: string): DataElement =>
  vr === 'SQ' ? makeSequence(tag, []) : makeElement(tag, vr, Buffer.alloc(0));

export const makeSequence = (tag: Tag, items: readonly DataSet[]): DataElement => ({
  ...makeElement(tag, 'SQ', Buffer.alloc(0)),
  items,
});

/** A new element of one US value. */
export function makeUnsignedShort(tag: Tag, value: number, encoding: Encoding): DataElement {
  const bytes = Buffer.alloc(2);
  if (encoding.littleEndian) bytes.writeUInt16LE(value);
  else bytes.writeUInt16BE(value);
  return makeElement(tag, 'US', bytes);
}
