import { type NhsNumber, parseNhsNumber } from '../../dicom/nhs-number';

/** The valid NHS numbers of a file with one a line; anything else in it is left out, since one bad line makes the service refuse a request. */
export function readSubjects(text: string): Set<NhsNumber> {
  const numbers = new Set<NhsNumber>();
  for (const line of text.split(/\r?\n/)) {
    const number = parseNhsNumber(line.replace(/,\s*$/, ''));
    if (number !== null) numbers.add(number);
  }
  return numbers;
}

/** A request to the National Data Opt-out service as MESH carries it: number, comma, line feed. */
export function writeRequest(numbers: ReadonlySet<NhsNumber>): string {
  return [...numbers]
    .sort()
    .map((number) => `${number},\n`)
    .join('');
}

/** Why an answer passes nobody. */
export type ClearanceRefusal =
  | 'CLEARANCE_MALFORMED'
  | 'CLEARANCE_NOT_ASKED'
  | 'CLEARANCE_UNEXPECTED'
  | 'CLEARANCE_STALE'
  | 'CLEARANCE_LATE';

export type CheckedResponse =
  | { readonly valid: true; readonly numbers: ReadonlySet<NhsNumber> }
  | { readonly valid: false; readonly code: ClearanceRefusal };

/** A line of the answer: ten digits, and the comma that the service puts behind them. */
const responseLine = /^(\d{10}),?$/;

/**
 * Checks the service's answer, which lists the numbers that are not opted out. Every line must be a valid number that
 * was asked about, and must have its end: one line that is not makes the whole answer worthless, since nobody knows
 * whose it is or what is missing. An answer cut at the end of a line cannot be told from one that clears fewer.
 */
export function checkResponse(text: string, asked: ReadonlySet<NhsNumber>): CheckedResponse {
  const lines = text.split(/\r?\n/);
  if (lines.pop() !== '') return { valid: false, code: 'CLEARANCE_MALFORMED' };
  const numbers = new Set<NhsNumber>();
  for (const line of lines) {
    const digits = responseLine.exec(line)?.[1];
    const number = digits === undefined ? null : parseNhsNumber(digits);
    if (number === null) return { valid: false, code: 'CLEARANCE_MALFORMED' };
    if (!asked.has(number)) return { valid: false, code: 'CLEARANCE_NOT_ASKED' };
    numbers.add(number);
  }
  return { valid: true, numbers };
}
