import { compact, fold, wordsOf } from './normalise-text';

/** Words that archives write where there is no name: they say nothing of anybody. */
const placeholders = new Set([
  'anon', 'anonymised', 'anonymized', 'anonymous', 'available', 'default', 'deidentified', 'dicom', 'image', 'name',
  'none', 'null', 'patient', 'phantom', 'removed', 'sample', 'study', 'test', 'undefined', 'unknown', 'unnamed',
  'empty', 'value', 'xxxx', 'xxxxx', 'xxxxxx', 'zzzz',
]); // biome-ignore format: a table

/** The least number of as many digits. */
const leastComparedNumber = 100_000;
/** A number of so many digits stands in another by chance once in 10^10. */
const distinctiveDigits = 10;

/** Dates that programs write where they know none. */
const nominalDates = new Set([
  '00010101',
  '18000101',
  '18581117',
  '19000101',
  '19010101',
  '19700101',
  '99991231',
]);

/** Shorter values meet others by chance; they are compared at their own place only. */
export const shortestSearched = 4;
/** From this length a value is searched inside longer words too. */
export const shortestInside = 6;

/**
 * What identifies the people and places of one instance, gathered from the source before anything is changed; used
 * to clean text, and again to search the output.
 */
export class IdentifyingValues {
  /** Folded words of names and places, of 4 characters and more. */
  readonly words = new Set<string>();
  /** Folded parts of the patient's names of 2 and 3 characters: taken out of text, never searched. */
  readonly shortWords = new Set<string>();
  /** Whole values, letters and digits only, of 6 characters and more. */
  readonly phrases = new Set<string>();
  /** Runs of digits of 4 and more that are a value of their own. */
  readonly numbers = new Set<string>();
  /** The same without leading zeros, as they are where they became numbers. */
  readonly #bareNumbers = new Set<string>();
  readonly #longNumbers: string[] = [];
  /** UIDs that were mapped. */
  readonly uids = new Set<string>();
  /** Values as their bytes stood, of 6 bytes and more. */
  readonly raw = new Map<string, Buffer>();
  /** Values that are searched inside of others, worked out when there were so many in all: they only ever grow. */
  #searchedInside: { readonly outOf: number; readonly values: readonly string[] } = { outOf: 0, values: [] };

  /** A name: its parts and the whole identify. */
  addName(text: string): void {
    for (const group of text.split('=')) this.#addPhrase(group.replaceAll('^', ' '));
    for (const word of wordsOf(text)) {
      if (/^\d+$/.test(word)) this.#addNumber(word);
      else if (word.length >= shortestSearched) {
        if (!placeholders.has(word)) this.words.add(word);
      } else if (word.length >= 2) this.shortWords.add(word);
    }
  }

  /** An identifier: the whole identifies, and so do its digits. */
  addId(text: string): void {
    this.#addPhrase(text);
    const word = compact(text);
    if (/^\d+$/.test(word)) this.#addNumber(word);
    else if (word.length >= shortestSearched && word.length < shortestInside && !placeholders.has(word)) {
      this.words.add(word);
    }
    for (const digits of fold(text).match(/\d{6,}/g) ?? []) this.#addNumber(digits);
  }

  /** A place or an institution: the whole, and the words that `isOrdinary` does not know. */
  addPlace(text: string, isOrdinary: (word: string) => boolean): void {
    const words = wordsOf(text);
    const own = words.filter((word) => !isOrdinary(word));
    if (own.length > 0) this.#addPhrase(text);
    for (const word of own) {
      if (/^\d+$/.test(word)) this.#addNumber(word);
      else if (word.length >= shortestSearched && !placeholders.has(word)) this.words.add(word);
    }
  }

  addUid(uid: string): void {
    if (uid !== '') this.uids.add(uid);
  }

  /** Bytes of an identifying value, to be searched for as they are. */
  addRaw(value: Buffer): void {
    let end = value.length;
    while (end > 0 && (value[end - 1] === 0x20 || value[end - 1] === 0x00)) end -= 1;
    const trimmed = value.subarray(0, end);
    const text = trimmed.toString('latin1');
    const distinctive = trimmed.length >= shortestInside && !/^[\d.\s]{0,9}$/.test(text);
    if (distinctive && !placeholders.has(compact(text))) this.raw.set(text, trimmed);
  }

  #addPhrase(text: string): void {
    const phrase = compact(text);
    if (phrase.length >= shortestInside && !placeholders.has(phrase)) this.phrases.add(phrase);
  }

  #addNumber(digits: string): void {
    if (digits.length < shortestSearched || /^(\d)\1*$/.test(digits) || this.numbers.has(digits)) return;
    this.numbers.add(digits);
    this.#bareNumbers.add(digits.replace(/^0+/, ''));
    if (digits.length >= distinctiveDigits) this.#longNumbers.push(digits);
  }

  /** A date of the source, as people and programs write it as a number. */
  addDate(text: string): void {
    const [, year = '', month = '', day = ''] = /^(\d{4})\.?(\d{2})\.?(\d{2})/.exec(text) ?? [];
    if (year === '' || nominalDates.has(year + month + day)) return;
    for (const digits of [year + month + day, day + month + year, month + day + year])
      this.#addNumber(digits);
  }

  /** Whether a decimal number is one by which somebody is known: with a sign, zeros, a fraction of zeros, an exponent. */
  isKnownNumber(text: string): boolean {
    if (text.length < shortestInside) return false;
    if (this.numbers.has(text.trim())) return true;
    const value = Math.abs(Number(text));
    if (value >= leastComparedNumber && this.#bareNumbers.has(String(value))) return true;
    if (text.length < distinctiveDigits || this.#longNumbers.length === 0) return false;
    const digits = text.replace(/\D/g, '');
    return this.#longNumbers.some((number) => digits.includes(number));
  }

  /** Whether one folded word is, or holds, something identifying. */
  holdsWord(word: string): boolean {
    if (this.words.has(word) || this.numbers.has(word) || this.phrases.has(word)) return true;
    return word.length >= shortestInside && this.#insideOf(word);
  }

  /** Whether text holds something identifying, in any spelling. */
  holdsText(text: string): boolean {
    const words = wordsOf(text);
    const whole = words.length === 1 ? (words[0] as string) : words.join('');
    if (whole.length < shortestSearched) return false;
    // What stands in a word stands in the whole: where the whole holds none, only words that are too short to be held
    // are left to be looked at.
    if (!this.#insideOf(whole)) {
      return words.some(
        (word) => word.length < shortestInside && (this.words.has(word) || this.numbers.has(word)),
      );
    }
    if (words.some((word) => this.holdsWord(word))) return true;
    for (const phrase of this.phrases) if (whole.includes(phrase)) return true;
    for (const number of this.numbers) if (number.length >= 8 && whole.includes(number)) return true;
    return false;
  }

  /** Whether letters and digits hold a value that is long enough to be searched inside of others. */
  #insideOf(letters: string): boolean {
    const outOf = this.words.size + this.phrases.size + this.numbers.size;
    if (this.#searchedInside.outOf !== outOf) {
      const all = [...this.words, ...this.phrases, ...this.numbers];
      this.#searchedInside = { outOf, values: all.filter((value) => value.length >= shortestInside) };
    }
    for (const value of this.#searchedInside.values) if (letters.includes(value)) return true;
    return false;
  }
}
