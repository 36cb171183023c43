/** Values of a file by tag in eight hex digits: VR and value. */
export type Elements = Readonly<Record<string, readonly [vr: string, value: string | number | Buffer]>>;

export const explicitLittleEndian = '1.2.840.10008.1.2.1';
export const jpegBaseline = '1.2.840.10008.1.2.4.50';

const long = new Set(['OB', 'OW', 'SQ', 'UN', 'UT', 'UC', 'UR']);

/** An instance of a study with one grey frame, to be varied. */
export function instance(sop: string, more: Elements = {}): Elements {
  return {
    '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.2'],
    '00080018': ['UI', sop],
    '00080020': ['DA', '20200102'],
    '00080050': ['SH', 'ACC'],
    '00080060': ['CS', 'CT'],
    '00100010': ['PN', 'Pseudonym'],
    '00100020': ['LO', 'P1'],
    '0020000D': ['UI', '1.2.3'],
    '0020000E': ['UI', '1.2.3.4'],
    '00200010': ['SH', 'S1'],
    '00200011': ['IS', '1'],
    '00200013': ['IS', '7'],
    '00280002': ['US', 1],
    '00280004': ['CS', 'MONOCHROME2'],
    '00280010': ['US', 2],
    '00280011': ['US', 2],
    '00280100': ['US', 8],
    '7FE00010': ['OB', Buffer.from([1, 2, 3, 4])],
    ...more,
  };
}

/**
 * A Part 10 file in Explicit VR Little Endian structure.
 * @param fragments encapsulated pixel data, with an empty offset table
 */
export function part10(
  elements: Elements,
  transferSyntaxUid = explicitLittleEndian,
  fragments?: readonly Buffer[],
): Buffer {
  const meta = element('00020010', 'UI', transferSyntaxUid);
  const chunks = [Buffer.alloc(128), Buffer.from('DICM'), element('00020000', 'UL', meta.length), meta];
  for (const [tag, [vr, value]] of Object.entries(elements).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (tag === '7FE00010' && fragments) chunks.push(encapsulated(fragments));
    else chunks.push(element(tag, vr, value));
  }
  return Buffer.concat(chunks);
}

function element(tag: string, vr: string, value: string | number | Buffer): Buffer {
  const bytes = valueBytes(vr, value);
  const head = Buffer.alloc(long.has(vr) ? 12 : 8);
  head.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
  head.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
  head.write(vr, 4, 'latin1');
  if (long.has(vr)) head.writeUInt32LE(bytes.length, 8);
  else head.writeUInt16LE(bytes.length, 6);
  return Buffer.concat([head, bytes]);
}

function valueBytes(vr: string, value: string | number | Buffer): Buffer {
  if (Buffer.isBuffer(value)) return value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.alloc(1)]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(vr === 'UL' ? 4 : 2);
    if (vr === 'UL') bytes.writeUInt32LE(value);
    else bytes.writeUInt16LE(value);
    return bytes;
  }
  const bytes = Buffer.from(value, 'utf8');
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
}

function encapsulated(fragments: readonly Buffer[]): Buffer {
  const item = (element: number, length: number) => {
    const head = Buffer.alloc(8);
    head.writeUInt16LE(0xfffe, 0);
    head.writeUInt16LE(element, 2);
    head.writeUInt32LE(length, 4);
    return head;
  };
  const head = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  const items = fragments.flatMap((fragment) => [item(0xe000, fragment.length), fragment]);
  return Buffer.concat([head, item(0xe000, 0), ...items, item(0xe0dd, 0)]);
}
