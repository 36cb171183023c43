import type { IdentifyingValues } from '../identifiers/identifying-values';
import { fold } from '../identifiers/normalise-text';

/**
 * Addresses, links, and runs of six digits and more however they are grouped: dates, telephone and record numbers. Those
 * that may begin anywhere in a word look at its beginning only, so that a long word costs no more than its length.
 */
const patterns = [
  /(?<![^\s@])[^\s@]+@[^\s@]+/gu,
  /\b(?:https?|ftp):\/\/\S+|\bwww\.\S+/giu,
  /(?<![\p{L}\p{N}])[\p{L}\p{N}]*\d(?:[\s\u00a0\u2000-\u200b\u202f/.:_\u2010-\u2015-]{0,2}\d){5,}[\p{L}\p{N}]*/gu,
  /\b\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b/gu,
  /\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b/giu,
];

const tokens = /[\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+/gu;
const isWord = /^[\p{L}\p{M}\p{N}]/u;
/** What may stand between two kept words as it was; anything else becomes a space. */
const plainSeparator = /^[ _\-/.,:;()+*%&=<>#'\r\n\t]{1,4}$/;

/**
 * Cleans one value of free text word by word: a word stays if it is a term and is nothing of this patient's, and
 * everything else goes. The result is ASCII and may be empty.
 */
export function cleanText(
  text: string,
  identifying: IdentifyingValues,
  isTerm: (word: string) => boolean,
): string {
  // Numbers that a removed word kept apart may together be one: again until nothing more goes.
  let before = text;
  for (;;) {
    const after = cleanOnce(before, identifying, isTerm);
    if (after === before || after === '') return after;
    before = after;
  }
}

function cleanOnce(text: string, identifying: IdentifyingValues, isTerm: (word: string) => boolean): string {
  let rest = text;
  for (const pattern of patterns) rest = rest.replace(pattern, ' \u0000 ');
  let cleaned = '';
  let separator = '';
  let gap = false;
  for (const [token] of rest.matchAll(tokens)) {
    if (!isWord.test(token)) {
      separator = gap ? ' ' : token;
      continue;
    }
    const word = fold(token);
    const stays =
      isTerm(word) &&
      /^[a-z0-9]+$/.test(word) &&
      !identifying.holdsWord(word) &&
      !identifying.shortWords.has(word);
    if (!stays) {
      gap = true;
      continue;
    }
    const kept = /^[\x21-\x7e]+$/.test(token) ? token : word;
    if (cleaned !== '') cleaned += !gap && plainSeparator.test(separator) ? separator : ' ';
    cleaned += kept;
    separator = '';
    gap = false;
  }
  return identifying.holdsText(cleaned) ? '' : cleaned;
}
