import { attributes, type Keyword } from './attributes';

/**
 * A data set by keyword: text (several values in an array), numbers for binary VRs and AT, items for SQ, bytes for OB.
 * An empty string, array or buffer is an element of length 0.
 */
export type DataSet = {
  readonly [K in Keyword]?:
    | string
    | number
    | readonly string[]
    | readonly number[]
    | Buffer
    | readonly DataSet[];
};

const longLengthVrs = new Set(['OB', 'OW', 'SQ', 'UN', 'UC', 'UR', 'UT', 'OF', 'OD', 'OL', 'OV']);
const binaryWriters: Readonly<
  Record<string, readonly [bytes: number, write: (b: Buffer, v: number) => void]>
> = {
  US: [2, (b, v) => b.writeUInt16LE(v)],
  SS: [2, (b, v) => b.writeInt16LE(v)],
  UL: [4, (b, v) => b.writeUInt32LE(v)],
  FD: [8, (b, v) => b.writeDoubleLE(v)],
  AT: [
    4,
    (b, v) => {
      b.writeUInt16LE(v >>> 16);
      b.writeUInt16LE(v & 0xffff, 2);
    },
  ],
};

/** Header of an element in Explicit VR Little Endian (PS3.5 §7.1.2). */
export function elementHeader(tag: number, vr: string, length: number): Buffer {
  const long = longLengthVrs.has(vr);
  const header = Buffer.alloc(long ? 12 : 8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.write(vr, 4, 'latin1');
  if (long) header.writeUInt32LE(length, 8);
  else header.writeUInt16LE(length, 6);
  return header;
}

function encodeText(vr: string, value: string | readonly string[]): Buffer {
  const text = typeof value === 'string' ? value : value.join('\\');
  const bytes = Buffer.from(text, 'utf8');
  const padding = vr === 'UI' ? '\0' : ' ';
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(padding)]);
}

function encodeSequence(items: readonly DataSet[]): Buffer {
  const parts = items.map((item) => {
    const content = encodeDataSet(item);
    const header = Buffer.alloc(8);
    header.writeUInt16LE(0xfffe, 0);
    header.writeUInt16LE(0xe000, 2);
    header.writeUInt32LE(content.length, 4);
    return Buffer.concat([header, content]);
  });
  return Buffer.concat(parts);
}

function encodeValue(vr: string, value: NonNullable<DataSet[Keyword]>): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (vr === 'SQ') return encodeSequence(value as readonly DataSet[]);
  const writer = binaryWriters[vr];
  if (!writer) return encodeText(vr, value as string | readonly string[]);
  const numbers = (typeof value === 'number' ? [value] : value) as readonly number[];
  return Buffer.concat(
    numbers.map((number) => {
      const bytes = Buffer.alloc(writer[0]);
      writer[1](bytes, number);
      return bytes;
    }),
  );
}

/** Encodes a data set in Explicit VR Little Endian, elements in order of tag, sequences with defined lengths. */
export function encodeDataSet(dataSet: DataSet): Buffer {
  const keywords = (Object.keys(dataSet) as Keyword[]).sort((a, b) => attributes[a][0] - attributes[b][0]);
  const parts: Buffer[] = [];
  for (const keyword of keywords) {
    const value = dataSet[keyword];
    if (value === undefined) continue;
    const [tag, vr] = attributes[keyword];
    const bytes = encodeValue(vr, value);
    parts.push(elementHeader(tag, vr, bytes.length), bytes);
  }
  return Buffer.concat(parts);
}
