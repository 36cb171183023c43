/** A header is seldom longer; a shorter piece of a chunk would only be the first of several. */
const leastCopied = 32 * 1024;

/**
 * Bytes pulled from an asynchronous source into one growing window. The window grows only by what the source gives,
 * so a length that a file merely declares never allocates anything. A source may use a chunk's memory again once it is
 * asked for the next chunk: what `fill` gives is a copy that stays, what `peek` and `next` give is good until then.
 */
export class ByteStream {
  #iterator: AsyncIterator<Uint8Array>;
  #onChunk: (chunk: Buffer) => void;
  /** What was read and not yet dropped. */
  window: Buffer = Buffer.alloc(0);
  /** Next unread byte of the window. */
  position = 0;
  ended = false;
  /** The window is memory of its own, which no source overwrites. */
  #owned = true;
  /** What stands behind the window in the chunk that was read last. */
  #rest: Buffer | null = null;
  /** Offset in the source behind the last byte that it gave. */
  #received = 0;

  constructor(source: AsyncIterable<Uint8Array>, onChunk: (chunk: Buffer) => void = () => {}) {
    this.#iterator = source[Symbol.asyncIterator]();
    this.#onChunk = onChunk;
  }

  get available(): number {
    return this.window.length - this.position;
  }

  /** Offset of the next unread byte in the source. */
  get offset(): number {
    return this.#received - (this.#rest?.length ?? 0) - this.available;
  }

  async #pull(): Promise<Buffer | null> {
    if (this.#rest !== null) {
      const rest = this.#rest;
      this.#rest = null;
      return rest;
    }
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
      this.#received += chunk.length;
      this.#onChunk(chunk);
      return chunk;
    }
    return null;
  }

  /** Tries to have `count` unread bytes in a window that stays; false when the source ends before. */
  async fill(count: number): Promise<boolean> {
    if (this.#owned && this.available >= count) return true;
    return this.#gather(count);
  }

  /** The same in a window that is good only until more is read. */
  async peek(count: number): Promise<boolean> {
    return this.available >= count || this.#gather(count);
  }

  async #gather(count: number): Promise<boolean> {
    const parts: Buffer[] = this.available > 0 ? [this.window.subarray(this.position)] : [];
    let total = this.available;
    if (total > 0 && !this.#owned && total < count) parts[0] = Buffer.from(parts[0] as Buffer);
    while (total < count) {
      const chunk = await this.#pull();
      if (chunk === null) break;
      // What is not asked for is left in place: of a whole image in one chunk only its header is copied.
      const taken = Math.max(count - total, leastCopied);
      if (chunk.length > taken) this.#rest = chunk.subarray(taken);
      const part = chunk.subarray(0, taken);
      total += part.length;
      // The last chunk is copied by joining; an earlier one must be, before the next is asked for.
      parts.push(total < count ? Buffer.from(part) : part);
    }
    this.window = Buffer.concat(parts, total);
    this.position = 0;
    this.#owned = true;
    return total >= count;
  }

  /** The next run of at most `limit` bytes without copying; null at the end of the source. */
  async next(limit: number): Promise<Buffer | null> {
    if (this.available === 0) {
      const chunk = await this.#pull();
      if (chunk === null) return null;
      this.window = chunk;
      this.position = 0;
      this.#owned = false;
    }
    const end = Math.min(this.window.length, this.position + limit);
    const run = this.window.subarray(this.position, end);
    this.position = end;
    return run;
  }

  /** Goes on at another offset, of which `source` gives the bytes; what was read and not used is dropped. */
  async goTo(offset: number, source: AsyncIterable<Uint8Array>): Promise<void> {
    await this.close();
    this.#iterator = source[Symbol.asyncIterator]();
    this.#received = offset;
    this.#rest = null;
    this.window = Buffer.alloc(0);
    this.position = 0;
    this.#owned = true;
    this.ended = false;
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
