/** English words that say nothing by themselves; they are no evidence of what was kept or removed. */
const stopWords = new Set(
  (
    'i me my we our you your he him his she her it its they them their what which who whom this that these those am is ' +
    'are was were be been being have has had do does did a an the and but if or because as until while of at by for with ' +
    'about against between into through during before after above below to from up down in out on off over under again ' +
    'further then once here there when where why how all any both each few more most other some such no nor not only own ' +
    'same so than too very s t can will just don should now'
  ).split(' '),
);

const plainNumber = /^[+-]?\d+(?:\.\d*)?$/;

const bothNumbers = (answer: string, value: string): boolean =>
  plainNumber.test(answer.trim()) && plainNumber.test(value.trim());

/** Words as NLTK cuts them: punctuation stands apart, but for hyphens, full stops and apostrophes inside a word. */
export function wordTokens(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_]+(?:[-./'@][\p{L}\p{N}_]+)*/gu) ?? [];
  return words.filter((word) => !stopWords.has(word));
}

/** `text_retained`: the answer text, or all of its words, are still in the value. */
export function isRetained(answer: string, value: string): boolean {
  if (bothNumbers(answer, value)) return Number(answer) === Number(value);
  const where = value.toLowerCase();
  if (where.includes(answer.trim().toLowerCase())) return true;
  const words = wordTokens(answer);
  return words.length > 0 && words.every((word) => where.includes(word));
}

/** `text_removed`: neither the answer text nor any of its words is in the value. */
export function isRemoved(answer: string, value: string): boolean {
  if (bothNumbers(answer, value)) return Number(answer) !== Number(value);
  const where = value.toLowerCase();
  const whole = answer.trim().toLowerCase();
  if (whole !== '' && where.includes(whole)) return false;
  return !wordTokens(answer).some((word) => where.includes(word));
}
