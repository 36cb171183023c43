import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  checkParts,
  compositeDigest,
  type FileParts,
  partLimit,
  wholeFileByteLimit,
} from '../../lambda/submission/parts.contract';

const mebibyte = 1024 ** 2;

/**
 * Size of a part: a connection that breaks repeats at most so much (half a minute at 1 MB/s), and a file of 10 GB has
 * 299 of them.
 */
const usualPartBytes = 32 * mebibyte;

/** Bytes read at once. */
const readBytes = mebibyte;

/** Length and SHA-256 of a file as the manifest lists it: of the whole, or of its parts. */
export interface FileDigest {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly parts?: FileParts;
}

/** Size of the parts of a file: the usual one, or the mebibytes that keep it within S3's number of parts. */
export function partSize(bytes: number): number {
  return Math.max(usualPartBytes, Math.ceil(bytes / partLimit / mebibyte) * mebibyte);
}

async function digestWhole(location: string | Buffer, onBytes: (bytes: number) => void): Promise<FileDigest> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(location, { highWaterMark: readBytes })) {
    hash.update(chunk);
    bytes += chunk.length;
    onBytes(chunk.length);
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function digestParts(
  location: string | Buffer,
  partBytes: number,
  onBytes: (bytes: number) => void,
): Promise<FileDigest> {
  const sha256: string[] = [];
  let hash: Hash | null = null;
  let room = partBytes;
  let bytes = 0;
  const endPart = () => {
    if (hash !== null) sha256.push(hash.digest('hex'));
    hash = null;
    room = partBytes;
  };
  for await (const chunk of createReadStream(location, { highWaterMark: readBytes })) {
    for (let from = 0; from < chunk.length; ) {
      const piece: Buffer = chunk.subarray(from, from + room);
      hash ??= createHash('sha256');
      hash.update(piece);
      room -= piece.length;
      from += piece.length;
      if (room === 0) endPart();
    }
    bytes += chunk.length;
    onBytes(chunk.length);
  }
  endPart();
  return { bytes, sha256: compositeDigest(sha256), parts: { bytes: partBytes, sha256 } };
}

/**
 * Reads a file once and digests it as the manifest wants it: whole up to 100 MB, in parts above.
 * @param expectedBytes its length when the folder was walked; one that has crossed the limit since is read again
 */
export async function digestForManifest(
  location: string | Buffer,
  expectedBytes: number,
  onBytes: (bytes: number) => void,
): Promise<FileDigest> {
  const digest =
    expectedBytes > wholeFileByteLimit
      ? await digestParts(location, partSize(expectedBytes), onBytes)
      : await digestWhole(location, onBytes);
  return checkParts(digest) === null ? digest : digestForManifest(location, digest.bytes, onBytes);
}

/** SHA-256 of a file, hex, and its length. */
export function fileDigest(location: string | Buffer): Promise<{ sha256: string; bytes: number }> {
  return digestWhole(location, () => {});
}

/** SHA-256, hex, of `bytes` from `start`; of what there is, where the file is shorter. */
export async function rangeDigest(location: Buffer, start: number, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  const range = { start, end: start + bytes - 1, highWaterMark: readBytes };
  for await (const chunk of createReadStream(location, range)) hash.update(chunk);
  return hash.digest('hex');
}
