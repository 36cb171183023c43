import fc from 'fast-check';
import { makeNativeBlanker } from '../../../dicom/pixels/blank-native';
import { buildMask, type PixelMask } from '../../../dicom/pixels/pixel-mask';
import { nativeLength, type PixelDescription } from '../../../dicom/validate/validate-pixel-data';

const describePixels = (changes: Partial<PixelDescription>): PixelDescription => ({
  rows: 6,
  columns: 8,
  samplesPerPixel: 1,
  bitsAllocated: 8,
  bitsStored: 8,
  isSigned: false,
  planar: false,
  frames: 2,
  photometricInterpretation: 'MONOCHROME2',
  ...changes,
});

const isMasked = (mask: PixelMask, row: number, column: number): boolean => {
  const spans = mask[row] ?? [];
  return spans.some((from, index) => index % 2 === 0 && column >= from && column < (spans[index + 1] ?? 0));
};

/** Offset of a sample in the value, worked out one by one from PS3.3 section C.7.6.3.1. */
function offsetOf(d: PixelDescription, frame: number, row: number, column: number, sample: number): number {
  const size = d.bitsAllocated / 8;
  const pixels = d.rows * d.columns;
  const pixel = row * d.columns + column;
  if (d.photometricInterpretation === 'YBR_FULL_422') {
    const pair = (frame * pixels + pixel - (column % 2)) * 2;
    return (sample === 0 ? pair + (column % 2) : pair + 1 + sample) * size;
  }
  const start = frame * pixels * d.samplesPerPixel;
  return (start + (d.planar ? sample * pixels + pixel : pixel * d.samplesPerPixel + sample)) * size;
}

describe('blanking native frames', () => {
  const kinds: Partial<PixelDescription>[] = [
    {},
    { photometricInterpretation: 'MONOCHROME1' },
    { bitsAllocated: 16, bitsStored: 12 },
    { bitsAllocated: 16, bitsStored: 16, photometricInterpretation: 'MONOCHROME1' },
    { photometricInterpretation: 'PALETTE COLOR' },
    ...['RGB', 'YBR_FULL'].flatMap((photometricInterpretation) =>
      [false, true].map((planar) => ({ photometricInterpretation, planar, samplesPerPixel: 3 })),
    ),
    { photometricInterpretation: 'YBR_FULL', samplesPerPixel: 3, bitsAllocated: 16, bitsStored: 16 },
    { photometricInterpretation: 'YBR_FULL_422', samplesPerPixel: 3 },
  ];
  const black = (d: PixelDescription, sample: number): number => {
    if (d.photometricInterpretation === 'MONOCHROME1') return 2 ** (d.bitsStored ?? 0) - 1;
    const isYbr = d.photometricInterpretation.startsWith('YBR');
    return isYbr && sample > 0 ? 2 ** ((d.bitsStored ?? 0) - 1) : 0;
  };

  it.each(kinds)('blanks what the mask says of each frame and nothing else: %j', (changes) => {
    const description = describePixels(changes);
    const corner = (limit: number) => fc.integer({ min: 0, max: limit });
    fc.assert(
      fc.property(
        corner(7),
        corner(5),
        corner(8),
        corner(6),
        fc.integer({ min: 1, max: 17 }),
        fc.boolean(),
        (left, top, width, height, piece, littleEndian) => {
          const keep = [{ left, top, right: left + width, bottom: top + height }];
          const mask = buildMask(keep, [], description.rows, description.columns);
          if (mask === null) return;
          const value = Buffer.alloc(nativeLength(description), 0x5a);
          const original = Buffer.from(value);
          const layout = { littleEndian, inWords: description.bitsAllocated === 16 };
          const blanker = makeNativeBlanker(mask, description, layout);
          const pieces: Buffer[] = [];
          for (let at = 0; at < value.length; at += piece) {
            pieces.push(blanker?.push(value.subarray(at, at + piece)) ?? Buffer.alloc(0));
          }
          const output = Buffer.concat(pieces);
          expect(value.equals(original)).toBe(true);
          const expected = Buffer.from(original);
          const shared = description.photometricInterpretation === 'YBR_FULL_422';
          for (let frame = 0; frame < description.frames; frame += 1) {
            for (let row = 0; row < description.rows; row += 1) {
              for (let column = 0; column < description.columns; column += 1) {
                if (!isMasked(mask, row, column)) continue;
                const pairGoes = isMasked(mask, row, column - (column % 2) + 1 - (column % 2));
                for (let sample = 0; sample < description.samplesPerPixel; sample += 1) {
                  if (shared && sample > 0 && !pairGoes) continue;
                  const offset = offsetOf(description, frame, row, column, sample);
                  const number = black(description, sample);
                  if (description.bitsAllocated === 8) expected[offset] = number;
                  else if (littleEndian) expected.writeUInt16LE(number, offset);
                  else expected.writeUInt16BE(number, offset);
                }
              }
            }
          }
          expect(output.equals(expected)).toBe(true);
        },
      ),
      { numRuns: 150, seed: 11 },
    );
  });

  it.each<Partial<PixelDescription>>([
    { bitsAllocated: 1 },
    { bitsAllocated: 32 },
    { photometricInterpretation: 'YBR_PARTIAL_420', samplesPerPixel: 3 },
    { photometricInterpretation: 'RGB', samplesPerPixel: 1 },
    { photometricInterpretation: 'YBR_FULL_422', samplesPerPixel: 3, columns: 7 },
  ])('is not tried where it could go wrong: %j', (changes) => {
    const description = describePixels(changes);
    const mask = [[0, 1], ...Array.from({ length: 5 }, () => [])];
    expect(makeNativeBlanker(mask, description, { littleEndian: true, inWords: false })).toBeNull();
  });
});

describe('blanking big endian words of bytes', () => {
  it('blanks the same samples as in little endian, which stand at the other byte of their word', () => {
    const description = describePixels({ rows: 3, columns: 5, frames: 2 });
    const mask = [
      [1, 3],
      [0, 1, 4, 5],
      [2, 5],
    ];
    const original = Buffer.alloc(30, 0x5a);
    expect(makeNativeBlanker(mask, description, { littleEndian: false, inWords: true })).toBeNull();
    const even = describePixels({ rows: 3, columns: 6, frames: 2 });
    const value = Buffer.concat([original, Buffer.alloc(6, 0x5a)]);
    const plain = makeNativeBlanker(mask, even, { littleEndian: true, inWords: true })?.push(value);
    const swapped = makeNativeBlanker(mask, even, { littleEndian: false, inWords: true })?.push(value);
    expect(plain?.includes(0)).toBe(true);
    expect(Buffer.from(swapped ?? []).swap16()).toEqual(plain);
  });
});

describe('a mask', () => {
  it('is what lies outside of all rectangles that are kept, and inside of any that is not', () => {
    const mask = buildMask(
      [
        { left: 1, top: 1, right: 3, bottom: 3 },
        { left: 2, top: 2, right: 5, bottom: 9 },
      ],
      [{ left: 4, top: 0, right: 5, bottom: 4 }],
      4,
      5,
    );
    expect(mask).toEqual([
      [0, 5],
      [0, 1, 3, 5],
      [0, 1, 4, 5],
      [0, 2, 4, 5],
    ]);
    expect(buildMask([{ left: 0, top: 0, right: 5, bottom: 4 }], [], 4, 5)).toBeNull();
    expect(buildMask(null, [], 4, 5)).toBeNull();
  });
});
