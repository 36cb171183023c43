import { type IdentifyingValues, shortestInside } from '../identifiers/identifying-values';
import { ProofFailure } from './proof-failure';
import { encodedForms } from './search-output';

/** Names as they are written: in small letters, in capitals, with a capital; one character a byte of UTF-8. */
function spellingsOf(identifying: IdentifyingValues): string[] {
  return [...identifying.words]
    .filter((word) => word.length >= shortestInside)
    .flatMap((word) => [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)])
    .map((spelling) => Buffer.from(spelling, 'utf8').toString('latin1'));
}

/** The bytes of a text, one a character, and those of UTF-16 in both orders. */
function encodingsOf(text: string): Buffer[] {
  const wide = Buffer.from(text, 'utf16le');
  return [Buffer.from(text, 'latin1'), wide, Buffer.from(wide).swap16()];
}

/**
 * Searches a stream of bytes of which nothing else is known, such as video, for what identifies as it stands. Throws
 * `ProofFailure` at the first hit, also at one that two pieces share.
 */
export class StreamSearch {
  readonly #forms: readonly Buffer[];
  readonly #overlap: number;
  #end: Buffer = Buffer.alloc(0);

  constructor(
    identifying: IdentifyingValues,
    private readonly place: string,
  ) {
    const texts = new Set([...encodedForms(identifying), ...spellingsOf(identifying)]);
    this.#forms = [...texts].flatMap(encodingsOf);
    this.#overlap = Math.max(0, ...this.#forms.map((form) => form.length - 1));
  }

  push(piece: Buffer): void {
    const seam = Buffer.concat([this.#end, piece.subarray(0, this.#overlap)]);
    for (const form of this.#forms)
      if (piece.includes(form) || seam.includes(form)) throw new ProofFailure(this.place);
    const last = piece.length < this.#overlap ? Buffer.concat([this.#end, piece]) : piece;
    this.#end = Buffer.from(last.subarray(Math.max(0, last.length - this.#overlap)));
  }
}
