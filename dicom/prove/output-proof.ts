import { createInflateRaw, type InflateRaw } from 'node:zlib';
import { OutputSplitter } from './output-splitter';
import { ProofFailure } from './proof-failure';
import { encodedForms, holdsIdentifyingText, type SearchContext, searchElements } from './search-output';

const explicitBigEndian = '1.2.840.10008.1.2.2';
const implicitLittleEndian = '1.2.840.10008.1.2';
const deflated = '1.2.840.10008.1.2.1.99';

/** Fixed part of the file meta information: preamble, prefix, group length with its value (PS3.10 section 7.1). */
const prologueLength = 128 + 4 + 12;

/**
 * Reads an output while it is written and, at its end, searches it for what the source held. The output may be
 * published only when `finish` has returned.
 */
export class OutputProof {
  #start: Buffer = Buffer.alloc(0);
  #meta: Buffer | null = null;
  #splitter: OutputSplitter | null = null;
  #inflate: InflateRaw | null = null;
  #inflateError: Error | null = null;
  #inflateEnded = false;

  /** Takes the next bytes of the output; waits only where they must be inflated. */
  push(chunk: Buffer): Promise<void> | undefined {
    if (this.#splitter === null) {
      this.#start = this.#start.length > 0 ? Buffer.concat([this.#start, chunk]) : chunk;
      const rest = this.#readMeta();
      if (rest === null) return undefined;
      return this.push(rest);
    }
    if (chunk.length === 0) return undefined;
    if (this.#inflate === null) {
      this.#splitter.push(chunk);
      return undefined;
    }
    // Behind the end of the deflate stream only its padding may stand.
    if (this.#inflateEnded) {
      if (chunk.length > 1 || chunk[0] !== 0) throw new ProofFailure(null);
      return undefined;
    }
    return this.#inflateChunk(this.#inflate, chunk);
  }

  /**
   * So many samples of native pixel data stand here, which are copied and not read: nothing is searched for in samples that
   * are, either. They must stand where the output's own header says.
   */
  pass(bytes: number): void {
    if (this.#splitter === null || this.#inflate !== null) throw new ProofFailure(null);
    this.#splitter.pass(bytes);
  }

  /** Throws `ProofFailure` at the first thing found. */
  async finish(context: SearchContext): Promise<void> {
    if (this.#inflate !== null) await this.#endOfInflation(this.#inflate);
    const splitter = this.#splitter;
    if (splitter === null || this.#meta === null) throw new ProofFailure(null);
    const explicitLittle = { explicit: true, littleEndian: true };
    const forms = encodedForms(context.identifying);
    searchElements(this.#meta, explicitLittle, context, forms);
    for (const part of splitter.finish()) searchElements(part, splitter, context, forms);
    for (const comment of splitter.comments) {
      if (holdsIdentifyingText(comment, context.identifying)) throw new ProofFailure('(7FE0,0010)');
    }
  }

  /** zlib does not call back for bytes behind the end of the stream: its end counts as an answer too. */
  #inflateChunk(inflate: InflateRaw, chunk: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      inflate.once('end', resolve);
      inflate.write(chunk, (error) => {
        inflate.off('end', resolve);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** Splits off the file meta information; the bytes behind it, or null while it is not complete. */
  #readMeta(): Buffer | null {
    const bytes = this.#start;
    if (bytes.length < prologueLength) return null;
    if (!bytes.subarray(0, 128).equals(Buffer.alloc(128)) || bytes.toString('latin1', 128, 132) !== 'DICM') {
      throw new ProofFailure(null);
    }
    const end = prologueLength + bytes.readUInt32LE(prologueLength - 4);
    if (bytes.length < end) return null;
    this.#meta = bytes.subarray(132, end);
    const syntax = this.#transferSyntax(this.#meta);
    const splitter = new OutputSplitter(
      syntax !== implicitLittleEndian,
      syntax !== explicitBigEndian,
      syntax,
    );
    this.#splitter = splitter;
    if (syntax === deflated) {
      this.#inflate = createInflateRaw();
      this.#inflate.on('data', (piece: Buffer) => {
        try {
          splitter.push(piece);
        } catch (error) {
          this.#inflateError ??= error as Error;
        }
      });
      this.#inflate.on('end', () => {
        this.#inflateEnded = true;
      });
      this.#inflate.on('error', (error: Error) => {
        this.#inflateError ??= error;
      });
    }
    return bytes.subarray(end);
  }

  #transferSyntax(meta: Buffer): string {
    let at = 0;
    while (at + 8 <= meta.length) {
      const isLong = meta.toString('latin1', at + 4, at + 6) === 'OB';
      const length = isLong ? meta.readUInt32LE(at + 8) : meta.readUInt16LE(at + 6);
      const start = at + (isLong ? 12 : 8);
      if (meta.readUInt16LE(at + 2) === 0x0010)
        return meta.toString('latin1', start, start + length).replace(/\0$/, '');
      at = start + length;
    }
    throw new ProofFailure('(0002,0010)');
  }

  async #endOfInflation(inflate: InflateRaw): Promise<void> {
    if (!this.#inflateEnded && this.#inflateError === null) {
      await new Promise<void>((resolve) => {
        inflate.once('end', resolve);
        inflate.once('error', () => resolve());
        inflate.end();
      });
    }
    if (this.#inflateError !== null) throw this.#inflateError;
  }
}
