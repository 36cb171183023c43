/** Letters and digits alone carry identity: case, accents, widths and what stands between words do not. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: the test for plain ASCII, which needs no folding
const plain = /^[\x00-\x7f]*$/;

/** Compatibility forms unified, accents off, lower case. */
export function fold(text: string): string {
  if (plain.test(text)) return text.toLowerCase();
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Runs of letters and digits, folded. */
export function wordsOf(text: string): string[] {
  if (plain.test(text)) return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Letters and digits alone, folded, nothing between them. */
export const compact = (text: string): string => wordsOf(text).join('');
