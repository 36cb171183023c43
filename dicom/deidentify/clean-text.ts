import { replaceIdentifyingPatterns } from '../identifiers/identifying-patterns';
import type { IdentifyingValues } from '../identifiers/identifying-values';
import { fold } from '../identifiers/normalise-text';

const tokens = /[\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+/gu;
const isWord = /^[\p{L}\p{M}\p{N}]/u;
/** What may stand between two kept words as it was; anything else becomes a space. */
const plainSeparator = /^[ _\-/.,:;()+*%&=<>#'\r\n\t]{1,4}$/;

/** Text that is not settled by then is made to cost time: it goes whole. */
const mostRounds = 16;

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
  for (let round = 0; round < mostRounds; round += 1) {
    const after = cleanOnce(before, identifying, isTerm);
    if (after === before || after === '') return after;
    before = after;
  }
  return '';
}

function cleanOnce(text: string, identifying: IdentifyingValues, isTerm: (word: string) => boolean): string {
  const rest = replaceIdentifyingPatterns(text, ' \u0000 ');
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
