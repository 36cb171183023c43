/**
 * Every value in a text of SQL passes here. Values come from closed lists and narrow patterns before; this is the last
 * door, and it refuses what they should not have let through.
 */

/** Printable ASCII, as long as the longest address of an object. What a value may be made of is narrower by far. */
const literalText = /^[ -~]{0,1100}$/;

/**
 * A string in quotation marks, those inside doubled.
 * @throws Error where it holds anything but printable ASCII
 */
export function stringLiteral(value: string): string {
  if (!literalText.test(value)) throw new Error('a string that no question may hold');
  return `'${value.replaceAll("'", "''")}'`;
}

/** A list of strings, in brackets. */
export const stringList = (values: readonly string[]): string =>
  values.length === 0 ? '(NULL)' : `(${values.map(stringLiteral).join(', ')})`;

/**
 * A double, with an exponent: without one both engines read a decimal.
 * @throws Error where it is not finite
 */
export function doubleLiteral(value: number): string {
  if (!Number.isFinite(value)) throw new Error('a number that no question may hold');
  const text = String(value).toUpperCase();
  return text.includes('E') ? text.replace('E+', 'E') : `${text}E0`;
}

/**
 * A whole number.
 * @throws Error where it is none, or not exact
 */
export function integerLiteral(value: number): string {
  if (!Number.isSafeInteger(value)) throw new Error('a number that no question may hold');
  return String(value);
}
