import { type IdentifyingValues, shortestInside } from '../identifiers/identifying-values';
import { ProofFailure } from './proof-failure';
import { encodedForms } from './search-output';

/** Names as they are written: in small letters, in capitals, with a capital; in Latin-1 and in UTF-16. */
function namesOf(identifying: IdentifyingValues): Buffer[] {
  const forms: Buffer[] = [];
  for (const word of identifying.words) {
    if (word.length < shortestInside) continue;
    for (const spelling of [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)]) {
      const wide = Buffer.from(spelling, 'utf16le');
      forms.push(Buffer.from(spelling, 'utf8'), wide, Buffer.from(wide).swap16());
    }
  }
  return forms;
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
    this.#forms = [...encodedForms(identifying), ...namesOf(identifying)].filter(
      (form) => form.length >= shortestInside,
    );
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
