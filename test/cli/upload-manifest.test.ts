import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { digestForManifest, partSize } from '../../cli/upload/file-digests';
import { manifestPages } from '../../cli/upload/manifest';
import { PartUrlPages } from '../../cli/upload/part-urls';
import { SentBytes } from '../../cli/upload/sent-bytes';
import { largestPart, partCount, partLimit, smallestPart } from '../../lambda/submission/parts.contract';
import {
  manifestPageBody,
  manifestPageDigestLimit,
  manifestPageEntryLimit,
} from '../../lambda/submission/submission.contract';

const sha256 = createHash('sha256').update('').digest('hex');

describe('the size of parts', () => {
  it('is within the limits of S3, whatever the size of the file', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000_000_000_000 }), (bytes) => {
        const size = partSize(bytes);
        expect(size).toBeGreaterThanOrEqual(smallestPart);
        expect(size).toBeLessThanOrEqual(largestPart);
        expect(partCount(bytes, size)).toBeLessThanOrEqual(partLimit);
      }),
    );
  });

  it('makes of the largest file that is imported 299 parts', () => {
    expect(partCount(10_000_000_000, partSize(10_000_000_000))).toBe(299);
  });
});

describe('the digest for the manifest', () => {
  it('is that of the file as it is read, where it became small after the folder was walked', async () => {
    let read = 0;
    const digest = await digestForManifest(__filename, 200_000_000, (bytes) => {
      read += bytes;
    });
    expect(digest.parts).toBeUndefined();
    expect(digest.bytes).toBeGreaterThan(0);
    // Once for the parts that it turned out not to have.
    expect(read).toBe(2 * digest.bytes);
  });
});

describe('manifest pages', () => {
  /** Numbers of parts of files, 0 for one that is sent whole. */
  const files = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2_000 })), {
    minLength: 1,
    maxLength: 300,
  });

  it('hold every entry once, in order, within the limits of a page', () => {
    fc.assert(
      fc.property(files, (counts) => {
        const entries = counts.map((parts, index) => ({
          ordinal: index + 1,
          bytes: 1,
          sha256,
          group: 1,
          ...(parts > 0 ? { parts: { bytes: smallestPart, sha256: Array<string>(parts).fill(sha256) } } : {}),
        }));
        const pages = manifestPages({ entries, archives: [] });
        expect(pages.map(({ page }) => page)).toEqual(pages.map((_, index) => index + 1));
        expect(pages.flatMap((page) => page.entries.map(({ ordinal }) => ordinal))).toEqual(
          entries.map(({ ordinal }) => ordinal),
        );
        for (const page of pages) {
          expect(page.entries.length).toBeLessThanOrEqual(manifestPageEntryLimit);
          const digests = page.entries.reduce((sum, { parts }) => sum + (parts?.sha256.length ?? 0), 0);
          expect(digests).toBeLessThanOrEqual(manifestPageDigestLimit);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('are taken by the schema of the API, also where the first file fills one', () => {
    const parts = { bytes: smallestPart, sha256: Array<string>(partLimit).fill(sha256) };
    const entries = [1, 2, 3, 4, 5].map((ordinal) => ({ ordinal, bytes: 1, sha256, group: 1, parts }));
    const pages = manifestPages({ entries, archives: [] });
    expect(pages.map((page) => page.entries.length)).toEqual([4, 1]);
    for (const { entries: listed } of pages)
      expect(manifestPageBody.safeParse({ entries: listed }).success).toBe(true);
  });
});

describe('URLs of parts', () => {
  /** A platform that has some parts and signs the others, a few at a time. */
  function platform(parts: number, received: ReadonlySet<number>) {
    const asked: number[] = [];
    const ask = async (after: number, limit: number) => {
      asked.push(after);
      const missing = Array.from({ length: parts }, (_, index) => index + 1).filter(
        (part) => part > after && !received.has(part),
      );
      const urls = missing.slice(0, limit).map((part) => ({ part, url: `http://s3/${part}`, headers: {} }));
      const next = missing.length > limit ? { next: urls.at(-1)?.part } : {};
      return {
        ordinal: 1,
        parts,
        received: received.size,
        state: 'open' as const,
        urls,
        ...next,
      };
    };
    return { asked, ask };
  }

  it('are given for every part that is missing, and for no other, in one answer a page', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 60 })),
        fc.integer({ min: 1, max: 20 }),
        async (parts, some, pageSize) => {
          const received = new Set(some.filter((part) => part <= parts));
          const { ask, asked } = platform(parts, received);
          const pages = new PartUrlPages(ask, pageSize);
          const all = Array.from({ length: parts }, (_, index) => index + 1);
          const puts = await Promise.all(all.map((part) => pages.get(part)));
          expect(all.filter((_, index) => puts[index] === null)).toEqual(
            all.filter((part) => received.has(part)),
          );
          expect(asked.length).toBeLessThanOrEqual(Math.ceil((parts - received.size) / pageSize) + 1);
        },
      ),
    );
  });

  it('are asked for again together when one has expired', async () => {
    const { ask, asked } = platform(6, new Set());
    const pages = new PartUrlPages(ask, 3);
    const first = await pages.get(1);
    const second = await pages.get(2);
    if (first === null || second === null) throw new Error('both are missing');
    pages.finished(1);
    pages.expire(2, second);
    pages.expire(2, second);
    expect(await pages.get(1)).toBeNull();
    expect(await pages.get(2)).not.toBe(second);
    await pages.get(3);
    expect(asked).toEqual([0, 1]);
  });
});

it('bytes that go out again count once', () => {
  let told = 0;
  const sent = new SentBytes((bytes) => {
    told += bytes;
  });
  sent.add(30);
  sent.reset();
  sent.add(50);
  sent.settle(100);
  expect(told).toBe(100);
});
