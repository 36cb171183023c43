/** What a text is not a filter for. */
export const filterErrorCodes = [
  'FILTER_TOO_LONG',
  'FILTER_TOO_DEEP',
  'FILTER_CHARACTER',
  'FILTER_SYNTAX',
  'FILTER_UNKNOWN_FIELD',
  'FILTER_OPERATOR',
  'FILTER_UNKNOWN_VALUE',
  'FILTER_NUMBER',
] as const;

export type FilterErrorCode = (typeof filterErrorCodes)[number];

export interface FilterFault {
  readonly code: FilterErrorCode;
  /** Column of the first sign that is wrong, from 1. */
  readonly position: number;
  /** What stands there: printable ASCII, at most `shownLength` signs, no number that could be one of a person. */
  readonly found: string;
  /** What could stand there, in words. */
  readonly expected: string;
  /** The field, operator or value that was probably meant. */
  readonly nearest?: string;
}

/** The only error that reading a filter throws. Its message may be shown and logged. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  readonly code: FilterErrorCode;

  constructor(readonly fault: FilterFault) {
    super(faultText(fault));
    this.code = fault.code;
  }
}

/** Signs of a text that an error repeats, at most. */
export const shownLength = 40;

/**
 * Digits from which a number could be an NHS number, a hospital number, a date or a part of a UID, also where they stand in
 * groups: 943 476 5919, 12/03/1956.
 */
const personalDigits = /\d(?:[ ./:_-]?\d){6,}/g;

/** A piece of a filter as an error may repeat it: other signs than printable ASCII by their code points. */
export function shownText(text: string): string {
  const printable = [...text.slice(0, shownLength * 2)]
    .map((sign) => (/[ -~]/.test(sign) ? sign : `U+${hexadecimal(sign)}`))
    .join('')
    .replace(personalDigits, '[digits]');
  return printable.length <= shownLength ? printable : `${printable.slice(0, shownLength - 3)}...`;
}

const hexadecimal = (sign: string): string =>
  (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');

function faultText({ code, position, found, expected, nearest }: FilterFault): string {
  const place = found === '' ? `Column ${position}` : `Column ${position}, "${found}"`;
  const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  return `${code}: ${place}: expected ${expected}.${meant}`;
}
