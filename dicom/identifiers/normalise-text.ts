/** Letters and digits alone carry identity: case, accents, widths and what stands between words do not. */

/** Compatibility forms unified, accents off, lower case. */
export function fold(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test for plain ASCII, which needs no folding
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Runs of letters and digits, folded. */
export const wordsOf = (text: string): string[] => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** Letters and digits alone, folded, nothing between them. */
export const compact = (text: string): string => fold(text).replace(/[^\p{L}\p{N}]+/gu, '');
