/** Words of the comments by which encoders name themselves. A comment of other words is not kept. */
const encoderWords = new Set(
  (
    'accusoft adobe aware by charls codec compressed created creator dcmjpeg dcmtk encoded encoder file frame from gdcm ijg ' +
    'image imagemagick intel jasper jfif jpeg jpg kakadu lavc lavf lead library libjpeg lib ljif lossless openjpeg ' +
    'openjph optimised optimized pegasus pro quality software technologies the turbo using ver version with inc llc'
  ).split(' '),
);

/** Six digits however they are grouped, or a date: a version has fewer. */
const number = /\d(?:[^A-Za-z0-9]{0,4}\d){5,}|\d{1,2}\/\d{1,2}\/\d{2}/;
/** Numbers that say that they are a version. */
const version = /(?:\bv|ver|version)[\s.:[]*\d{1,3}(?:\.\d{1,2}){0,3}(?![.\d])/gi;
/** Letters that stand alone in a row spell a word. */
const spelt = /(?<![A-Za-z])[A-Za-z](?:[^A-Za-z]{1,3}[A-Za-z](?![A-Za-z])){2,}/;

/** Longest comment that is looked at: encoders' are short. */
const longestComment = 128;

/** Whether a text segment of a frame says nothing but by what it was encoded. */
export function isEncoderComment(payload: Buffer): boolean {
  if (payload.length > longestComment || payload.some((byte) => byte >= 0x7f)) return false;
  const text = payload.toString('latin1');
  if (number.test(text.replace(version, '')) || spelt.test(text)) return false;
  return [...text.matchAll(/[A-Za-z]+/g)].every(
    ([word]) => word.length === 1 || encoderWords.has(word.toLowerCase()),
  );
}
