import { type ElementSpan, type FileSpans, findSpans } from './element-spans';
import type { SeededRandom } from './seeded-random';

const vrs = [
  'AE', 'AS', 'AT', 'CS', 'DA', 'DS', 'DT', 'FD', 'FL', 'IS', 'LO', 'LT', 'OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'PN',
  'SH', 'SL', 'SQ', 'SS', 'ST', 'SV', 'TM', 'UC', 'UI', 'UL', 'UN', 'UR', 'US', 'UT', 'UV', 'ZZ', '\0\0', 'ab',
]; // biome-ignore format: a table

const tagsOfInterest = [
  0x00020010, 0x00080000, 0x00080005, 0x00080008, 0x00080016, 0x00080018, 0x00080050, 0x00080104, 0x00081140,
  0x00090010, 0x00091001, 0x00100010, 0x00100020, 0x0020000d, 0x00280002, 0x00280004, 0x00280008, 0x00280010,
  0x00280011, 0x00280100, 0x00282000, 0x0040a730, 0x00420011, 0x00880200, 0x60000102, 0x60003000, 0x7fe00001,
  0x7fe00002, 0x7fe00008, 0x7fe00010, 0x7fe11010, 0xfffafffa, 0xfffcfffc, 0xfffee000, 0xfffee00d, 0xfffee0dd, 0,
]; // biome-ignore format: a table

const syntaxes = [
  '1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2', '1.2.840.10008.1.2.1.99',
  '1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.70', '1.2.840.10008.1.2.4.80', '1.2.840.10008.1.2.4.90',
  '1.2.840.10008.1.2.5', '1.2.840.10008.1.2.4.201', '1.2.840.10008.1.2.4.100', '1.2.840.10008.1.2.9', '',
]; // biome-ignore format: a table

const characterSets = [
  '', 'ISO_IR 6', 'ISO_IR 100', 'ISO_IR 144', 'ISO_IR 192', 'GB18030', 'GBK', '\\ISO 2022 IR 87', 'ISO 2022 IR 13\\ISO 2022 IR 87',
  '\\ISO 2022 IR 149', '\\ISO 2022 IR 58', 'ISO_IR 999', 'UTF-8', '\\\\\\\\',
]; // biome-ignore format: a table

const texts = [
  '\u001b$B', '\u001b(J', '\u001b$)C', '\u001b', '\\', '\\\\\\', '=', '^^^^', '..', '1.2.3.4', '1.2.840.10008.1.1', '9434765919',
  '943 476 5919', '20240229', '20230229', '00010101', '99991231', '235960', 'NaN', '1e999', '-0', '\0\0\0\0', '\u00ff\u00fe\u0000', '090Y', '999Y',
]; // biome-ignore format: a table

const lengths = [0, 1, 2, 3, 7, 8, 0xfe, 0x7fff, 0xfffe, 0xffff, 0x10000, 0x7fffffff, 0xfffffffe, 0xffffffff];

type Mutation = (file: Buffer, spans: FileSpans, random: SeededRandom) => Buffer;

const spliced = (file: Buffer, from: number, to: number, ...parts: readonly Buffer[]): Buffer =>
  Buffer.concat([file.subarray(0, from), ...parts, file.subarray(to)]);

function withLong(file: Buffer, at: number, value: number, littleEndian: boolean): Buffer {
  const changed = Buffer.from(file);
  if (at + 4 > changed.length) return changed;
  if (littleEndian) changed.writeUInt32LE(value >>> 0, at);
  else changed.writeUInt32BE(value >>> 0, at);
  return changed;
}

function withShort(file: Buffer, at: number, value: number, littleEndian: boolean): Buffer {
  const changed = Buffer.from(file);
  if (at + 2 > changed.length) return changed;
  if (littleEndian) changed.writeUInt16LE(value & 0xffff, at);
  else changed.writeUInt16BE(value & 0xffff, at);
  return changed;
}

const isLittle = (span: ElementSpan, spans: FileSpans): boolean =>
  span.at < spans.dataSetAt || spans.littleEndian;

function withTag(file: Buffer, span: ElementSpan, tag: number, spans: FileSpans): Buffer {
  const little = isLittle(span, spans);
  return withShort(withShort(file, span.at, tag >>> 16, little), span.at + 2, tag & 0xffff, little);
}

function withLength(file: Buffer, span: ElementSpan, length: number, spans: FileSpans): Buffer {
  return span.lengthBytes === 2
    ? withShort(file, span.lengthAt, length, isLittle(span, spans))
    : withLong(file, span.lengthAt, length, isLittle(span, spans));
}

/** A new value with the length that it needs; enclosing lengths are left as they are, right or wrong. */
function withValue(file: Buffer, span: ElementSpan, value: Buffer, spans: FileSpans): Buffer {
  return spliced(withLength(file, span, value.length, spans), span.start, span.end, value);
}

const sequenceHeader = (element: number, length: number, little: boolean): Buffer => {
  const header = Buffer.alloc(8);
  return withLong(withShort(withShort(header, 0, 0xfffe, little), 2, element, little), 4, length, little);
};

/** An element moved into sequences of a depth, with undefined lengths. */
function nested(bytes: Buffer, depth: number, spans: FileSpans, random: SeededRandom): Buffer {
  const little = spans.littleEndian;
  const tag = random.chance(0.5) ? 0x0040a730 : 0x00091030;
  let opening = Buffer.alloc(spans.explicit ? 12 : 8);
  opening = Buffer.from(withShort(withShort(opening, 0, tag >>> 16, little), 2, tag & 0xffff, little));
  if (spans.explicit) opening.write(random.chance(0.8) ? 'SQ' : 'UN', 4, 'latin1');
  opening.writeUInt32LE(0xffffffff, opening.length - 4);
  const openings = Buffer.concat([opening, sequenceHeader(0xe000, 0xffffffff, little)]);
  const closings = Buffer.concat([sequenceHeader(0xe00d, 0, little), sequenceHeader(0xe0dd, 0, little)]);
  return Buffer.concat([
    ...Array.from({ length: depth }, () => openings),
    bytes,
    ...Array.from({ length: depth }, () => closings),
  ]);
}

const mutations: readonly Mutation[] = [
  function changeLength(file, spans, random) {
    const span = random.pick(spans.spans);
    const own = span.end - span.start;
    const length = random.pick([...lengths, own + 1, own - 1, own + 2, own - 2, file.length - span.start]);
    return withLength(file, span, length, spans);
  },
  function changeVr(file, spans, random) {
    const span = random.pick(spans.spans);
    if (span.vrAt === null) return file;
    const changed = Buffer.from(file);
    changed.write(random.pick(vrs), span.vrAt, 2, 'latin1');
    return changed;
  },
  function changeTag(file, spans, random) {
    const span = random.pick(spans.spans);
    const tag = random.pick([
      random.pick(tagsOfInterest),
      random.next(),
      span.tag + 1,
      span.tag ^ 0x10000,
      random.pick(spans.spans).tag,
    ]);
    return withTag(file, span, tag >>> 0, spans);
  },
  function swapElements(file, spans, random) {
    const [one, two] = [random.pick(spans.spans), random.pick(spans.spans)];
    const [first, second] = one.at <= two.at ? [one, two] : [two, one];
    if (first.end > second.at) return file;
    const between = file.subarray(first.end, second.at);
    const parts = [file.subarray(second.at, second.end), between, file.subarray(first.at, first.end)];
    return spliced(file, first.at, second.end, ...parts);
  },
  function repeatElement(file, spans, random) {
    const span = random.pick(spans.spans);
    const times = random.pick([1, 1, 2, 50]);
    const element = file.subarray(span.at, span.end);
    if (element.length > 100_000) return file;
    return spliced(file, span.end, span.end, ...Array.from({ length: times }, () => element));
  },
  function removeElement(file, spans, random) {
    const span = random.pick(spans.spans);
    return spliced(file, span.at, span.end);
  },
  function moveElement(file, spans, random) {
    const [one, two] = [random.pick(spans.spans), random.pick(spans.spans)];
    return spliced(file, two.at, two.at, file.subarray(one.at, Math.min(one.end, one.at + 100_000)));
  },
  function nestElement(file, spans, random) {
    const span = random.pick(spans.spans);
    const depth = random.pick([1, 1, 2, 4, 63, 64, 65, 500]);
    return spliced(file, span.at, span.end, nested(file.subarray(span.at, span.end), depth, spans, random));
  },
  function changeCharacterSet(file, spans, random) {
    const span = spans.spans.find(({ tag }) => tag === 0x00080005);
    if (span === undefined) return file;
    const term = random.pick(characterSets);
    return withValue(file, span, Buffer.from(term.length % 2 === 0 ? term : `${term} `, 'latin1'), spans);
  },
  function changeText(file, spans, random) {
    const span = random.pick(spans.spans);
    const text = Buffer.from(random.pick(texts).repeat(random.pick([1, 1, 2, 40])), 'latin1');
    return random.chance(0.5)
      ? withValue(file, span, text, spans)
      : spliced(file, span.start, span.start, text);
  },
  function spliceValue(file, spans, random) {
    const [from, to] = [random.pick(spans.spans), random.pick(spans.spans)];
    const value = file.subarray(from.start, Math.min(from.end, from.start + 0xfffe));
    return withValue(file, to, value, spans);
  },
  function randomValue(file, spans, random) {
    const span = random.pick(spans.spans);
    return withValue(file, span, random.bytes(random.pick([0, 1, 2, 4, 8, 64, 512])), spans);
  },
  function longValue(file, spans, random) {
    const span = random.pick(spans.spans);
    const letter = random.pick([0x20, 0x41, 0x31, 0x5c, 0x5e, 0x2e, 0x00, 0xff]);
    return withValue(file, span, Buffer.alloc(random.pick([0xfffe, 0xfff0, 5000]), letter), spans);
  },
  function changeTransferSyntax(file, spans, random) {
    const span = spans.spans.find(({ tag }) => tag === 0x00020010);
    if (span === undefined) return file;
    const uid = random.pick(syntaxes);
    return withValue(file, span, Buffer.from(uid.length % 2 === 0 ? uid : `${uid}\0`, 'latin1'), spans);
  },
  function changeMetaLength(file, spans, random) {
    const span = spans.spans[0];
    if (span === undefined || span.tag !== 0x00020000) return file;
    return withLong(file, span.start, random.pick([0, 4, 13, 200, 0xffff, 0xffffffff]), true);
  },
  function removePreamble(file, spans, random) {
    if (spans.dataSetAt === 0) return file;
    return file.subarray(random.pick([128, 132, spans.dataSetAt, spans.dataSetAt, 1]));
  },
  function changeFragments(file, spans, random) {
    const items = spans.spans.filter(({ tag }) => tag >>> 16 === 0xfffe);
    const item = items.length === 0 ? undefined : random.pick(items.slice(-40));
    if (item === undefined) return file;
    const little = spans.littleEndian;
    return random.pick<() => Buffer>([
      () => spliced(file, item.at, item.at, sequenceHeader(0xe000, 0, little)),
      () => spliced(file, item.at, item.end),
      () => withLength(file, item, random.pick(lengths), spans),
      () => withTag(file, item, random.pick([0xfffee00d, 0xfffee0dd, 0xfffee000, 0x7fe00010]), spans),
      () => spliced(file, item.start, item.start, random.bytes(2 * random.below(8))),
      () => spliced(file, item.end, item.end, random.bytes(1)),
    ])();
  },
  function changeOffsets(file, spans, random) {
    const tables = spans.spans.filter(
      (span, index) =>
        span.tag === 0x7fe00001 ||
        span.tag === 0x7fe00002 ||
        (span.tag === 0xfffee000 && spans.spans[index - 1]?.tag === 0x7fe00010),
    );
    const table = tables.length === 0 ? undefined : random.pick(tables);
    if (table === undefined || table.end - table.start < 4) return file;
    const at = table.start + 4 * random.below((table.end - table.start) >>> 2);
    return withLong(file, at, random.pick([0, 1, 8, 0xffffffff, random.next()]), true);
  },
  function cutOff(file, spans, random) {
    const span = random.pick(spans.spans);
    return file.subarray(0, random.pick([span.at, span.start, span.lengthAt, random.below(file.length)]));
  },
  function appendBytes(file, _spans, random) {
    const tail = random.pick([1, 2, 8, 100, 4096]);
    return Buffer.concat([file, random.chance(0.5) ? Buffer.alloc(tail) : random.bytes(tail)]);
  },
  function flipBits(file, spans, random) {
    const changed = Buffer.from(file);
    const flips = 1 + random.below(8);
    const first = random.pick(spans.spans).at;
    for (let flip = 0; flip < flips; flip += 1) {
      const near = (first + random.below(64)) % Math.max(1, changed.length);
      const at = random.chance(0.7) ? near : random.below(changed.length);
      changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
    }
    return changed;
  },
  function overwriteBytes(file, spans, random) {
    const changed = Buffer.from(file);
    const at = random.pick(spans.spans).at;
    random.bytes(1 + random.below(24)).copy(changed, at);
    return changed;
  },
  function moveBytes(file, _spans, random) {
    const from = random.below(file.length);
    const length = 1 + random.below(200);
    const run = file.subarray(from, from + length);
    const to = random.below(file.length);
    return random.chance(0.5) ? spliced(file, to, to, run) : spliced(file, from, from + length);
  },
];

/** The largest input that mutation may make: an element nested or repeated many times over would only cost time. */
const largestInput = 2 * 1024 * 1024;

/** A file changed in one to four places, with what its structure is in view. The file given stays as it is. */
export function mutateFile(file: Buffer, random: SeededRandom): Buffer {
  const rounds = random.pick([1, 1, 1, 2, 2, 3, 4]);
  let changed = file;
  for (let round = 0; round < rounds; round += 1) {
    const spans = findSpans(changed);
    if (spans.spans.length === 0 || changed.length === 0) return changed;
    const next = random.pick(mutations)(changed, spans, random);
    if (next.length > largestInput) return changed;
    changed = next;
  }
  return changed;
}
