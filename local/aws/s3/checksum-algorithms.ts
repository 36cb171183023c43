import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Checksum algorithms that S3 verifies and keeps with an object. */
export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';

export const CHECKSUM_ALGORITHMS: readonly ChecksumAlgorithm[] = [
  'CRC32',
  'CRC32C',
  'CRC64NVME',
  'SHA1',
  'SHA256',
];

/** A running checksum; `digest` is base64, as S3 writes checksums. */
export interface RunningChecksum {
  update(chunk: Uint8Array): void;
  digest(): string;
}

export function startChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case 'CRC32':
      return new Crc32();
    case 'CRC32C':
      return new Crc32c();
    case 'CRC64NVME':
      return new Crc64Nvme();
    case 'SHA1':
      return runningHash('sha1');
    case 'SHA256':
      return runningHash('sha256');
  }
}

function runningHash(name: 'sha1' | 'sha256'): RunningChecksum {
  const hash = createHash(name);
  return {
    update: (chunk) => {
      hash.update(chunk);
    },
    digest: () => hash.digest('base64'),
  };
}

class Crc32 implements RunningChecksum {
  private value = 0;

  update(chunk: Uint8Array): void {
    this.value = crc32(chunk, this.value);
  }

  digest(): string {
    return bigEndian(this.value).toString('base64');
  }
}

/** Castagnoli polynomial, reflected. */
const CRC32C_POLYNOMIAL = 0x82f63b78;
const crc32cTable = new Uint32Array(256).map((_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ CRC32C_POLYNOMIAL : value >>> 1;
  return value;
});

class Crc32c implements RunningChecksum {
  private value = 0xffffffff;

  update(chunk: Uint8Array): void {
    let value = this.value;
    for (let index = 0; index < chunk.length; index++) {
      value = ((crc32cTable[(value ^ (chunk[index] as number)) & 0xff] as number) ^ (value >>> 8)) >>> 0;
    }
    this.value = value;
  }

  digest(): string {
    return bigEndian((this.value ^ 0xffffffff) >>> 0).toString('base64');
  }
}

/** CRC-64/NVME polynomial, reflected; its halves stand apart because numbers hold 53 bits. */
const CRC64_POLYNOMIAL = 0x9a6c9329ac4bc9b5n;
const crc64High = new Uint32Array(256);
const crc64Low = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ CRC64_POLYNOMIAL : value >> 1n;
  crc64High[byte] = Number(value >> 32n);
  crc64Low[byte] = Number(value & 0xffffffffn);
}

class Crc64Nvme implements RunningChecksum {
  private high = 0xffffffff;
  private low = 0xffffffff;

  update(chunk: Uint8Array): void {
    let { high, low } = this;
    for (let position = 0; position < chunk.length; position++) {
      const index = (low ^ (chunk[position] as number)) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (crc64Low[index] as number);
      high = (high >>> 8) ^ (crc64High[index] as number);
    }
    this.high = high;
    this.low = low;
  }

  digest(): string {
    return Buffer.concat([bigEndian(~this.high >>> 0), bigEndian(~this.low >>> 0)]).toString('base64');
  }
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
