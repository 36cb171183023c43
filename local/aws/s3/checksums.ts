import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../service';
import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  type RunningChecksum,
  startChecksum,
} from './checksum-algorithms';
import { invalidRequest } from './s3-errors';

/** What a client says that the bytes it sends must come to. */
export interface ExpectedChecksums {
  /** Base64. */
  readonly contentMd5?: string;
  readonly checksum?: {
    readonly algorithm: ChecksumAlgorithm;
    /** Base64, from the header; absent where it comes in the trailer, or is to be computed without a comparison. */
    readonly value?: string;
    readonly inTrailer: boolean;
  };
}

const DIGEST_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The algorithm that a name in a header means. Throws `InvalidRequest`. */
export function readAlgorithm(name: string): ChecksumAlgorithm {
  const algorithm = CHECKSUM_ALGORITHMS.find((candidate) => candidate === name.toUpperCase());
  if (algorithm === undefined) throw invalidRequest(`Checksum algorithm ${name} is not known`);
  return algorithm;
}

/** Reads what a request says of its checksums. Throws `InvalidDigest` or `InvalidRequest`. */
export function readExpectedChecksums(headers: IncomingHttpHeaders): ExpectedChecksums {
  const contentMd5 = single(headers['content-md5']);
  if (contentMd5 !== undefined && decodedLength(contentMd5) !== 16)
    throw new AwsError('InvalidDigest', 'The Content-MD5 you specified is not valid.', 400);
  const given = CHECKSUM_ALGORITHMS.filter((algorithm) => headers[checksumHeader(algorithm)] !== undefined);
  const [algorithm] = given;
  if (given.length > 1)
    throw invalidRequest(
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  if (algorithm !== undefined) {
    const value = single(headers[checksumHeader(algorithm)]) ?? '';
    if (decodedLength(value) !== DIGEST_BYTES[algorithm])
      throw invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`);
    return { contentMd5, checksum: { algorithm, value, inTrailer: false } };
  }
  const trailer = single(headers['x-amz-trailer'])
    ?.split(',')
    .map((name) => name.trim().toLowerCase())
    .find((name) => name.startsWith('x-amz-checksum-'));
  if (trailer === undefined) return { contentMd5 };
  return {
    contentMd5,
    checksum: { algorithm: readAlgorithm(trailer.slice('x-amz-checksum-'.length)), inTrailer: true },
  };
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function decodedLength(base64: string): number {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? Buffer.from(base64, 'base64').length : -1;
}

/** Computes while bytes flow what has to be compared or kept, each digest once. */
export class ChecksumCheck {
  private readonly md5: RunningChecksum | undefined;
  private readonly running: RunningChecksum | undefined;

  /**
   * @param needsMd5 the ETag is the MD5 of the bytes
   * @param bodySha256 hex digest that the gateway computes anyway; then SHA-256 is not computed twice
   */
  constructor(
    private readonly expected: ExpectedChecksums,
    needsMd5: boolean,
    private readonly bodySha256?: () => string | undefined,
  ) {
    if (needsMd5 || expected.contentMd5 !== undefined) {
      const hash = createHash('md5');
      this.md5 = {
        update: (chunk) => {
          hash.update(chunk);
        },
        digest: () => hash.digest('base64'),
      };
    }
    const algorithm = expected.checksum?.algorithm;
    if (algorithm !== undefined && !(algorithm === 'SHA256' && bodySha256 !== undefined))
      this.running = startChecksum(algorithm);
  }

  /** Whether anything is computed that does not come with the body. */
  get needsBytes(): boolean {
    return this.md5 !== undefined || this.running !== undefined;
  }

  update(chunk: Uint8Array): void {
    this.md5?.update(chunk);
    this.running?.update(chunk);
  }

  /**
   * Compares. Throws `BadDigest`.
   * @returns the MD5 in hex where it was computed, the checksum in base64 where one was asked for
   */
  finish(trailers: Readonly<Record<string, string>> = {}): { md5?: string; checksum?: string } {
    const md5 = this.md5?.digest();
    const { contentMd5, checksum } = this.expected;
    if (contentMd5 !== undefined && md5 !== contentMd5)
      throw badDigest('The Content-MD5 you specified did not match what we received.');
    const hex = md5 === undefined ? undefined : Buffer.from(md5, 'base64').toString('hex');
    if (checksum === undefined) return { md5: hex };
    const computed =
      this.running?.digest() ?? Buffer.from(this.bodySha256?.() ?? '', 'hex').toString('base64');
    const given = checksum.inTrailer ? trailers[checksumHeader(checksum.algorithm)] : checksum.value;
    if (given !== undefined && given !== computed)
      throw badDigest(`The ${checksum.algorithm} you specified did not match the calculated checksum.`);
    if (given === undefined && checksum.inTrailer)
      throw invalidRequest(`The trailer ${checksumHeader(checksum.algorithm)} is missing.`);
    return { md5: hex, checksum: computed };
  }
}

function badDigest(message: string): AwsError {
  return new AwsError('BadDigest', message, 400);
}
