import { createHash, type Hash } from 'node:crypto';
import { constants, createDeflateRaw, type DeflateRaw } from 'node:zlib';

/** Where the bytes of an output go, in order. */
export interface OutputSink {
  write(chunk: Buffer): void | Promise<void>;
  /** Of a sink that takes large outputs in parts, each with its own digest. */
  readonly parts?: OutputParts;
}

export interface OutputParts {
  /** Said before the first byte of an output that comes in parts. */
  begin(): void;
  /** What was written since the part before is a part; `sha256` of it, hex. */
  end(sha256: string): void | Promise<void>;
  /**
   * Makes ranges of the source the next parts, a part each, which nobody reads here. Gives their SHA-256, hex. Absent where
   * the source is not at hand where the output goes.
   */
  copy?(ranges: readonly SourceRange[]): Promise<readonly string[]>;
}

/** Bytes of a source from `start` to `end` (exclusive). */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

/** Sees every byte of the output, as the sink does, but for samples of native pixel data that are copied. */
export interface OutputWatcher {
  push(chunk: Buffer): Promise<void> | undefined;
  /** So many samples stand here. */
  pass(bytes: number): void;
}

/** Digest of an output, hex: SHA-256 of its bytes, or of the SHA-256 of its parts, as S3 does. */
export type OutputDigest = { readonly sha256: string; readonly digest?: 'parts' };

/**
 * Writes an output: counts and digests it, shows it to the proof, and deflates what stands behind the file meta
 * information where the transfer syntax asks for that.
 */
export class OutputStream {
  #hash: Hash = createHash('sha256');
  #bytes = 0;
  /** Null where the output is digested as a whole. */
  readonly #parts: OutputParts | null;
  readonly #partDigests: string[] = [];
  #partBytes = 0;
  #deflate: DeflateRaw | null = null;
  #deflated: Buffer[] = [];

  /** `comesInParts`: `endPart` will be called, where the sink takes parts. */
  constructor(
    private readonly sink: OutputSink,
    private readonly watcher: OutputWatcher,
    comesInParts = false,
  ) {
    this.#parts = (comesInParts && sink.parts) || null;
    this.#parts?.begin();
  }

  get inParts(): boolean {
    return this.#parts !== null;
  }

  get canCopy(): boolean {
    return this.#parts?.copy !== undefined;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Once, after `finish`. */
  digest(): OutputDigest {
    if (this.#parts === null) return { sha256: this.#hash.digest('hex') };
    const all = createHash('sha256');
    for (const sha256 of this.#partDigests) all.update(sha256, 'hex');
    return { sha256: all.digest('hex'), digest: 'parts' };
  }

  /** Ends a part of an output that is `inParts`. Gives its SHA-256, hex. */
  async endPart(): Promise<string> {
    const sha256 = this.#hash.digest('hex');
    this.#hash = createHash('sha256');
    this.#partBytes = 0;
    this.#partDigests.push(sha256);
    await this.#parts?.end(sha256);
    return sha256;
  }

  /** Makes ranges of the source parts of an output that `canCopy`; gives their SHA-256, hex. */
  async copy(ranges: readonly SourceRange[]): Promise<readonly string[]> {
    const bytes = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
    this.watcher.pass(bytes);
    const digests = (await this.#parts?.copy?.(ranges)) ?? [];
    if (digests.length !== ranges.length) throw new Error('a range was not copied');
    this.#bytes += bytes;
    this.#partDigests.push(...digests);
    return digests;
  }

  /**
   * From here on all bytes are deflated. Run-length matching only: the longer matches of zlib depend on the processor,
   * and the same input must give the same bytes on every machine.
   */
  startDeflating(): void {
    const deflate = createDeflateRaw({ strategy: constants.Z_RLE, level: 6 });
    deflate.on('data', (piece: Buffer) => this.#deflated.push(piece));
    this.#deflate = deflate;
  }

  async write(chunk: Buffer): Promise<void> {
    const deflate = this.#deflate;
    if (deflate === null) {
      await this.#emit(chunk);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      deflate.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
    await this.#emitDeflated();
  }

  async finish(): Promise<void> {
    const deflate = this.#deflate;
    if (deflate === null) {
      if (this.#parts !== null && this.#partBytes > 0) await this.endPart();
      return;
    }
    await new Promise<void>((resolve, reject) => {
      deflate.once('end', resolve);
      deflate.once('error', reject);
      deflate.end();
    });
    await this.#emitDeflated();
    // A file has an even length: one null behind the deflate stream (PS3.5 annex A.5).
    if (this.#bytes % 2 === 1) await this.#emit(Buffer.alloc(1));
  }

  async #emitDeflated(): Promise<void> {
    const pieces = this.#deflated;
    this.#deflated = [];
    for (const piece of pieces) await this.#emit(piece);
  }

  async #emit(chunk: Buffer): Promise<void> {
    this.#bytes += chunk.length;
    this.#partBytes += chunk.length;
    // The sink writes while the digest is worked out; both are done before the next chunk.
    const written = this.sink.write(chunk);
    try {
      this.#hash.update(chunk);
      const watched = this.watcher.push(chunk);
      if (watched !== undefined) await watched;
    } finally {
      if (written !== undefined) await written;
    }
  }
}
