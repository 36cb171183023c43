import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { DataElement } from '../../../dicom/data-set/data-element';
import { makeElement, makeUnsignedShort } from '../../../dicom/data-set/make-element';
import type { DeidentificationContext } from '../../../dicom/deidentify/deidentify-instance';
import type { DeidentificationOutcome } from '../../../dicom/deidentify/outcome';
import {
  pixelSegments,
  segmentedPixelDigest,
  segmentLengths,
} from '../../../dicom/deidentify/pixel-segments';
import { seededNoise } from '../../../dicom/synthetic/seeded-values';
import { compositeOf, runInParts } from '../samples/copying-engine';
import { fateOf, runEngine, testContext } from '../samples/engine';
import { ctElements, makeInstance, type SyntaxName, syntaxes, text } from '../samples/make-instance';

const small = { threshold: 48, first: 20, each: 32 };
const mebibyte = 1024 * 1024;

let context: DeidentificationContext;
beforeAll(async () => {
  context = await testContext({ segments: small, digestSource: true });
});

interface Image {
  readonly syntax: SyntaxName;
  readonly rows: number;
  readonly columns: number;
  readonly bits: 8 | 16;
  readonly trailer: boolean;
  readonly seed: string;
  readonly frames?: number;
  readonly changes?: readonly DataElement[];
}

function fileOf({ syntax, rows, columns, bits, trailer, seed, frames = 1, changes = [] }: Image): Buffer {
  const { encoding } = syntaxes[syntax];
  const short = (tag: number, value: number): DataElement => makeUnsignedShort(tag, value, encoding);
  const bytes = frames * rows * columns * (bits / 8);
  const image = [
    short(0x00280010, rows),
    short(0x00280011, columns),
    short(0x00280100, bits),
    short(0x00280101, bits),
    short(0x00280102, bits - 1),
  ];
  return makeInstance({
    syntax,
    elements: ctElements(encoding, [...image, ...changes]),
    pixelData: seededNoise(seed, bytes + (bytes % 2)).subarray(0, bytes + (bytes % 2)),
    ...(trailer && { trailer: [makeElement(0xfffcfffc, 'OB', Buffer.alloc(24))] }),
  });
}

const image: fc.Arbitrary<Image> = fc.record({
  syntax: fc.constantFrom<SyntaxName>('implicit', 'explicit', 'explicit', 'bigEndian', 'deflated'),
  rows: fc.integer({ min: 1, max: 24 }),
  columns: fc.integer({ min: 1, max: 24 }),
  bits: fc.constantFrom<8 | 16>(8, 16),
  trailer: fc.boolean(),
  seed: fc.constantFrom('a', 'b', 'c'),
});

/** A file of padded pixels, explicit and without anything behind them, without its padding. */
function ofOddLength(file: Buffer): Buffer {
  const at = file.lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00])) + 8;
  file.writeUInt32LE(file.readUInt32LE(at) - 1, at);
  return file.subarray(0, -1);
}

/** What must not depend on the way: `sha256` is compared apart. */
function withoutDigests(outcome: DeidentificationOutcome): unknown {
  const { sourceSha256: _, ...rest } = outcome;
  if (rest.outcome !== 'deidentified') return rest;
  const { sha256: _sha256, digest: _digest, ...instance } = rest.instance;
  return { ...rest, instance };
}

async function compareWays(file: Buffer, pieceSize: number): Promise<DeidentificationOutcome> {
  const whole = await runEngine(file, context, pieceSize);
  const streamed = await runInParts(file, context, false, pieceSize);
  const copied = await runInParts(file, context, true, pieceSize);
  expect(withoutDigests(streamed.outcome)).toEqual(withoutDigests(whole.outcome));
  expect(withoutDigests(copied.outcome)).toEqual(withoutDigests(whole.outcome));
  if (whole.outcome.outcome !== 'deidentified') return copied.outcome;
  expect(streamed.output.equals(whole.output)).toBe(true);
  expect(copied.output.equals(whole.output)).toBe(true);
  expect(copied.parts).toEqual(streamed.parts);
  expect(whole.outcome.instance.digest).toBeUndefined();
  for (const { outcome, parts, output } of [streamed, copied]) {
    if (outcome.outcome !== 'deidentified') throw new Error(fateOf(outcome));
    expect(outcome.instance.digest).toBe(parts.length > 0 ? 'parts' : undefined);
    expect(outcome.instance.sha256).toBe(
      parts.length > 0 ? compositeOf(parts) : createHash('sha256').update(output).digest('hex'),
    );
  }
  return copied.outcome;
}

describe('segments of native pixel data', () => {
  it('make up the value, none but the last of another length, and none that S3 refuses as a part', () => {
    const check = (bytes: number, sizes: typeof small): void => {
      const lengths = segmentLengths(bytes, sizes);
      expect(lengths === null).toBe(bytes < sizes.threshold);
      if (lengths === null) return;
      const [first, ...others] = lengths;
      expect(first).toBe(sizes.first);
      expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(bytes);
      expect(others.slice(0, -1).every((length) => length === sizes.each)).toBe(true);
      expect(others.at(-1)).toBeGreaterThanOrEqual(sizes.first);
      expect(others.at(-1)).toBeLessThan(sizes.each + sizes.first);
    };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xfffffffe }), fc.nat(400), (large, little) => {
        check(large, pixelSegments);
        check(little, small);
      }),
      { seed: 1 },
    );
    expect(pixelSegments.first).toBeGreaterThanOrEqual(5 * mebibyte);
  });
});

describe('pixel data that is copied and not read', () => {
  it('gives the output, the digests and the facts that reading it gives', async () => {
    let copies = 0;
    await fc.assert(
      fc.asyncProperty(image, fc.constantFrom(7, 64, 4096), async (parts, pieceSize) => {
        const outcome = await compareWays(fileOf(parts), pieceSize);
        expect(fateOf(outcome)).toBe('deidentified');
        if (outcome.outcome === 'deidentified' && outcome.instance.digest === 'parts') copies += 1;
      }),
      { seed: 2, numRuns: 150 },
    );
    expect(copies).toBeGreaterThan(30);
  });

  it('is looked at in its middle frame as one that is read, with no more of it read than that', async () => {
    const several: fc.Arbitrary<Image> = fc.record({
      syntax: fc.constantFrom<SyntaxName>('implicit', 'explicit'),
      rows: fc.integer({ min: 16, max: 20 }),
      columns: fc.integer({ min: 17, max: 20 }),
      bits: fc.constantFrom<8 | 16>(8, 16),
      trailer: fc.boolean(),
      frames: fc.integer({ min: 1, max: 9 }),
      seed: fc.constantFrom('a', 'b'),
    });
    await fc.assert(
      fc.asyncProperty(several, fc.constantFrom(64, 4096), async (parts, pieceSize) => {
        const { frames = 1, rows, columns, bits } = parts;
        const changes = frames === 1 ? [] : [text(0x00280008, 'IS', String(frames))];
        const file = fileOf({ ...parts, changes });
        const outcome = await compareWays(file, pieceSize);
        if (outcome.outcome !== 'deidentified') throw new Error(fateOf(outcome));
        expect(outcome.instance.perceptualHash).toMatch(/^[0-9a-f]{64}$/);
        const wanted = (rows * columns * bits) / 8;
        const { reads } = await runInParts(file, context, true, pieceSize);
        expect(reads.filter(({ start, end }) => start > 0 && end - start > wanted)).toEqual([]);
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it('ends damaged files as reading them does', async () => {
    const fates = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        image,
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.constantFrom('cut', 'flip', 'append'),
        async (parts, place, damage) => {
          const file = fileOf(parts);
          const at = Math.floor(place * file.length);
          const flipped = Buffer.from(file);
          flipped[at] = (flipped[at] as number) ^ 0x41;
          const damaged = {
            cut: file.subarray(0, at),
            flip: flipped,
            append: Buffer.concat([file, seededNoise('tail', 1 + (at % 64))]),
          }[damage];
          fates.add(fateOf(await compareWays(damaged, 64)));
        },
      ),
      { seed: 3, numRuns: 400 },
    );
    expect([...fates]).toEqual(expect.arrayContaining(['deidentified', 'TRUNCATED', 'MALFORMED']));
  });

  it('has one digest whatever stands around it, and another for another value', async () => {
    const base: Image = { syntax: 'explicit', rows: 16, columns: 16, bits: 16, trailer: false, seed: 'a' };
    const digestOf = async (one: Image, copies: boolean): Promise<string | undefined> => {
      const { outcome } = await runInParts(fileOf(one), context, copies);
      return outcome.outcome === 'deidentified' ? outcome.instance.pixelDigest : fateOf(outcome);
    };
    const expected = await digestOf(base, true);
    const value = seededNoise('a', 512);
    const segments = segmentLengths(512, small) ?? [];
    let at = 0;
    const digests = segments.map((length) => {
      const segment = value.subarray(at, at + length);
      at += length;
      return createHash('sha256').update(segment).digest('hex');
    });
    expect(expected).toBe(segmentedPixelDigest(context.keys.pixels, 512, digests));
    const longer = [text(0x00081030, 'LO', 'Chest and abdomen with contrast')];
    for (const other of [
      { ...base, changes: longer },
      { ...base, syntax: 'implicit' as const },
      { ...base, syntax: 'deflated' as const },
      { ...base, trailer: true },
    ])
      for (const copies of [true, false]) expect(await digestOf(other, copies)).toBe(expected);
    expect(await digestOf({ ...base, seed: 'b' }, true)).not.toBe(expected);
  });

  it('is passed over only where the output holds it byte for byte', async () => {
    const base: Image = { syntax: 'explicit', rows: 9, columns: 9, bits: 8, trailer: false, seed: 'a' };
    const copied = async (one: Image): Promise<number> =>
      (await runInParts(fileOf(one), context, true)).parts.length;
    expect(await copied(base)).toBeGreaterThan(1);
    expect(await copied({ ...base, syntax: 'implicit' })).toBeGreaterThan(1);
    expect(await copied({ ...base, syntax: 'deflated' })).toBe(0);
    expect(await copied({ ...base, syntax: 'bigEndian' })).toBe(0);
    expect(await copied({ ...base, rows: 4 })).toBe(0);
    const odd = await runInParts(ofOddLength(fileOf(base)), context, true);
    expect(fateOf(odd.outcome)).toBe('deidentified');
    expect(odd.parts).toEqual([]);
  });

  it('has one digest, whether its odd length was padded before it came or not', async () => {
    for (const rows of [3, 7, 9]) {
      const padded = fileOf({ syntax: 'explicit', rows, columns: 9, bits: 8, trailer: false, seed: 'a' });
      padded.writeUInt8(0, padded.length - 1);
      const odd = ofOddLength(Buffer.from(padded));
      const digests: unknown[] = [];
      for (const [file, copies] of [
        [padded, true],
        [padded, false],
        [odd, true],
        [odd, false],
      ] as const) {
        const { outcome } = await runInParts(file, context, copies);
        if (outcome.outcome !== 'deidentified') throw new Error(fateOf(outcome));
        digests.push(outcome.instance.pixelDigest);
      }
      expect(digests).toEqual(Array(4).fill(digests[0]));
    }
  });

  it.each([
    { rows: 1000, columns: 500, frames: 40 },
    { rows: 5000, columns: 4000, frames: 1 },
  ])(
    'of a large image never passes here but for its start and the frame that is looked at: %j',
    async (size) => {
      const whole = await testContext({ digestSource: true });
      const changes = size.frames === 1 ? [] : [text(0x00280008, 'IS', String(size.frames))];
      const file = fileOf({ syntax: 'explicit', ...size, bits: 16, trailer: true, seed: 'a', changes });
      const frame = size.rows * size.columns * 2;
      const streamed = await runInParts(file, whole, false);
      const copied = await runInParts(file, whole, true);
      expect(fateOf(copied.outcome)).toBe('deidentified');
      expect(withoutDigests(copied.outcome)).toEqual(withoutDigests(streamed.outcome));
      expect(copied.outcome).toMatchObject({ sourceSha256: null });
      expect(copied.output.equals(streamed.output)).toBe(true);
      const [, ofFrame, last] = copied.reads;
      expect(copied.reads).toHaveLength(3);
      expect((ofFrame?.end ?? 0) - (ofFrame?.start ?? 0)).toBeLessThanOrEqual(frame);
      expect(last?.end).toBe(file.length);
      expect(copied.passed - frame).toBeLessThan(14 * mebibyte);
    },
  );

  it('is not asked for before the patient is admitted, nor is the rest of a withheld file', async () => {
    const withheld = await testContext({ segments: small, digestSource: true, admit: () => 'withhold' });
    const file = fileOf({ syntax: 'explicit', rows: 500, columns: 500, bits: 8, trailer: false, seed: 'a' });
    const { outcome, parts, passed } = await runInParts(file, withheld, true, 64);
    expect(outcome).toEqual({ outcome: 'withheld', sourceSha256: null });
    expect(parts).toEqual([]);
    expect(passed).toBeLessThan(file.length);
  });

  it('tells a failing copy from a bad file', async () => {
    const file = fileOf({ syntax: 'explicit', rows: 9, columns: 9, bits: 8, trailer: false, seed: 'a' });
    const broken = new Error('network');
    await expect(runInParts(file, context, true, 64, () => Promise.reject(broken))).rejects.toBe(broken);
  });
});
