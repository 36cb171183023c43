import { createHash } from 'node:crypto';

/** Files that travel in parts: which they are, how they are cut, and what their digest is (docs/adr/0019). */

/** Files above this are sent in parts, with the SHA-256 of each part in the manifest; no others are. */
export const wholeFileByteLimit = 100_000_000;

/** S3 takes parts of 5 MiB to 5 GiB; only the last may be smaller. */
export const smallestPart = 5 * 1024 ** 2;
export const largestPart = 5 * 1024 ** 3;

/** Parts of one upload, at most (S3). */
export const partLimit = 10_000;

/** How a file is cut: `bytes` is the size of every part but the last, `sha256` the digest of each, in hex. */
export interface FileParts {
  readonly bytes: number;
  readonly sha256: readonly string[];
}

interface PartedFile {
  readonly bytes: number;
  readonly sha256: string;
  readonly parts?: FileParts | undefined;
  /** Set of a file in an archive, which travels with its archive. */
  readonly archived?: unknown;
}

export type PartsProblem =
  /** The file is above the limit and has no parts. */
  | 'required'
  /** The file is not above the limit, or in an archive, and has parts. */
  | 'not-allowed'
  /** The number of digests is not that of the parts. */
  | 'count'
  /** `sha256` is not the digest of the digests. */
  | 'digest';

/** Into how many parts a file is cut. */
export function partCount(bytes: number, partBytes: number): number {
  return Math.ceil(bytes / partBytes);
}

/** Where a part (numbered from 1) stands in its file. */
export function partRange(
  bytes: number,
  partBytes: number,
  part: number,
): { readonly start: number; readonly bytes: number } {
  const start = (part - 1) * partBytes;
  return { start, bytes: Math.min(partBytes, bytes - start) };
}

/** SHA-256, in hex, of the digests of the parts one after the other: what S3 calls a composite checksum. */
export function compositeDigest(sha256: readonly string[]): string {
  const hash = createHash('sha256');
  for (const digest of sha256) hash.update(Buffer.from(digest, 'hex'));
  return hash.digest('hex');
}

/** What is wrong with the parts of a manifest entry, or with their absence; null where nothing is. */
export function checkParts({ bytes, sha256, parts, archived }: PartedFile): PartsProblem | null {
  const inParts = bytes > wholeFileByteLimit && archived === undefined;
  if (parts === undefined) return inParts ? 'required' : null;
  if (!inParts) return 'not-allowed';
  if (parts.sha256.length !== partCount(bytes, parts.bytes)) return 'count';
  return compositeDigest(parts.sha256) === sha256 ? null : 'digest';
}
