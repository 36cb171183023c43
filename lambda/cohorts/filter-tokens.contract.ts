import { FilterError, shownText } from './filter-error.contract';

/** Words, quoted texts, operators, brackets and commas of a filter. */
export type Token =
  | { readonly kind: 'word' | 'quoted'; readonly text: string; readonly position: number }
  | { readonly kind: 'operator'; readonly text: string; readonly position: number }
  | { readonly kind: '(' | ')' | ','; readonly text: string; readonly position: number }
  | { readonly kind: 'end'; readonly text: ''; readonly position: number };

/** Signs of a filter, at most. */
export const filterLength = 4000;

const space = /[ \t\r\n]+/y;
/** Fields, numbers, codes and words: `age_band`, `90+`, `0-9`, `2.5`, `E12000007`. */
const word = /[A-Za-z0-9][A-Za-z0-9_.+-]*/y;
const quoted = /"([^"]*)"|'([^']*)'/y;
/** Whatever stands together and looks like an operator is one token, so that `==` is named as a whole. */
const operator = /[=!<>~&|]+/y;

/**
 * Cuts a text into tokens, the last being `end`.
 * @throws FilterError FILTER_TOO_LONG, FILTER_CHARACTER, FILTER_SYNTAX
 */
export function filterTokens(text: string): readonly Token[] {
  if (text.length > filterLength)
    throw new FilterError({
      code: 'FILTER_TOO_LONG',
      position: filterLength + 1,
      found: '',
      expected: `at most ${filterLength} signs`,
    });
  const tokens: Token[] = [];
  let index = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = index;
    const match = pattern.exec(text);
    if (match !== null) index += match[0].length;
    return match;
  };
  while (index < text.length) {
    if (take(space)) continue;
    const position = index + 1;
    const sign = text[index] ?? '';
    if (sign === '(' || sign === ')' || sign === ',') {
      index += 1;
      tokens.push({ kind: sign, text: sign, position });
      continue;
    }
    const plain = take(word);
    if (plain) {
      tokens.push({ kind: 'word', text: plain[0], position });
      continue;
    }
    const quotedText = take(quoted);
    if (quotedText) {
      tokens.push({ kind: 'quoted', text: quotedText[1] ?? quotedText[2] ?? '', position });
      continue;
    }
    const symbols = take(operator);
    if (symbols) {
      tokens.push({ kind: 'operator', text: symbols[0], position });
      continue;
    }
    throw strangeSign(text, index);
  }
  return [...tokens, { kind: 'end', text: '', position: text.length + 1 }];
}

function strangeSign(text: string, index: number): FilterError {
  const sign = String.fromCodePoint(text.codePointAt(index) ?? 0);
  const position = index + 1;
  if (sign === '"' || sign === "'")
    return new FilterError({
      code: 'FILTER_SYNTAX',
      position,
      found: sign,
      expected: 'the quotation mark that ends the text',
    });
  return new FilterError({
    code: 'FILTER_CHARACTER',
    position,
    found: shownText(sign),
    expected: 'a field, a value, an operator or a bracket',
  });
}
