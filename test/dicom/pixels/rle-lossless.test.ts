import fc from 'fast-check';
import { decodeRleFrame, encodeRleFrame } from '../../../dicom/pixels/rle-lossless';
import { Quarantine } from '../../../dicom/quarantine/quarantine';

const columns = 37;
const plane = fc
  .array(fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 300 })), { minLength: 1, maxLength: 60 })
  .map((runs) => {
    const bytes = Buffer.concat(runs.map(([value, count]) => Buffer.alloc(count, value)));
    const rows = Math.max(1, Math.floor(bytes.length / columns));
    return Buffer.concat([bytes, Buffer.alloc(columns)]).subarray(0, rows * columns);
  });

describe('RLE Lossless', () => {
  it('decodes to the planes that were encoded, in an even number of bytes', () => {
    fc.assert(
      fc.property(plane, fc.integer({ min: 1, max: 6 }), (bytes, count) => {
        const planes = Array.from({ length: count }, (_, index) =>
          Buffer.from(bytes.map((value) => value ^ index)),
        );
        const frame = encodeRleFrame(planes, columns);
        expect(frame.length % 2).toBe(0);
        expect([...decodeRleFrame(frame, count, bytes.length)].map((each) => each.toString('hex'))).toEqual(
          planes.map((each) => each.toString('hex')),
        );
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  it('decodes literals, repeats and the control byte that does nothing', () => {
    const header = Buffer.alloc(64);
    header.writeUInt32LE(1, 0);
    header.writeUInt32LE(64, 4);
    const segment = Buffer.from([0x02, 1, 2, 3, 0x80, 0xfe, 9]);
    expect([...decodeRleFrame(Buffer.concat([header, segment]), 1, 6)]).toEqual([
      Buffer.from([1, 2, 3, 9, 9, 9]),
    ]);
  });

  it('refuses, and never crashes on, a frame with any byte changed or cut off', () => {
    const frame = encodeRleFrame([Buffer.from(Array.from({ length: 74 }, (_, index) => index % 5))], columns);
    fc.assert(
      fc.property(fc.nat(frame.length - 1), fc.nat(255), fc.nat(frame.length), (at, value, length) => {
        const broken = Buffer.from(frame);
        broken[at] = value;
        try {
          const planes = [...decodeRleFrame(broken.subarray(0, length), 1, 74)];
          expect(planes[0]?.length).toBe(74);
        } catch (error) {
          expect(error).toBeInstanceOf(Quarantine);
        }
      }),
      { numRuns: 500, seed: 6 },
    );
  });
});
