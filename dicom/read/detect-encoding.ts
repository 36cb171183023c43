import {
  type Encoding,
  explicitBigEndian,
  explicitLittleEndian,
  implicitLittleEndian,
} from '../data-set/data-element';
import { tagOf } from '../data-set/tag';
import { lookUp } from '../dictionary/data-dictionary';
import { hasLongLength, isKnownVr } from '../dictionary/value-representation';

/**
 * How a data set is encoded, judged by its first element alone, which every data set of a stored object has in group
 * 0008 (its group length, Specific Character Set, Image Type or SOP Class UID). Null where no encoding fits: nothing
 * is guessed that could be misread. `head` holds the first bytes of the data set, at least 12 where there are so many.
 */
export function detectEncoding(head: Buffer): Encoding | null {
  if (head.length < 8) return null;
  const explicitVr = head.toString('latin1', 4, 6);
  const little = head.readUInt16LE(0) === 0x0008;
  const big = head.readUInt16BE(0) === 0x0008;
  if (isKnownVr(explicitVr)) {
    if (hasLongLength(explicitVr) && (head[6] !== 0 || head[7] !== 0)) return null;
    if (little) return explicitLittleEndian;
    return big ? explicitBigEndian : null;
  }
  if (!little) return null;
  const tag = tagOf(0x0008, head.readUInt16LE(2));
  const known = (tag & 0xffff) === 0 || lookUp(tag) !== undefined;
  // The first element of group 0008 is short in every information object; a long one is another format by chance.
  return known && head.readUInt32LE(4) <= 1024 ? implicitLittleEndian : null;
}
