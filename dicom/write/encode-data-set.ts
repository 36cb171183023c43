import type { DataElement, DataSet, Encoding } from '../data-set/data-element';
import { elementOf, groupOf, type Tag, tags } from '../data-set/tag';
import { hasLongLength, paddingOf } from '../dictionary/value-representation';

/** A VR with a length of two bytes cannot carry more; PS3.5 section 6.2.2 then writes UN. */
const longestShortValue = 0xfffe;

/**
 * Encodes a data set (PS3.5 section 7): defined lengths throughout, even values, no group lengths, so that the same
 * elements give the same bytes whatever the source's choices were. Values are copied as they stand.
 */
export function encodeDataSet(dataSet: DataSet, encoding: Encoding): Buffer {
  const writer = new DataSetWriter(encoding);
  return writer.encode(dataSet);
}

/** Tag, VR and length of an element whose value follows by other means. `length` 0xFFFFFFFF: undefined. */
export function encodeElementHeader(tag: Tag, vr: string, length: number, encoding: Encoding): Buffer {
  const writer = new DataSetWriter(encoding);
  return writer.header(tag, vr, length);
}

class DataSetWriter {
  #output: Buffer = Buffer.alloc(0);
  #position = 0;
  /** Lengths of sequences and items in the order in which they are written. */
  #lengths: number[] = [];
  #nextLength = 0;

  constructor(private readonly encoding: Encoding) {}

  encode(dataSet: DataSet): Buffer {
    this.#output = Buffer.allocUnsafe(this.#measure(dataSet));
    this.#write(dataSet);
    return this.#output;
  }

  header(tag: Tag, vr: string, length: number): Buffer {
    this.#output = Buffer.allocUnsafe(this.#headerLength(vr));
    this.#writeHeader(tag, vr, length);
    return this.#output;
  }

  #headerLength(vr: string): number {
    return this.encoding.explicit && hasLongLength(vr) ? 12 : 8;
  }

  #vrOf(element: DataElement): string {
    return element.length > longestShortValue && !hasLongLength(element.vr) ? 'UN' : element.vr;
  }

  #measure(dataSet: DataSet): number {
    let total = 0;
    for (const element of dataSet.elements) {
      total += this.#headerLength(this.#vrOf(element));
      total +=
        element.items === null ? element.length + (element.length & 1) : this.#measureItems(element.items);
    }
    return total;
  }

  #measureItems(items: readonly DataSet[]): number {
    const place = this.#lengths.push(0) - 1;
    let total = 0;
    for (const item of items) {
      const itemPlace = this.#lengths.push(0) - 1;
      const length = this.#measure(item);
      this.#lengths[itemPlace] = length;
      total += 8 + length;
    }
    this.#lengths[place] = total;
    return total;
  }

  #takeLength(): number {
    const length = this.#lengths[this.#nextLength] as number;
    this.#nextLength += 1;
    return length;
  }

  #write(dataSet: DataSet): void {
    for (const element of dataSet.elements) {
      const vr = this.#vrOf(element);
      if (element.items === null) {
        this.#writeHeader(element.tag, vr, element.length + (element.length & 1));
        element.source.copy(this.#output, this.#position, element.start, element.start + element.length);
        this.#position += element.length;
        if ((element.length & 1) === 1) {
          this.#output[this.#position] = paddingOf(vr);
          this.#position += 1;
        }
        continue;
      }
      this.#writeHeader(element.tag, vr, this.#takeLength());
      for (const item of element.items) {
        this.#writeTagAndLength(tags.item, this.#takeLength());
        this.#write(item);
      }
    }
  }

  #writeTagAndLength(tag: Tag, length: number): void {
    this.#writeTag(tag);
    this.#writeLength(length);
  }

  #writeTag(tag: Tag): void {
    if (this.encoding.littleEndian) {
      this.#output.writeUInt16LE(groupOf(tag), this.#position);
      this.#output.writeUInt16LE(elementOf(tag), this.#position + 2);
    } else this.#output.writeUInt32BE(tag, this.#position);
    this.#position += 4;
  }

  #writeLength(length: number): void {
    if (this.encoding.littleEndian) this.#output.writeUInt32LE(length, this.#position);
    else this.#output.writeUInt32BE(length, this.#position);
    this.#position += 4;
  }

  #writeHeader(tag: Tag, vr: string, length: number): void {
    if (!this.encoding.explicit) {
      this.#writeTagAndLength(tag, length);
      return;
    }
    this.#writeTag(tag);
    this.#output.write(vr, this.#position, 2, 'latin1');
    this.#position += 2;
    if (hasLongLength(vr)) {
      this.#output.writeUInt16LE(0, this.#position);
      this.#position += 2;
      this.#writeLength(length);
      return;
    }
    if (this.encoding.littleEndian) this.#output.writeUInt16LE(length, this.#position);
    else this.#output.writeUInt16BE(length, this.#position);
    this.#position += 2;
  }
}
