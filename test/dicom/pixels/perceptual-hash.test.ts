import { explicitLittleEndian } from '../../../dicom/data-set/data-element';
import type { TransferSyntax } from '../../../dicom/dictionary/transfer-syntaxes';
import { perceptualHashOf } from '../../../dicom/pixels/perceptual-hash';
import { encodeRleFrame } from '../../../dicom/pixels/rle-lossless';
import type { PixelDescription } from '../../../dicom/validate/validate-pixel-data';

const native: TransferSyntax = {
  uid: '1.2.840.10008.1.2.1',
  encoding: explicitLittleEndian,
  deflated: false,
  encapsulated: false,
  frames: 'native',
  importable: true,
};
const rle: TransferSyntax = { ...native, uid: '1.2.840.10008.1.2.5', encapsulated: true, frames: 'rle' };

const description = (
  rows: number,
  columns: number,
  change: Partial<PixelDescription> = {},
): PixelDescription => ({
  rows,
  columns,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 12,
  isSigned: false,
  planar: false,
  frames: 1,
  photometricInterpretation: 'MONOCHROME2',
  ...change,
});

/** Numbers between 0 and 1, the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0;
    return state / 2 ** 32;
  };
}

/** Brightness of a made-up picture of ten round things at a place between 0 and 1, from 0 to 1. */
function picture(seed: number): (x: number, y: number) => number {
  const next = numbers(seed);
  const things = Array.from({ length: 10 }, () => ({
    x: next(),
    y: next(),
    size: 0.05 + next() / 5,
    light: next(),
  }));
  return (x, y) =>
    Math.min(
      1,
      things.reduce(
        (sum, each) => sum + each.light * Math.exp(-((x - each.x) ** 2 + (y - each.y) ** 2) / each.size ** 2),
        0,
      ) / 2,
    );
}

function frame(
  of: (x: number, y: number) => number,
  rows: number,
  columns: number,
  value = (light: number) => light * 4000,
): Buffer {
  const bytes = Buffer.alloc(rows * columns * 2);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      bytes.writeUInt16LE(Math.round(value(of(column / columns, row / rows))), (row * columns + column) * 2);
  return bytes;
}

function hashOf(value: Buffer, of: PixelDescription, syntax = native, pieceBytes = 1000): string | null {
  const hash = perceptualHashOf(of, syntax);
  if (hash === null) return null;
  for (let at = 0; at < value.length; at += pieceBytes) hash.push(value.subarray(at, at + pieceBytes));
  return hash.digest();
}

function distance(one: string | null, other: string | null): number {
  if (one === null || other === null) throw new Error('no hash');
  let bits = BigInt(`0x${one}`) ^ BigInt(`0x${other}`);
  let count = 0;
  for (; bits > 0n; bits &= bits - 1n) count += 1;
  return count;
}

const seeds = Array.from({ length: 12 }, (_, seed) => seed + 1);

describe('the perceptual hash', () => {
  it('wants of several frames the middle one alone, wherever the value is cut, and no frame above 128 MiB', () => {
    const of = description(40, 50, { frames: 5 });
    const value = Buffer.concat(seeds.slice(0, 5).map((seed) => frame(picture(seed), 40, 50)));
    const whole = hashOf(value, of);
    for (const first of [0, 4_000, 8_000, 9_999, 12_000, 20_000]) {
      const hash = perceptualHashOf(of, native);
      hash?.push(value.subarray(0, first));
      const wanted = hash?.wanted ?? null;
      expect(wanted).toEqual(first < 12_000 ? { from: Math.max(8_000, first), to: 12_000 } : null);
      if (wanted !== null) {
        hash?.pass(wanted.from - first);
        hash?.push(value.subarray(wanted.from, wanted.to));
      }
      expect(hash?.digest()).toBe(whole);
    }
    expect(perceptualHashOf(description(8_192, 8_192), native)).not.toBeNull();
    expect(perceptualHashOf(description(8_192, 8_193), native)).toBeNull();
  });

  it.each(seeds)('of picture %i stays nearly the same scaled, noisy, windowed and inverted', (seed) => {
    const light = picture(seed);
    const small = description(200, 240);
    const hash = hashOf(frame(light, 200, 240), small);
    const noise = numbers(seed + 1000);
    const close = {
      scaled: hashOf(frame(light, 400, 480), description(400, 480)),
      noisy: hashOf(
        frame(light, 200, 240, (value) => Math.max(0, Math.min(4095, value * 4000 + (noise() - 0.5) * 80))),
        small,
      ),
      windowed: hashOf(
        frame(light, 200, 240, (value) => 300 + value * 2000),
        small,
      ),
      inverted: hashOf(
        frame(light, 200, 240, (value) => 4095 - value * 4000),
        { ...small, photometricInterpretation: 'MONOCHROME1' },
      ),
    };
    for (const [name, other] of Object.entries(close))
      expect([name, distance(hash, other) <= 12]).toEqual([name, true]);
  });

  it('of different pictures differs in more than 60 bits, mostly', () => {
    const hashes = seeds.map((seed) => hashOf(frame(picture(seed), 200, 240), description(200, 240)));
    const distances = hashes.flatMap((one, at) => hashes.slice(at + 1).map((other) => distance(one, other)));
    expect(distances.filter((each) => each > 60).length).toBeGreaterThan(distances.length * 0.9);
    expect(Math.min(...distances)).toBeGreaterThan(24);
  });

  it('is that of the middle frame, in pieces of any size', () => {
    const frames = [1, 2, 3].map((seed) => frame(picture(seed), 40, 50));
    const alone = hashOf(frames[1] ?? Buffer.alloc(0), description(40, 50));
    for (const bytes of [1, 7, 4000, 1 << 20])
      expect(hashOf(Buffer.concat(frames), description(40, 50, { frames: 3 }), native, bytes)).toBe(alone);
  });

  it('is the same of RLE and of native pixels', () => {
    const frames = [1, 2].map((seed) => frame(picture(seed), 40, 50));
    const item = (bytes: Buffer): Buffer => {
      const header = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
      header.writeUInt32LE(bytes.length, 4);
      return Buffer.concat([header, bytes]);
    };
    const planesOf = (bytes: Buffer) =>
      [1, 0].map((part) => Buffer.from(bytes.filter((_, at) => at % 2 === part)));
    const value = Buffer.concat([
      item(Buffer.alloc(0)),
      ...frames.map((each) => item(encodeRleFrame(planesOf(each), 50))),
    ]);
    const expected = hashOf(Buffer.concat(frames), description(40, 50, { frames: 2 }));
    for (const bytes of [3, 1 << 20])
      expect(hashOf(value, description(40, 50, { frames: 2 }), rle, bytes)).toBe(expected);
    expect(expected).not.toBeNull();
  });

  it('is absent for frames of one brightness, for other compressions, and where the value ends early', () => {
    expect(hashOf(Buffer.alloc(40 * 50 * 2, 3), description(40, 50))).toBeNull();
    expect(perceptualHashOf(description(40, 50), { ...rle, frames: 'jpeg' })).toBeNull();
    expect(hashOf(frame(picture(1), 20, 50), description(40, 50))).toBeNull();
    expect(hashOf(Buffer.from('nothing'), description(40, 50), rle)).toBeNull();
  });
});
