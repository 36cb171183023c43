import { randomBytes } from 'node:crypto';
import type { Clock } from './clock';

/** Crockford's base 32, lower case: no i, l, o, u. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Bytes of randomness in an id (80 bits, as in a ULID). */
const randomLength = 10;

function encodeBase32(value: bigint, length: number): string {
  let rest = value;
  let text = '';
  for (let index = 0; index < length; index += 1) {
    text = alphabet.charAt(Number(rest & 31n)) + text;
    rest >>= 5n;
  }
  return text;
}

/**
 * A new id: `<prefix>-` and 26 lower-case Crockford base32 characters, of which the first ten are the time in
 * milliseconds (ids sort by time) and the rest random, as in a ULID.
 */
export function newId(
  prefix: string,
  clock: Clock,
  random: (length: number) => Buffer = randomBytes,
): string {
  const time = encodeBase32(BigInt(clock.now().getTime()), 10);
  const noise = encodeBase32(BigInt(`0x${random(randomLength).toString('hex')}`), 16);
  return `${prefix}-${time}${noise}`;
}

/** What no id made at `time` or later sorts before. */
export function earliestId(prefix: string, time: Date): string {
  return `${prefix}-${encodeBase32(BigInt(Math.max(0, time.getTime())), 10)}`;
}
