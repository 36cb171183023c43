import { type DataElement, type Encoding, valueBytes } from '../data-set/data-element';
import { isPrivate } from '../data-set/tag';
import { lookUp } from '../dictionary/data-dictionary';
import { isBinaryVr, isNumericVr, isStringVr, numberSize } from '../dictionary/value-representation';

/**
 * The VR by which a value that is to be kept is judged: of numbers the one that the file states, since alternatives and
 * sizes differ; of text the standard's own, since any text could pass as that of an attribute of numbers. Null where the
 * value is of another nature than the attribute.
 */
export function vrToJudgeBy({ tag, vr }: DataElement): string | null {
  if (isPrivate(tag)) return vr;
  const own = lookUp(tag)?.vr ?? vr;
  if (own === 'CS' || own === 'DS' || own === 'IS') return isStringVr(vr) ? own : null;
  return isNumericVr(vr) ? vr : null;
}

/** Whether a file gives text as the value of an attribute that the standard makes bytes or numbers. */
export const isOfOtherNature = ({ tag, vr }: DataElement): boolean =>
  !isBinaryVr(vr) && isBinaryVr((lookUp(tag)?.vr ?? 'UN').slice(0, 2));

/** Bytes by which a run of numbers is judged: where they are all of words, so is the rest. */
const judgedBytes = 64;
/** Fewer bytes look like letters by chance too often. */
const fewestWordBytes = 8;
const wordBytes = /^[A-Za-z0-9 ^.,:'/@_-]+\0*$/;
const isSpelt = /[A-Za-z]{3}|\d{6}/;

/**
 * Whether bytes can be numbers of their VR: a whole number of them, and not letters and digits throughout, which numbers
 * are only where somebody wrote words.
 */
export function holdsNumbers(element: DataElement): boolean {
  if (!isBinaryVr(element.vr)) return true;
  if (element.length % numberSize(element.vr) !== 0) return false;
  if (element.length < fewestWordBytes) return true;
  const text = valueBytes(element).toString('latin1', 0, judgedBytes);
  return !(wordBytes.test(text) && isSpelt.test(text));
}

/** Fewer digits are met by chance too often to be compared. */
const leastComparedNumber = 100_000;

/** Whole numbers of six digits and more in a value of a VR whose numbers can have as many, as text. */
export function binaryNumbers(element: DataElement, encoding: Encoding): string[] {
  const size = numberSize(element.vr);
  if (!['FD', 'SL', 'SV', 'UL', 'UV'].includes(element.vr) || element.length % size !== 0) return [];
  const isSwapped = !encoding.littleEndian && !element.unknownVr;
  const bytes = isSwapped ? Buffer.from(valueBytes(element)) : valueBytes(element);
  if (isSwapped && size === 4) bytes.swap32();
  else if (isSwapped) bytes.swap64();
  const found: string[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const value =
      element.vr === 'FD'
        ? bytes.readDoubleLE(at)
        : size === 4
          ? bytes.readUInt32LE(at)
          : Number(bytes.readBigUInt64LE(at));
    if (Number.isSafeInteger(value) && Math.abs(value) >= leastComparedNumber) found.push(String(value));
  }
  return found;
}
