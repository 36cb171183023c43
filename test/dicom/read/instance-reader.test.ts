import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import {
  asciiOf,
  explicitLittleEndian,
  find,
  implicitLittleEndian,
  itemsOf,
  unsignedShortOf,
  valueBytes,
} from '../../../dicom/data-set/data-element';
import { makeElement, makeUnsignedShort } from '../../../dicom/data-set/make-element';
import { tags } from '../../../dicom/data-set/tag';
import { type InstanceHeader, InstanceReader } from '../../../dicom/read/instance-reader';
import { readLimits } from '../../../dicom/read/read-limits';
import { encodeDataSet } from '../../../dicom/write/encode-data-set';
import { inPieces } from '../samples/engine';
import {
  ctElements,
  defaultSamples,
  item,
  makeInstance,
  type SyntaxName,
  sequence,
  syntaxes,
  text,
} from '../samples/make-instance';

interface Whole {
  readonly header: InstanceHeader;
  readonly pixels: Buffer;
  readonly trailer: number[];
}

async function readWhole(file: Buffer, pieceSize?: number): Promise<Whole> {
  const reader = new InstanceReader(inPieces(file, pieceSize));
  try {
    const header = await reader.readHeader();
    const pieces: Buffer[] = [];
    if (header.pixelData === null) return { header, pixels: Buffer.alloc(0), trailer: [] };
    for await (const piece of reader.readPixelData(header.pixelData)) pieces.push(Buffer.from(piece));
    const trailer = await reader.readTrailer(header.pixelData);
    return { header, pixels: Buffer.concat(pieces), trailer: trailer.elements.map(({ tag }) => tag) };
  } finally {
    await reader.close();
  }
}

const refusal = (file: Buffer): Promise<unknown> =>
  readWhole(file).then(
    () => 'read',
    (error: { code?: string }) => error.code ?? error,
  );

const header = (...bytes: number[]): Buffer => Buffer.from(bytes);
const explicitFile = (...dataSet: Buffer[]): Buffer => {
  const file = makeInstance({ syntax: 'explicit', elements: [], pixelData: null });
  return Buffer.concat([file, ...dataSet]);
};

describe('an instance is read whole', () => {
  it.each(Object.keys(syntaxes) as SyntaxName[])('whatever the pieces it comes in (%s)', async (syntax) => {
    const { encoding } = syntaxes[syntax];
    const file = makeInstance({
      syntax,
      elements: ctElements(encoding, [sequence(0x00081140, [item(text(0x00081155, 'UI', '1.2.3')), item()])]),
      trailer: [makeElement(0xfffcfffc, 'OB', Buffer.alloc(4))],
    });
    for (const size of [1, 7, 64, 100_000]) {
      const { header: read, pixels, trailer } = await readWhole(file, size);
      expect(asciiOf(read.dataSet, tags.patientId)).toBe('HOSP884213');
      expect(itemsOf(read.dataSet, 0x00081140)).toHaveLength(2);
      if (syntax !== 'jpeg') expect(pixels.equals(defaultSamples)).toBe(true);
      expect(trailer).toEqual([0xfffcfffc]);
    }
  });

  it('without preamble and file meta information, where its first element shows how it is encoded', async () => {
    const elements = ctElements(explicitLittleEndian);
    for (const encoding of [explicitLittleEndian, implicitLittleEndian]) {
      const { header: read } = await readWhole(encodeDataSet({ elements }, encoding));
      expect(read.encoding).toEqual(encoding);
      expect(read.warnings).toEqual(['TRANSFER_SYNTAX_ASSUMED']);
    }
  });

  it('when the file meta information says one uncompressed syntax and the data set is in another', async () => {
    const file = makeInstance({ syntax: 'explicit', elements: [], pixelData: null });
    const dataSet = encodeDataSet({ elements: ctElements(implicitLittleEndian) }, implicitLittleEndian);
    const { header: read } = await readWhole(Buffer.concat([file, dataSet]));
    expect(read.transferSyntax.uid).toBe('1.2.840.10008.1.2');
    expect(read.warnings).toEqual(['TRANSFER_SYNTAX_CORRECTED']);
  });

  it('with a wrong length of the file meta group', async () => {
    for (const wrong of [0, 4, 4000]) {
      const file = makeInstance({ syntax: 'explicit', elements: ctElements(explicitLittleEndian) });
      file.writeUInt32LE(wrong, 140);
      expect(asciiOf((await readWhole(file)).header.dataSet, tags.modality)).toBe('CT');
    }
  });

  it('with sequences of undefined length, in UN elements too, where items are implicit', async () => {
    const nested = encodeDataSet({ elements: [text(0x00080100, 'SH', 'C1')] }, implicitLittleEndian);
    const un = Buffer.concat([
      header(0x08, 0x00, 0x40, 0x11, 0x55, 0x4e, 0, 0, 0xff, 0xff, 0xff, 0xff),
      header(0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff),
      nested,
      header(0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0),
      header(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0),
    ]);
    const { header: read } = await readWhole(explicitFile(un));
    const element = find(itemsOf(read.dataSet, 0x00081140)[0] ?? item(), 0x00080100);
    expect(element && valueBytes(element).toString()).toBe('C1');
  });

  it('with the numbers of such items in little endian, also in a big endian file', async () => {
    const nested = encodeDataSet(
      { elements: [makeUnsignedShort(0x00186012, 1, implicitLittleEndian)] },
      implicitLittleEndian,
    );
    const value = Buffer.concat([header(0xfe, 0xff, 0x00, 0xe0, nested.length, 0, 0, 0), nested]);
    for (const syntax of ['bigEndian', 'explicit'] as const) {
      const { encoding } = syntaxes[syntax];
      const elements = ctElements(encoding, [makeElement(0x00186011, 'UN', value)]);
      for (const size of [1, 4096]) {
        const { header: read } = await readWhole(makeInstance({ syntax, elements }), size);
        const region = itemsOf(read.dataSet, 0x00186011)[0] ?? item();
        expect(unsignedShortOf(region, 0x00186012, encoding)).toBe(1);
        expect(unsignedShortOf(read.dataSet, tags.rows, encoding)).toBe(4);
      }
    }
  });

  it('with compressed pixels inside an icon image', async () => {
    const icon = Buffer.concat([
      header(0x88, 0x00, 0x00, 0x02, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff),
      header(0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff),
      header(0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff),
      header(0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0, 0xfe, 0xff, 0x00, 0xe0, 2, 0, 0, 0, 1, 2),
      header(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0),
      header(0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0),
      header(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0),
    ]);
    const { header: read } = await readWhole(explicitFile(icon));
    expect(read.pixelData).toBeNull();
    expect(itemsOf(read.dataSet, 0x00880200)[0]?.elements[0]?.encapsulated).toBe(true);
  });

  it('passing over padding of nulls and values too long to keep', async () => {
    const long = Buffer.alloc(readLimits.keptValueBytes + 2);
    const file = makeInstance({
      syntax: 'explicit',
      elements: ctElements(explicitLittleEndian, [makeElement(0x00291010, 'OB', long)]),
      trailer: [makeElement(0x7fe11010, 'OB', long)],
    });
    const { header: read, trailer } = await readWhole(Buffer.concat([file, Buffer.alloc(512)]));
    expect(find(read.dataSet, 0x00291010)).toMatchObject({ skipped: long.length, length: 0 });
    expect(trailer).toEqual([0x7fe11010]);
    expect(read.warnings).toEqual(['TRAILING_PADDING_DROPPED']);
  });
});

describe('what cannot be read safely is refused with a code', () => {
  it('no DICOM', async () => {
    expect(await refusal(Buffer.from('PK\u0003\u0004 no image '.repeat(50)))).toBe('NOT_DICOM');
    expect(await refusal(Buffer.alloc(0))).toBe('NOT_DICOM');
    expect(await refusal(Buffer.alloc(4096))).toBe('NOT_DICOM');
  });

  it('an unknown transfer syntax', async () => {
    const file = makeInstance({ syntax: 'explicit', elements: [], pixelData: null });
    const at = file.indexOf('1.2.840.10008.1.2.1');
    file.write('1.2.840.10008.1.2.7', at);
    expect(await refusal(file)).toBe('UNSUPPORTED_TRANSFER_SYNTAX');
  });

  it('any cut, at every byte of the header', async () => {
    const file = makeInstance({ syntax: 'explicit', elements: ctElements(explicitLittleEndian) });
    for (let cut = 133; cut < file.length; cut += 1) {
      const code = await refusal(file.subarray(0, cut));
      // A cut between two elements is a shorter data set: it is caught by what is missing from it.
      expect(['TRUNCATED', 'NOT_DICOM', 'MALFORMED', 'read']).toContain(code);
    }
  });

  it('a length that passes its sequence, a stray delimiter, a VR that is none, the same tag twice', async () => {
    const itemTooLong = header(
      0x08,
      0,
      0x40,
      0x11,
      0x53,
      0x51,
      0,
      0,
      8,
      0,
      0,
      0,
      0xfe,
      0xff,
      0,
      0xe0,
      99,
      0,
      0,
      0,
    );
    expect(await refusal(explicitFile(itemTooLong))).toBe('MALFORMED');
    expect(await refusal(explicitFile(header(0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0)))).toBe('MALFORMED');
    expect(await refusal(explicitFile(header(8, 0, 0x60, 0, 0x31, 0x32, 2, 0, 0x43, 0x54)))).toBe(
      'MALFORMED',
    );
    const modality = header(8, 0, 0x60, 0, 0x43, 0x53, 2, 0, 0x43, 0x54);
    expect(await refusal(explicitFile(modality, modality))).toBe('MALFORMED');
  });

  it('nesting beyond the limit, and a declared length of gigabytes, without allocating it', async () => {
    const open = header(
      0x08,
      0,
      0x40,
      0x11,
      0x53,
      0x51,
      0,
      0,
      0xff,
      0xff,
      0xff,
      0xff,
      0xfe,
      0xff,
      0,
      0xe0,
      0xff,
      0xff,
      0xff,
      0xff,
    );
    expect(await refusal(explicitFile(...Array.from({ length: 100 }, () => open)))).toBe('LIMIT_EXCEEDED');
    const huge = header(0x08, 0, 0x40, 0x11, 0x53, 0x51, 0, 0, 0xf0, 0xff, 0xff, 0xff);
    expect(await refusal(explicitFile(huge))).toBe('LIMIT_EXCEEDED');
    const hugeText = header(0x08, 0, 0x99, 0x11, 0x55, 0x54, 0, 0, 0xf0, 0xff, 0xff, 0x7f);
    expect(await refusal(explicitFile(hugeText))).toBe('TRUNCATED');
  });

  it('a deflated data set that is cut off, damaged, or expands without end', async () => {
    const file = makeInstance({ syntax: 'deflated', elements: ctElements(explicitLittleEndian) });
    expect(await refusal(file.subarray(0, file.length - 20))).toBe('TRUNCATED');
    const start = 144 + file.readUInt32LE(140);
    const damaged = Buffer.concat([file.subarray(0, start), Buffer.alloc(200, 0xff)]);
    expect(await refusal(damaged)).toBe('MALFORMED');
    const element = header(0x09, 0, 0x10, 0x10, 0x4f, 0x42, 0, 0, 0xf0, 0xff, 0xff, 0xff);
    const bomb = deflateRawSync(Buffer.concat([element, Buffer.alloc(64 * 1024 * 1024)]));
    const many = Buffer.concat([file.subarray(0, start), bomb]);
    expect(await refusal(many)).toBe('TRUNCATED');
  });

  it('with the same code however the source cuts its pieces', async () => {
    const deflated = makeInstance({ syntax: 'deflated', elements: ctElements(explicitLittleEndian) });
    const damaged = Buffer.from(deflated);
    damaged.fill(0xff, deflated.length - 40);
    const wrongGroupLength = explicitFile(header(0x08, 0, 0x05, 0, 0x43, 0x53, 0, 0));
    wrongGroupLength.writeUInt32LE(0, 140);
    const undefinedLength = [0xff, 0xff, 0xff, 0xff];
    const nestedText = explicitFile(
      header(
        0x08,
        0,
        0x40,
        0x11,
        0x53,
        0x51,
        0,
        0,
        ...undefinedLength,
        0xfe,
        0xff,
        0,
        0xe0,
        ...undefinedLength,
      ),
      header(0x08, 0, 0x99, 0x11, 0x55, 0x54, 0, 0, 0xf0, 0xff, 0xff, 0x7f),
    );
    for (const file of [damaged, wrongGroupLength, nestedText]) {
      const codeInPieces = (size: number): Promise<unknown> =>
        readWhole(file, size).then(
          () => 'read',
          (error: { code?: string }) => error.code,
        );
      const whole = await codeInPieces(file.length);
      for (let size = 1; size < 200; size += 1)
        expect([size, await codeInPieces(size)]).toEqual([size, whole]);
    }
  });

  it('any change of any bytes, by ending in a code and nothing else', async () => {
    const file = makeInstance({
      syntax: 'explicit',
      elements: ctElements(explicitLittleEndian, [
        sequence(0x00081140, [item(text(0x00081155, 'UI', '1.2.3'))]),
      ]),
    });
    const change = fc.record({ at: fc.nat(file.length - 1), byte: fc.integer({ min: 0, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const changed = Buffer.from(file);
        for (const { at, byte } of changes) changed[at] = byte;
        expect(typeof (await refusal(changed))).toBe('string');
      }),
      { numRuns: 500 },
    );
  });
});
