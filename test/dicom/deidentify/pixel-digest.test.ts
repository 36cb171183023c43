import { createCipheriv, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { PixelDigest } from '../../../dicom/deidentify/pixel-digest';

const key = Buffer.alloc(32, 7);

function digestOf(pieces: readonly Buffer[], under = key): string {
  const digest = new PixelDigest(under);
  for (const piece of pieces) {
    const lent = Buffer.from(piece);
    digest.update(lent);
    lent.fill(0);
  }
  return digest.digest();
}

describe('the digest of pixel data', () => {
  it('is HMAC-SHA-256 of the GMAC of the value', () => {
    const value = Buffer.from('pixels of an image');
    const gmac = createCipheriv('aes-256-gcm', key, Buffer.alloc(12)).setAAD(value);
    gmac.final();
    const expected = createHmac('sha256', key).update(gmac.getAuthTag()).digest('hex');
    expect(digestOf([value])).toBe(expected);
  });

  it('does not depend on the pieces in which the value comes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.array(fc.nat(400), { maxLength: 5 }),
        (bytes, cuts) => {
          const value = Buffer.from(bytes);
          const edges = [0, ...cuts.filter((cut) => cut < value.length).sort((a, b) => a - b), value.length];
          const pieces = edges.slice(1).map((edge, index) => value.subarray(edges[index], edge));
          expect(digestOf(pieces)).toBe(digestOf([value]));
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  it('is another for another value, one byte more of nothing included', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.nat(), fc.nat(7), (bytes, at, bit) => {
        const value = Buffer.from(bytes);
        const changed = Buffer.from(value);
        changed[at % value.length] = (changed[at % value.length] as number) ^ (1 << bit);
        expect(digestOf([changed])).not.toBe(digestOf([value]));
        expect(digestOf([value, Buffer.alloc(1)])).not.toBe(digestOf([value]));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('is another under another key', () => {
    expect(digestOf([Buffer.alloc(64)], Buffer.alloc(32, 8))).not.toBe(digestOf([Buffer.alloc(64)]));
  });
});
