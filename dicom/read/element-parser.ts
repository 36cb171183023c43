import {
  type DataElement,
  type DataSet,
  type Encoding,
  implicitLittleEndian,
} from '../data-set/data-element';
import { elementOf, formatTag, isPixelTag, isPrivate, type Tag, tagOf, tags } from '../data-set/tag';
import { implicitVr } from '../dictionary/data-dictionary';
import { hasLongLength } from '../dictionary/value-representation';
import { readLimits } from './read-limits';
import { ReadRefusal } from './read-refusal';

const undefinedLength = 0xffffffff;

/** More bytes of the source are needed before the element can be parsed: `end` is an offset in the window. */
export class NeedMoreBytes {
  constructor(readonly end: number) {}
}

/** Where pixel data begins at the top level: the reader stops there and streams the value. */
export interface PixelDataStart {
  readonly kind: 'pixel-data';
  readonly tag: Tag;
  readonly vr: string;
  /** Bytes of a native value; null for encapsulated fragments (undefined length). */
  readonly length: number | null;
}

/** The 676 possible VRs as strings made once: reading a string per element would cost more than the rest. */
const vrNames = Array.from({ length: 26 * 26 }, (_, index) =>
  String.fromCharCode(0x41 + Math.floor(index / 26), 0x41 + (index % 26)),
);

interface ElementHeader {
  readonly tag: Tag;
  readonly vr: string;
  readonly length: number;
}

/**
 * Parses data elements from a window of bytes (PS3.5 section 7). Synchronous: where the window ends too early it
 * throws `NeedMoreBytes`, and the caller parses the same top-level element again in a larger window.
 */
export class ElementParser {
  #window: Buffer = Buffer.alloc(0);
  #ended = false;
  #elements = 0;
  /** Where the top-level element that is being parsed begins. */
  #start = 0;
  #path: (Tag | number)[] = [];
  /** Within a sequence of a UN element, whose values stand in little endian whatever the data set's are. */
  #inUnknownVr = false;
  position = 0;

  /** Gives the parser a window. `ended`: nothing comes after it. */
  bind(window: Buffer, position: number, ended: boolean): void {
    this.#window = window;
    this.position = position;
    this.#ended = ended;
    this.#path = [];
    this.#inUnknownVr = false;
  }

  #refuse(code: 'TRUNCATED' | 'MALFORMED' | 'LIMIT_EXCEEDED', tag: Tag | null = null): never {
    const steps: string[] = [];
    for (const [index, step] of this.#path.entries()) {
      if (index % 2 === 0) steps.push(formatTag(step));
      else steps[steps.length - 1] += `[${step}]`;
    }
    if (tag !== null) steps.push(formatTag(tag));
    throw new ReadRefusal(code, steps.length === 0 ? null : steps.join('.'));
  }

  /**
   * Demands bytes up to `end`, which must not pass `limit`, the end of the enclosing item or sequence. What a file
   * declares beyond the bounds is refused as such however much of the file has come, so that the code does not depend
   * on how the source cuts its pieces.
   */
  #need(end: number, limit: number, tag: Tag | null): void {
    if (end > limit) this.#refuse('MALFORMED', tag);
    if (end - this.#start > readLimits.headerBytes) this.#refuse('LIMIT_EXCEEDED', tag);
    if (end <= this.#window.length) return;
    if (this.#ended) this.#refuse('TRUNCATED', tag);
    throw new NeedMoreBytes(end);
  }

  #readTag(encoding: Encoding): Tag {
    const window = this.#window;
    return encoding.littleEndian
      ? tagOf(window.readUInt16LE(this.position), window.readUInt16LE(this.position + 2))
      : window.readUInt32BE(this.position);
  }

  #readHeader(encoding: Encoding, limit: number): ElementHeader {
    this.#need(this.position + 8, limit, null);
    const window = this.#window;
    const tag = this.#readTag(encoding);
    const at = this.position + 4;
    if (!encoding.explicit || tag >>> 16 === 0xfffe) {
      const length = encoding.littleEndian ? window.readUInt32LE(at) : window.readUInt32BE(at);
      this.position += 8;
      return { tag, vr: implicitVr(tag), length };
    }
    const first = window[at] as number;
    const second = window[at + 1] as number;
    if (first < 0x41 || first > 0x5a || second < 0x41 || second > 0x5a) this.#refuse('MALFORMED', tag);
    const vr = vrNames[(first - 0x41) * 26 + second - 0x41] as string;
    if (!hasLongLength(vr)) {
      const length = encoding.littleEndian ? window.readUInt16LE(at + 2) : window.readUInt16BE(at + 2);
      this.position += 8;
      return { tag, vr, length };
    }
    this.#need(this.position + 12, limit, tag);
    const length = encoding.littleEndian ? window.readUInt32LE(at + 4) : window.readUInt32BE(at + 4);
    this.position += 12;
    return { tag, vr, length };
  }

  /**
   * The next element at the top level, the start of pixel data, or null at the end of the data set. A value too long
   * to keep comes back with `skipped` bytes, which stand after `position` and are the caller's to pass over.
   */
  nextTopLevel(encoding: Encoding): DataElement | PixelDataStart | 'padding' | null {
    const start = this.position;
    this.#start = start;
    const left = this.#window.length - start;
    if (left < 8) {
      if (!this.#ended) throw new NeedMoreBytes(start + 8);
      if (left === 0) return null;
      if (this.#window.subarray(start).every((byte) => byte === 0)) return 'padding';
    }
    // Eight nulls are no element in any encoding: the group of a data set's elements is never 0000.
    if (left >= 8 && this.#window.readDoubleLE(start) === 0 && this.#window[start + 7] === 0)
      return 'padding';
    const header = this.#readHeader(encoding, Number.MAX_SAFE_INTEGER);
    if (isPixelTag(header.tag)) {
      const length = header.length === undefinedLength ? null : header.length;
      return { kind: 'pixel-data', tag: header.tag, vr: header.vr, length };
    }
    try {
      return this.#readValue(header, encoding, Number.MAX_SAFE_INTEGER, 0);
    } catch (error) {
      if (error instanceof NeedMoreBytes) this.position = start;
      throw error;
    }
  }

  #readValue(header: ElementHeader, encoding: Encoding, limit: number, depth: number): DataElement {
    const { tag, length } = header;
    this.#elements += 1;
    if (this.#elements > readLimits.elements) this.#refuse('LIMIT_EXCEEDED', tag);
    if (tag >>> 16 === 0xfffe) this.#refuse('MALFORMED', tag);
    const fromUnknown = encoding.explicit && header.vr === 'UN' && !isPrivate(tag);
    const vr = fromUnknown && elementOf(tag) !== 0 ? implicitVr(tag) : header.vr;
    const isUndefined = length === undefinedLength;

    if (isUndefined && isPixelTag(tag)) return this.#readNestedFragments(header, limit);
    if (vr === 'SQ' || (isUndefined && (vr === 'UN' || !encoding.explicit))) {
      // A sequence in a UN element is encoded implicit VR little endian, whatever the data set is (PS3.5 section 6.2.2).
      const itemEncoding = header.vr === 'UN' && encoding.explicit ? implicitLittleEndian : encoding;
      const end = isUndefined ? null : this.position + length;
      if (end !== null) {
        if (depth === 0 && length > readLimits.headerBytes) this.#refuse('LIMIT_EXCEEDED', tag);
        this.#need(end, limit, tag);
      }
      const wasUnknownVr = this.#inUnknownVr;
      this.#inUnknownVr ||= itemEncoding !== encoding;
      const items = this.#readItems(tag, itemEncoding, end, limit, depth + 1);
      this.#inUnknownVr = wasUnknownVr;
      return this.#element(tag, 'SQ', 0, 0, items, header.vr === 'UN');
    }
    if (isUndefined) this.#refuse('MALFORMED', tag);
    if (depth === 0 && length > readLimits.keptValueBytes) {
      return { ...this.#element(tag, vr, this.position, 0, null, fromUnknown), skipped: length };
    }
    const start = this.position;
    this.#need(start + length, limit, tag);
    this.position = start + length;
    return this.#element(tag, vr, start, length, null, fromUnknown);
  }

  #element(
    tag: Tag,
    vr: string,
    start: number,
    length: number,
    items: readonly DataSet[] | null,
    unknownVr: boolean,
  ): DataElement {
    return {
      tag,
      vr,
      source: this.#window,
      start,
      length,
      items,
      encapsulated: false,
      skipped: 0,
      unknownVr: unknownVr || this.#inUnknownVr,
    };
  }

  #readItems(tag: Tag, encoding: Encoding, end: number | null, limit: number, depth: number): DataSet[] {
    if (depth > readLimits.depth) this.#refuse('LIMIT_EXCEEDED', tag);
    const items: DataSet[] = [];
    const bound = end ?? limit;
    this.#path.push(tag, 0);
    while (end === null || this.position < end) {
      this.#path[this.#path.length - 1] = items.length;
      const header = this.#readHeader(encoding, bound);
      if (header.tag === tags.sequenceDelimitation) {
        if (end === null || this.position === end) break;
        this.#refuse('MALFORMED', header.tag);
      }
      if (header.tag !== tags.item) this.#refuse('MALFORMED', header.tag);
      items.push(this.#readItem(header.length, encoding, bound, depth));
    }
    this.#path.length -= 2;
    return items;
  }

  #readItem(length: number, encoding: Encoding, bound: number, depth: number): DataSet {
    const end = length === undefinedLength ? null : this.position + length;
    if (end !== null) this.#need(end, bound, null);
    const elements: DataElement[] = [];
    const itemBound = end ?? bound;
    while (end === null || this.position < end) {
      const header = this.#readHeader(encoding, itemBound);
      if (header.tag === tags.itemDelimitation) {
        if (end === null || this.position === end) break;
        this.#refuse('MALFORMED', header.tag);
      }
      const element = this.#readValue(header, encoding, itemBound, depth);
      if (elementOf(element.tag) !== 0) elements.push(element);
    }
    return { elements: this.#inOrder(elements) };
  }

  /** Elements in ascending order; a second element of the same tag makes the data set ambiguous (PS3.5 section 7.1). */
  #inOrder(elements: DataElement[]): DataElement[] {
    const duplicate = sortElements(elements);
    if (duplicate !== null) this.#refuse('MALFORMED', duplicate);
    return elements;
  }

  /** Compressed pixels below the top level, as in icon images: walked, to find their end, and kept as one run. */
  #readNestedFragments(header: ElementHeader, limit: number): DataElement {
    const start = this.position;
    for (;;) {
      this.#need(this.position + 8, limit, header.tag);
      const tag = tagOf(
        this.#window.readUInt16LE(this.position),
        this.#window.readUInt16LE(this.position + 2),
      );
      const length = this.#window.readUInt32LE(this.position + 4);
      this.position += 8;
      if (tag === tags.sequenceDelimitation) break;
      if (tag !== tags.item || length === undefinedLength) this.#refuse('MALFORMED', header.tag);
      this.#need(this.position + length, limit, header.tag);
      this.position += length;
    }
    const element = this.#element(header.tag, header.vr, start, this.position - start, null, false);
    return { ...element, encapsulated: true };
  }
}

/** Sorts elements by tag where they are not; the tag of a duplicate, or null. */
export function sortElements(elements: DataElement[]): Tag | null {
  let ordered = true;
  for (let index = 1; index < elements.length; index += 1) {
    const before = (elements[index - 1] as DataElement).tag;
    const here = (elements[index] as DataElement).tag;
    if (here === before) return here;
    if (here < before) ordered = false;
  }
  if (ordered) return null;
  elements.sort((left, right) => left.tag - right.tag);
  return sortElements(elements);
}
