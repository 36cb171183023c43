import * as fc from 'fast-check';
import type { ManifestEntry } from '../../../lambda/deidentification/pipeline.contract';
import {
  checkManifest,
  checkPage,
  describePage,
  missingRanges,
  orderEntries,
} from '../../../lambda/submission/manifest';

const sha256 = 'a'.repeat(64);

function entry(ordinal: number, bytes = 10): ManifestEntry {
  return { ordinal, bytes, sha256, group: 1 };
}

describe('the missing ordinals of a manifest', () => {
  it('are counted, and named as ranges', () => {
    expect(missingRanges(9, new Set([1, 2, 4, 8]))).toEqual({ missing: 5, ranges: ['3', '5-7', '9'] });
    expect(missingRanges(2, new Set([1, 2]))).toEqual({ missing: 0, ranges: [] });
  });

  it('are exactly those that the ranges cover', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 40 })), (present) => {
        const { missing, ranges } = missingRanges(40, new Set(present));
        const covered = ranges.flatMap((range) => {
          const [from, to] = range.split('-').map(Number) as [number, number | undefined];
          return Array.from({ length: (to ?? from) - from + 1 }, (_, index) => from + index);
        });
        expect(covered.length).toBe(missing);
        expect([...covered, ...present].sort((a, b) => a - b)).toEqual(
          Array.from({ length: 40 }, (_, index) => index + 1),
        );
      }),
    );
  });
});

describe('a manifest at completion', () => {
  const announced = { fileCount: 3, totalBytes: 30 };

  it('holds every ordinal once and adds up', () => {
    expect(checkManifest(announced, [entry(2), entry(1), entry(3)])).toBeNull();
  });

  it.each([
    ['a repeated ordinal', [entry(1), entry(2), entry(2)], { problem: 'repeated', ordinals: [2] }],
    ['a missing one', [entry(1), entry(3)], { problem: 'incomplete', missing: 1, ranges: ['2'] }],
    [
      'another sum of bytes',
      [entry(1), entry(2), entry(3, 11)],
      { problem: 'bytes-differ', announced: 30, listed: 31 },
    ],
  ])('is refused for %s', (_name, entries, problem) => {
    expect(checkManifest(announced, entries)).toEqual(problem);
  });
});

describe('a manifest page', () => {
  it('is refused for an ordinal above the number of files', () => {
    expect(checkPage(2, [entry(3)], [])).toEqual({ problem: 'out-of-range', ordinals: [3] });
  });

  it('is refused for an ordinal that it or another page has already', () => {
    expect(checkPage(5, [entry(1), entry(1)], [])).toEqual({ problem: 'repeated', ordinals: [1] });
    expect(checkPage(5, [entry(1), entry(2)], [entry(2), entry(4)])).toEqual({
      problem: 'repeated',
      ordinals: [2],
    });
    expect(checkPage(5, [entry(1)], [entry(2)])).toBeNull();
  });

  it('has one digest in whatever order its entries come', () => {
    const page = (entries: ManifestEntry[]) => describePage(1, orderEntries(entries));
    expect(page([entry(2), entry(1)])).toEqual(page([entry(1), entry(2)]));
    expect(page([entry(1), entry(2)]).digest).not.toBe(page([entry(1), entry(2, 11)]).digest);
  });
});
