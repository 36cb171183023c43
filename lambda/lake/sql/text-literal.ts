/**
 * A text as a literal of SQL: in apostrophes, an apostrophe doubled, which is all that both engines know of escapes.
 * @throws Error for a NUL, which neither takes
 */
export function textLiteral(text: string): string {
  if (text.includes('\0')) throw new Error('a NUL in a literal');
  return `'${text.replaceAll("'", "''")}'`;
}
