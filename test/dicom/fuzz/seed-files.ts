import { inflateRawSync } from 'node:zlib';
import type { DataElement } from '../../../dicom/data-set/data-element';
import { makeElement, makeUnsignedShort } from '../../../dicom/data-set/make-element';
import { encodeDataSet } from '../../../dicom/write/encode-data-set';
import { corpusFiles, readCorpusFile } from '../samples/corpus';
import {
  ctElements,
  fragments,
  item,
  jpegStream,
  makeInstance,
  type SyntaxName,
  sequence,
  syntaxes,
  text,
} from '../samples/make-instance';
import { findSpans } from './element-spans';

/** A file to be mutated. A deflated one stands here inflated, so that its elements can be changed. */
export interface SeedFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly deflated: boolean;
}

/** Words that stand for a person's data, one a place; none is a term of anything. */
export const plantedWord = /Q[A-Z]{4}ZVK/g;

/** Larger files of the corpus would only make the fuzzer slow: their headers are like those of the smaller ones. */
const largestCorpusFile = 100_000;

const planted = (place: number): string =>
  `Q${[0, 1, 2, 3].map((digit) => String.fromCharCode(65 + (Math.floor(place / 26 ** digit) % 26))).join('')}ZVK`;

/** Elements of many kinds: texts, codes, private blocks, nested sequences, dates, references, tables, an icon. */
function richElements(syntax: SyntaxName): DataElement[] {
  let place = 0;
  const word = (): string => {
    place += 1;
    return planted(place);
  };
  const { encoding } = syntaxes[syntax];
  const content = (depth: number): DataElement =>
    sequence(0x0040a730, [
      item(
        text(0x0040a010, 'CS', 'CONTAINS'),
        text(0x0040a040, 'CS', 'TEXT'),
        text(0x0040a160, 'UT', `lung nodule ${word()}`),
        text(0x0040a123, 'PN', word()),
        ...(depth > 0 ? [content(depth - 1)] : []),
      ),
    ]);
  return [
    text(0x00081030, 'LO', `CT thorax ${word()}`),
    text(0x0008103e, 'LO', 'axial 5 mm'),
    text(0x00080080, 'LO', word()),
    text(0x00081010, 'SH', word()),
    text(0x00081070, 'PN', `${word()}^Ottilie=${word()}`),
    sequence(0x00081140, [
      item(
        text(0x00081150, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
        text(0x00081155, 'UI', '1.2.826.0.1.3680043.10.77'),
      ),
      item(text(0x00081155, 'UI', '1.2.826.0.1.3680043.10.78')),
    ]),
    text(0x00090010, 'LO', word()),
    text(0x00091001, 'LO', word()),
    sequence(0x00091002, [item(text(0x00091003, 'PN', word()))]),
    text(0x00100010, 'PN', `${word()}^${word()}`),
    text(0x00101000, 'LO', word()),
    text(0x00101010, 'AS', '091Y'),
    text(0x00101040, 'LO', `7 ${word()} Lane`),
    text(0x00190010, 'LO', 'GEMS_ACQU_01'),
    text(0x00191023, 'DS', '5.5'),
    sequence(0x00082218, [
      item(
        text(0x00080100, 'SH', '51185008'),
        text(0x00080102, 'SH', 'SCT'),
        text(0x00080104, 'LO', 'Chest'),
      ),
    ]),
    text(0x0008002a, 'DT', '20240229101530.5+0100'),
    makeElement(0x00282000, 'OB', Buffer.alloc(140, 1)),
    makeUnsignedShort(0x00281103, 0, encoding),
    sequence(0x00880200, [
      item(makeUnsignedShort(0x00280010, 2, encoding), makeElement(0x7fe00010, 'OB', Buffer.alloc(4))),
    ]),
    content(3),
    text(0x60000022, 'LO', word()),
  ];
}

function generatedFiles(): SeedFile[] {
  const files: SeedFile[] = [];
  for (const syntax of Object.keys(syntaxes) as SyntaxName[]) {
    const { encoding } = syntaxes[syntax];
    for (const [name, elements] of [
      ['plain', ctElements(encoding)],
      ['rich', ctElements(encoding, richElements(syntax))],
    ] as const) {
      const bytes = makeInstance({
        syntax,
        elements,
        trailer: [makeElement(0xfffcfffc, 'OB', Buffer.alloc(16))],
      });
      files.push({ name: `${name}-${syntax}`, ...asSeed(bytes) });
    }
  }
  files.push({ name: 'cine', ...asSeed(compressedCine()) }, { name: 'ultrasound', ...asSeed(ultrasound()) });
  return files;
}

const withChanges = (elements: readonly DataElement[], changes: readonly DataElement[]): DataElement[] => {
  const changed = new Set(changes.map(({ tag }) => tag));
  return [...elements.filter(({ tag }) => !changed.has(tag)), ...changes];
};

/** Eight compressed frames with a filled basic offset table and an extended one. */
function compressedCine(): Buffer {
  const streams = Array.from({ length: 8 }, (_, index) => jpegStream(`frame ${index}`));
  const items = fragments(...streams);
  const offsets = Buffer.alloc(32);
  const extended = Buffer.alloc(64);
  let at = 0;
  for (const [index, stream] of streams.entries()) {
    offsets.writeUInt32LE(at, index * 4);
    extended.writeBigUInt64LE(BigInt(at), index * 8);
    at += 8 + stream.length;
  }
  const table = Buffer.from(items.subarray(0, 8));
  table.writeUInt32LE(offsets.length, 4);
  const elements = withChanges(ctElements(syntaxes.jpeg.encoding), [
    text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.3.1'),
    text(0x00080060, 'CS', 'US'),
    text(0x00280008, 'IS', '8'),
    makeElement(0x7fe00001, 'OV', extended),
    makeElement(0x7fe00002, 'OV', Buffer.alloc(64)),
  ]);
  return makeInstance({
    syntax: 'jpeg',
    elements,
    pixelData: Buffer.concat([table, offsets, items.subarray(8)]),
  });
}

/** An ultrasound image with one region: what lies outside of it may be blanked. */
function ultrasound(): Buffer {
  const { encoding } = syntaxes.explicit;
  const long = (tag: number, value: number): DataElement => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return makeElement(tag, 'UL', bytes);
  };
  const region = item(
    makeUnsignedShort(0x00186012, 1, encoding),
    makeUnsignedShort(0x00186014, 1, encoding),
    long(0x00186018, 1),
    long(0x0018601a, 1),
    long(0x0018601c, 2),
    long(0x0018601e, 3),
  );
  const elements = withChanges(ctElements(encoding), [
    text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.6.1'),
    text(0x00080060, 'CS', 'US'),
    sequence(0x00186011, [region]),
    makeUnsignedShort(0x00280100, 8, encoding),
    makeUnsignedShort(0x00280101, 8, encoding),
    makeUnsignedShort(0x00280102, 7, encoding),
  ]);
  const pixels = encodeDataSet({ elements: [makeElement(0x7fe00010, 'OB', Buffer.alloc(16, 9))] }, encoding);
  return Buffer.concat([makeInstance({ syntax: 'explicit', elements, pixelData: null }), pixels]);
}

/** Inflates a deflated file, so that it can be mutated by its elements. */
function asSeed(bytes: Buffer): { bytes: Buffer; deflated: boolean } {
  const { dataSetAt, spans } = findSpans(bytes);
  const syntax = spans.find(({ tag }) => tag === 0x00020010);
  if (
    syntax === undefined ||
    !bytes.toString('latin1', syntax.start, syntax.end).startsWith('1.2.840.10008.1.2.1.99')
  )
    return { bytes, deflated: false };
  return {
    bytes: Buffer.concat([bytes.subarray(0, dataSetAt), inflateRawSync(bytes.subarray(dataSetAt))]),
    deflated: true,
  };
}

/** Generated files, and the smaller ones of the corpus where it is there. The order is always the same. */
export function seedFiles(): SeedFile[] {
  const files = generatedFiles();
  for (const name of corpusFiles()) {
    const bytes = readCorpusFile(name);
    if (bytes.length <= largestCorpusFile) files.push({ name, ...asSeed(bytes) });
  }
  return files;
}
