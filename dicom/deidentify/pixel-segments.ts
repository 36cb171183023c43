import { createHmac } from 'node:crypto';

/** Where native pixel data is cut for its digest. */
export interface SegmentSizes {
  /** Values from this length on are digested in segments. */
  readonly threshold: number;
  /** The first segment; no last one is shorter. */
  readonly first: number;
  readonly each: number;
}

/**
 * Fixed for ever, since digests of other segments are other digests. Segments are parts of the output (the first one with the header before
 * it): 5 MiB is the least that S3 takes for a part, and 16 MiB may be kept in memory, where they pass through it. 32 MiB: below, to copy
 * saves less than its requests cost.
 */
export const pixelSegments: SegmentSizes = {
  threshold: 32 * 1024 * 1024,
  first: 5 * 1024 * 1024,
  each: 16 * 1024 * 1024,
};

/** Lengths of the segments of a native value; null where it is digested as one. */
export function segmentLengths(bytes: number, sizes: SegmentSizes): readonly number[] | null {
  if (bytes < sizes.threshold) return null;
  const lengths = [sizes.first];
  let left = bytes - sizes.first;
  while (left >= sizes.each + sizes.first) {
    lengths.push(sizes.each);
    left -= sizes.each;
  }
  lengths.push(left);
  return lengths;
}

/**
 * Keyed digest of a native value in segments, given the SHA-256 (hex) of each: the same whoever worked those out. 64 hex
 * digits. `key` as for `PixelDigest`.
 */
export function segmentedPixelDigest(key: Buffer, bytes: number, sha256s: readonly string[]): string {
  const hmac = createHmac('sha256', key).update(`nmip/pixel-segments/1\0${bytes}\0`);
  for (const sha256 of sha256s) hmac.update(sha256, 'hex');
  return hmac.digest('hex');
}
