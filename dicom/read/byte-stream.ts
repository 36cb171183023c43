/**
 * Bytes pulled from an asynchronous source into one growing window. The window grows only by what the source gives,
 * so a length that a file merely declares never allocates anything.
 */
export class ByteStream {
  #iterator: AsyncIterator<Uint8Array>;
  #onChunk: (chunk: Buffer) => void;
  /** What was read and not yet dropped. */
  window: Buffer = Buffer.alloc(0);
  /** Next unread byte of the window. */
  position = 0;
  ended = false;

  constructor(source: AsyncIterable<Uint8Array>, onChunk: (chunk: Buffer) => void = () => {}) {
    this.#iterator = source[Symbol.asyncIterator]();
    this.#onChunk = onChunk;
  }

  get available(): number {
    return this.window.length - this.position;
  }

  async #pull(): Promise<Buffer | null> {
    while (!this.ended) {
      const result = await this.#iterator.next();
      if (result.done === true) {
        this.ended = true;
        return null;
      }
      const { value } = result;
      if (value.length === 0) continue;
      const chunk = Buffer.isBuffer(value)
        ? value
        : Buffer.from(value.buffer, value.byteOffset, value.length);
      this.#onChunk(chunk);
      return chunk;
    }
    return null;
  }

  /** Tries to have `count` unread bytes in the window; false when the source ends before. */
  async fill(count: number): Promise<boolean> {
    if (this.available >= count) return true;
    const parts: Buffer[] = this.available > 0 ? [this.window.subarray(this.position)] : [];
    let total = this.available;
    while (total < count) {
      const chunk = await this.#pull();
      if (chunk === null) break;
      parts.push(chunk);
      total += chunk.length;
    }
    this.window = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, total);
    this.position = 0;
    return total >= count;
  }

  /** The next run of at most `limit` bytes without copying; null at the end of the source. */
  async next(limit: number): Promise<Buffer | null> {
    if (this.available === 0) {
      const chunk = await this.#pull();
      if (chunk === null) return null;
      this.window = chunk;
      this.position = 0;
    }
    const end = Math.min(this.window.length, this.position + limit);
    const run = this.window.subarray(this.position, end);
    this.position = end;
    return run;
  }

  /** Reads to the end of the source, so that a digest of it is complete. */
  async drain(): Promise<void> {
    while ((await this.next(Number.MAX_SAFE_INTEGER)) !== null);
  }

  /** Lets the source close what it holds. */
  async close(): Promise<void> {
    if (!this.ended) await this.#iterator.return?.();
    this.ended = true;
  }
}
