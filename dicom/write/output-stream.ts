import { createHash, type Hash } from 'node:crypto';
import { constants, createDeflateRaw, type DeflateRaw } from 'node:zlib';

/** Where the bytes of an output go, in order. */
export interface OutputSink {
  write(chunk: Buffer): void | Promise<void>;
}

/** Sees every byte of the output, as the sink does. */
export interface OutputWatcher {
  push(chunk: Buffer): Promise<void> | undefined;
}

/**
 * Writes an output: counts and digests it, shows it to the proof, and deflates what stands behind the file meta
 * information where the transfer syntax asks for that.
 */
export class OutputStream {
  readonly #hash: Hash = createHash('sha256');
  #bytes = 0;
  #deflate: DeflateRaw | null = null;
  #deflated: Buffer[] = [];

  constructor(
    private readonly sink: OutputSink,
    private readonly watcher: OutputWatcher,
  ) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** Hex digest of everything written; once. */
  digest(): string {
    return this.#hash.digest('hex');
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
    if (deflate === null) return;
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
