import { holdsIdentifyingPattern } from '../identifiers/identifying-patterns';
import { wordsOf } from '../identifiers/normalise-text';
import { isClinicalTerm } from './terms';

const decimal = /^[ ]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?[ ]*$/;
const integer = /^[ ]*[+-]?\d{1,10}[ ]*$/;
const codeString = /^[A-Za-z0-9_ \-./]{0,16}$/;

/** A DS value (PS3.5 section 6.2): a decimal number, of more digits than allowed in practice. */
export const isDecimalString = (value: string): boolean => value.length <= 32 && decimal.test(value);

export const isIntegerString = (value: string): boolean => integer.test(value) && value.length <= 13;

/**
 * A CS value whose words are terms. Code strings are a closed vocabulary in the standard; what is none of its words
 * may be a name that somebody put there. Words of two letters and numbers of five digits are codes, but not together a
 * date, a postcode or a telephone number.
 */
export const isCodeString = (value: string): boolean =>
  codeString.test(value) &&
  !holdsIdentifyingPattern(value) &&
  wordsOf(value).every((word) => word.length <= 2 || /^\d{1,5}$/.test(word) || isClinicalTerm(word));

/** Patient Orientation (0020,0020): letters of directions (PS3.3 section C.7.6.1.1.1). */
export const isOrientation = (value: string): boolean => /^[LRAPHF]{0,3}$/.test(value);

export const isTime = (value: string): boolean =>
  /^(?:[01]\d|2[0-3])(?::?[0-5]\d(?::?(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?$/.test(value.trim());

/**
 * A UID registered by the standard: classes, syntaxes, schemes, well-known frames of reference (PS3.6 annex A). None has
 * a component of more than four digits; what has is somebody's own, and may hold a number of a patient.
 */
export const isRegisteredUid = (uid: string): boolean =>
  uid.length <= 40 && /^1\.2\.840\.10008(?:\.(?:0|[1-9]\d{0,3})){1,9}$/.test(uid);

/** A UID by the form of PS3.5 section 9.1; leading zeros of a component are tolerated in what is mapped anyway. */
export const isUid = (uid: string): boolean => uid.length <= 64 && /^\d+(?:\.\d+)+$/.test(uid);
