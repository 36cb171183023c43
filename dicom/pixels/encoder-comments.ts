/** Words of the comments by which encoders name themselves. A comment of other words is not kept. */
const encoderWords = new Set(
  (
    'accusoft adobe aware by charls codec compressed created creator dcmjpeg dcmtk encoded encoder file frame from gdcm ijg ' +
    'image imagemagick intel jasper jfif jpeg jpg kakadu lavc lavf lead library libjpeg lib ljif lossless openjpeg ' +
    'openjph optimised optimized pegasus pro quality software technologies the turbo using ver version with inc llc'
  ).split(' '),
);

/** Longest comment that is looked at: encoders' are short. */
const longestComment = 128;

/** Whether a text segment of a frame says nothing but by what it was encoded. */
export function isEncoderComment(payload: Buffer): boolean {
  if (payload.length > longestComment || payload.some((byte) => byte >= 0x7f)) return false;
  const text = payload.toString('latin1');
  if (/\d{6}/.test(text)) return false;
  return [...text.matchAll(/[A-Za-z]+/g)].every(
    ([word]) => word.length === 1 || encoderWords.has(word.toLowerCase()),
  );
}
