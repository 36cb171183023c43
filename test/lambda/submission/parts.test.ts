import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import {
  checkParts,
  compositeDigest,
  partCount,
  partRange,
  wholeFileByteLimit,
} from '../../../lambda/submission/parts.contract';

const digest = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

const sizes = fc.record({
  bytes: fc.integer({ min: 1, max: 10_000_000_000 }),
  partBytes: fc.integer({ min: 5 * 1024 ** 2, max: 5 * 1024 ** 3 }),
});

describe('the parts of a file', () => {
  it('cover it without a gap, and only the last is smaller', () => {
    fc.assert(
      fc.property(sizes, ({ bytes, partBytes }) => {
        const count = partCount(bytes, partBytes);
        let end = 0;
        for (let part = 1; part <= count; part += 1) {
          const range = partRange(bytes, partBytes, part);
          expect(range.start).toBe(end);
          if (part < count) expect(range.bytes).toBe(partBytes);
          expect(range.bytes).toBeGreaterThan(0);
          expect(range.bytes).toBeLessThanOrEqual(partBytes);
          end += range.bytes;
        }
        expect(end).toBe(bytes);
      }),
      { numRuns: 50 },
    );
  });

  it('have as digest the SHA-256 of their digests, as bytes', () => {
    const digests = ['a', 'b', 'c'].map(digest);
    expect(compositeDigest(digests)).toBe(digest(Buffer.from(digests.join(''), 'hex')));
  });
});

describe('a manifest entry', () => {
  const bytes = 2 * wholeFileByteLimit + 1;
  const sha256 = ['a', 'b', 'c'].map(digest);
  const entry = { bytes, sha256: compositeDigest(sha256), parts: { bytes: wholeFileByteLimit, sha256 } };

  it('has parts above 100 MB and only there', () => {
    expect(checkParts(entry)).toBeNull();
    expect(checkParts({ bytes: wholeFileByteLimit, sha256: digest('') })).toBeNull();
    expect(checkParts({ bytes: wholeFileByteLimit + 1, sha256: digest('') })).toBe('required');
    expect(checkParts({ ...entry, bytes: wholeFileByteLimit })).toBe('not-allowed');
  });

  it('has none where the file travels in an archive', () => {
    const archived = { archive: 1, member: 1 };
    expect(checkParts({ bytes, sha256: digest(''), archived })).toBeNull();
    expect(checkParts({ ...entry, archived })).toBe('not-allowed');
  });

  it('has as many digests as parts, and the digest of these', () => {
    expect(checkParts({ ...entry, bytes: bytes + wholeFileByteLimit })).toBe('count');
    expect(checkParts({ ...entry, parts: { ...entry.parts, sha256: sha256.slice(1) } })).toBe('count');
    expect(checkParts({ ...entry, sha256: digest('whole') })).toBe('digest');
    expect(checkParts({ ...entry, parts: { ...entry.parts, sha256: [...sha256].reverse() } })).toBe('digest');
  });
});
