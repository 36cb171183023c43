import { deflateRawSync } from 'node:zlib';
import type { DataElement, DataSet, Encoding } from '../../../dicom/data-set/data-element';
import {
  explicitBigEndian,
  explicitLittleEndian,
  implicitLittleEndian,
} from '../../../dicom/data-set/data-element';
import { makeElement, makeSequence, makeText, makeUnsignedShort } from '../../../dicom/data-set/make-element';
import { encodeDataSet } from '../../../dicom/write/encode-data-set';

/** Ways of encoding a sample; the compressed one carries a made-up code stream, whose samples nobody decodes. */
export const syntaxes = {
  implicit: { uid: '1.2.840.10008.1.2', encoding: implicitLittleEndian },
  explicit: { uid: '1.2.840.10008.1.2.1', encoding: explicitLittleEndian },
  bigEndian: { uid: '1.2.840.10008.1.2.2', encoding: explicitBigEndian },
  deflated: { uid: '1.2.840.10008.1.2.1.99', encoding: explicitLittleEndian },
  jpeg: { uid: '1.2.840.10008.1.2.4.50', encoding: explicitLittleEndian },
} as const;

export type SyntaxName = keyof typeof syntaxes;

export const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2';

export const text = makeText;
export const sequence = makeSequence;
export const item = (...elements: DataElement[]): DataSet => ({ elements: inOrder(elements) });

const inOrder = (elements: readonly DataElement[]): DataElement[] =>
  [...elements].sort((left, right) => left.tag - right.tag);

/** What a CT image must have, of a patient made up; later elements of the same tag replace earlier ones. */
export function ctElements(encoding: Encoding, changes: readonly DataElement[] = []): DataElement[] {
  const short = (tag: number, value: number): DataElement => makeUnsignedShort(tag, value, encoding);
  const elements = [
    text(0x00080005, 'CS', 'ISO_IR 100'),
    text(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    text(0x00080016, 'UI', ctImageStorage),
    text(0x00080018, 'UI', '1.2.826.0.1.3680043.10.1.1'),
    text(0x00080020, 'DA', '20240229'),
    text(0x00080030, 'TM', '101530.5'),
    text(0x00080050, 'SH', 'ACC7788421'),
    text(0x00080060, 'CS', 'CT'),
    text(0x00080070, 'LO', 'SIEMENS'),
    text(0x00080090, 'PN', 'Quillfeather^Osbert'),
    text(0x00100010, 'PN', 'Wrenfield^Tabitha^Maud'),
    text(0x00100020, 'LO', 'HOSP884213'),
    text(0x00100030, 'DA', '19310704'),
    text(0x00100040, 'CS', 'F'),
    text(0x0020000d, 'UI', '1.2.826.0.1.3680043.10.1'),
    text(0x0020000e, 'UI', '1.2.826.0.1.3680043.10.2'),
    text(0x00200010, 'SH', 'ST7788421'),
    text(0x00200011, 'IS', '2'),
    text(0x00200013, 'IS', '17'),
    short(0x00280002, 1),
    text(0x00280004, 'CS', 'MONOCHROME2'),
    short(0x00280010, 4),
    short(0x00280011, 4),
    short(0x00280100, 16),
    short(0x00280101, 12),
    short(0x00280102, 11),
    short(0x00280103, 0),
  ];
  const byTag = new Map(elements.map((element) => [element.tag, element]));
  for (const change of changes) byTag.set(change.tag, change);
  return inOrder([...byTag.values()]);
}

/** A JPEG code stream by its markers alone, with a comment segment where asked. */
export function jpegStream(comment?: string): Buffer {
  const segments = [Buffer.from([0xff, 0xd8])];
  if (comment !== undefined) {
    const body = Buffer.from(comment, 'latin1');
    segments.push(Buffer.from([0xff, 0xfe, 0, body.length + 2]), body);
  }
  segments.push(Buffer.from([0xff, 0xda, 0, 4, 1, 1, 0x12, 0x34, 0xff, 0x00, 0x56, 0xff, 0xd9]));
  const stream = Buffer.concat(segments);
  return stream.length % 2 === 0 ? stream : Buffer.concat([stream, Buffer.alloc(1)]);
}

export function fragments(...streams: Buffer[]): Buffer {
  const header = (element: number, length: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt16LE(0xfffe, 0);
    bytes.writeUInt16LE(element, 2);
    bytes.writeUInt32LE(length, 4);
    return bytes;
  };
  const items = streams.flatMap((stream) => [header(0xe000, stream.length), stream]);
  return Buffer.concat([header(0xe000, 0), ...items, header(0xe0dd, 0)]);
}

export interface InstanceParts {
  readonly syntax: SyntaxName;
  readonly elements: readonly DataElement[];
  /** Native samples or fragments; none: an instance without pixel data. */
  readonly pixelData?: Buffer | null;
  readonly trailer?: readonly DataElement[];
  readonly preamble?: Buffer;
  readonly metaElements?: readonly DataElement[];
}

/** A DICOM file of given elements. */
export function makeInstance(parts: InstanceParts): Buffer {
  const { uid, encoding } = syntaxes[parts.syntax];
  const meta = encodeDataSet(
    {
      elements: inOrder([
        makeElement(0x00020001, 'OB', Buffer.from([0, 1])),
        text(0x00020002, 'UI', ctImageStorage),
        text(0x00020003, 'UI', '1.2.826.0.1.3680043.10.1.1'),
        text(0x00020010, 'UI', uid),
        ...(parts.metaElements ?? []),
      ]),
    },
    explicitLittleEndian,
  );
  const groupLength = Buffer.alloc(4);
  groupLength.writeUInt32LE(meta.length);
  const pieces = [encodeDataSet({ elements: inOrder(parts.elements) }, encoding)];
  if (parts.pixelData !== null) pieces.push(pixelElement(parts));
  if (parts.trailer !== undefined) pieces.push(encodeDataSet({ elements: inOrder(parts.trailer) }, encoding));
  const dataSet = Buffer.concat(pieces);
  return Buffer.concat([
    parts.preamble ?? Buffer.alloc(128),
    Buffer.from('DICM'),
    encodeDataSet({ elements: [makeElement(0x00020000, 'UL', groupLength)] }, explicitLittleEndian),
    meta,
    parts.syntax === 'deflated' ? deflateRawSync(dataSet) : dataSet,
  ]);
}

function pixelElement(parts: InstanceParts): Buffer {
  const { encoding } = syntaxes[parts.syntax];
  if (parts.syntax === 'jpeg') {
    const value = parts.pixelData ?? fragments(jpegStream());
    const header = Buffer.from([0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]);
    return Buffer.concat([header, value]);
  }
  const samples = parts.pixelData ?? Buffer.from(Array.from({ length: 32 }, (_, index) => index));
  return encodeDataSet({ elements: [makeElement(0x7fe00010, 'OW', samples)] }, encoding);
}

/** The samples that `makeInstance` writes where none are given. */
export const defaultSamples = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
