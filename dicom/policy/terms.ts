import tables from './terms.data.json';

const split = (text: string): string[] => text.split(' ');

/** Words that may stand in cleaned text: of the standard, of its defined terms, of radiology. None is a person's alone. */
const clinical = new Set([
  ...split(tables.standard),
  ...split(tables.definedTerms),
  ...split(tables.radiology),
]);
const device = new Set(split(tables.devices));

/** At most three digits: a slice thickness, a series; not a year, a time, a record number. */
const smallNumber = /^\d{1,3}$/;
const spinalLevels = /^[ctls]\d{1,2}[ctls]?\d{0,2}$/;
/** Letters and digits in at most three runs, as in `t2w`, `b50f`, `3mm`. */
const mixed = /^(?:[a-z]+\d{1,3}[a-z]*|\d{1,3}[a-z]+\d{0,3})$/;

const isWord = (word: string, words: ReadonlySet<string>): boolean =>
  word.length === 1 || words.has(word) || clinical.has(word);

function isTerm(word: string, words: ReadonlySet<string>): boolean {
  if (smallNumber.test(word) || isWord(word, words) || spinalLevels.test(word)) return true;
  if (!mixed.test(word)) return false;
  if (word.replace(/\D/g, '').length > 3) return false;
  return (word.match(/[a-z]+/g) ?? []).every((letters) => isWord(letters, words));
}

const noWords: ReadonlySet<string> = new Set();

/** A folded word that says something clinical or technical. */
export const isClinicalTerm = (word: string): boolean => isTerm(word, noWords);

/** The same, or a name of a maker, model or version of a device. */
export const isDeviceTerm = (word: string): boolean =>
  isTerm(word, device) || /^(?:v[a-z]?|n|r|sp|mr|ver|rel|hf|sw)?\d{1,4}[a-z]{0,2}\d{0,2}[a-z]?$/.test(word);
