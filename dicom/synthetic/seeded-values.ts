import { createHash } from 'node:crypto';

/** A UID from the UUID-derived root (PS3.5 B.2), the same for the same seed and name. */
export function seededUid(seed: string, name: string): string {
  const digest = createHash('sha256').update(`${seed}\0${name}`).digest();
  return `2.25.${BigInt(`0x${digest.subarray(0, 16).toString('hex')}`)}`;
}

/** A whole number from 0 to below `limit`, the same for the same seed and name. */
export function seededNumber(seed: string, name: string, limit: number): number {
  return createHash('sha256').update(`${seed}\0${name}`).digest().readUInt32LE(0) % limit;
}

/** Pseudo-random bytes for pixel noise (xorshift32), the same for the same seed. */
export function seededNoise(seed: string, length: number): Buffer {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0) | 1;
  const noise = Buffer.alloc(length);
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    noise[i] = state & 0xff;
  }
  return noise;
}
