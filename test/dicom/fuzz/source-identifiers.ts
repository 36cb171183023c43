import { inflateRawSync } from 'node:zlib';
import dicomParser from 'dicom-parser';
import { type ElementSpan, findSpans } from './element-spans';
import { plantedWord } from './seed-files';

/** Where people, orders and devices are named, at any level: tags as dicom-parser writes them. */
const nameTags = new Set([
  'x00100010',
  'x00080090',
  'x00081070',
  'x00081050',
  'x00081048',
  'x0040a123',
  'x00101001',
]);
const idTags = new Set(['x00100020', 'x00080050', 'x00101000', 'x00101040', 'x00200010', 'x00101001']);
const uidTags = new Set(['x0020000d', 'x0020000e', 'x00080018', 'x00081155']);

/** Words that stand where there is no name, and words that say what was examined: they identify nobody. */
const saysNothing =
  /^(?:anonym\w*|unknown|unnamed|none|null|removed|patient|phantom|sample|default|undefined|test\w*|dicom|study|original|primary|derived|secondary|image)$/i;

interface ParsedElement {
  readonly dataOffset: number;
  readonly length: number;
  readonly items?: readonly { readonly dataSet?: ParsedDataSet }[];
}

interface ParsedDataSet {
  readonly byteArray: Uint8Array;
  readonly elements: Readonly<Record<string, ParsedElement>>;
}

const inflater = (bytes: Uint8Array, position: number): Uint8Array => {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const inflated = inflateRawSync(source.subarray(position), { maxOutputLength: 1 << 24 });
  return Buffer.concat([source.subarray(0, position), inflated]);
};

/** Reads a file with dicom-parser, which shares nothing with the engine; null where it cannot. */
export function parseIndependently(file: Buffer): ParsedDataSet | null {
  try {
    return dicomParser.parseDicom(file, { inflater }) as unknown as ParsedDataSet;
  } catch (error) {
    // What it had read when it gave up.
    const partial = (error as { dataSet?: ParsedDataSet }).dataSet;
    return partial ?? null;
  }
}

/**
 * Bytes of an output but for the value of its pixel data, whose samples mean nothing; null where they cannot be followed
 * to their end. By a scan of its own, since dicom-parser does not know the VR of extended offset tables.
 */
export function withoutPixels(output: Buffer): Buffer | null {
  const outer = findSpans(output);
  const syntax = outer.spans.find(({ tag }) => tag === 0x00020010);
  const isDeflated = syntax !== undefined && textOf(output, syntax) === '1.2.840.10008.1.2.1.99';
  let bytes = output;
  if (isDeflated) {
    const inflated = inflateRawSync(output.subarray(outer.dataSetAt), { maxOutputLength: 1 << 26 });
    bytes = Buffer.concat([output.subarray(0, outer.dataSetAt), inflated]);
  }
  const { spans } = isDeflated ? findSpans(bytes) : outer;
  const end = Math.max(0, ...spans.map((span) => span.end));
  if (end !== bytes.length) return null;
  const pixels = spans.find(({ tag }) => tag === 0x7fe00010 || tag === 0x7fe00008 || tag === 0x7fe00009);
  if (pixels === undefined) return bytes;
  return Buffer.concat([bytes.subarray(0, pixels.start), bytes.subarray(pixels.end)]);
}

const textOf = (file: Buffer, span: ElementSpan): string =>
  file.toString('latin1', span.start, span.end).replace(/[\0 ]+$/, '');

function collect(dataSet: ParsedDataSet, found: Set<string>, depth: number): void {
  const bytes = Buffer.from(dataSet.byteArray.buffer, dataSet.byteArray.byteOffset, dataSet.byteArray.length);
  for (const [tag, element] of Object.entries(dataSet.elements)) {
    for (const item of element.items ?? []) {
      if (item.dataSet !== undefined && depth < 50) collect(item.dataSet, found, depth + 1);
    }
    if (element.items !== undefined || element.length > 4096) continue;
    const text = bytes.toString('latin1', element.dataOffset, element.dataOffset + element.length);
    if (nameTags.has(tag)) for (const part of text.split(/[\\^=, ]+/)) addWord(part, found);
    if (idTags.has(tag)) for (const part of text.split('\\')) addWord(part.trim(), found);
    if (uidTags.has(tag)) addUid(text.replace(/[\0 ]+$/, ''), found);
    if (nameTags.has(tag) || idTags.has(tag)) {
      for (const [word] of text.matchAll(plantedWord)) found.add(word);
    }
  }
}

function addWord(part: string, found: Set<string>): void {
  const word = part.replace(/[\0 ]+$/g, '');
  const isNumber = /^\d+$/.test(word);
  if (!/^[\x21-\x7e]+$/.test(word) || saysNothing.test(word)) return;
  if (/[a-z]/i.test(word) && /^[a-z0-9]{6,}$/i.test(word)) found.add(word);
  else if (isNumber && word.length >= 8 && !/^(\d)\1*$/.test(word)) found.add(word);
}

function addUid(uid: string, found: Set<string>): void {
  if (uid.length >= 12 && /^\d+(?:\.\d+){3,}$/.test(uid) && !uid.startsWith('1.2.840.10008')) found.add(uid);
}

/** Names, numbers and UIDs that stand at their own places in a source, as an independent reader sees them. */
export function identifiersOf(source: Buffer): string[] {
  const parsed = parseIndependently(source);
  const found = new Set<string>();
  if (parsed !== null) collect(parsed, found, 0);
  return [...found];
}
