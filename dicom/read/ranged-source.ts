import { ByteStream } from './byte-stream';

/** A source that can be read from any byte on, so that parts of it need not be read at all. */
export interface RangedSource {
  /** Its size in bytes. */
  readonly bytes: number;
  /** The bytes from `from` to `end` (exclusive). Who stops iterating has what they hold released. */
  read(from: number, end: number): AsyncIterable<Uint8Array>;
}

export type InstanceSource = AsyncIterable<Uint8Array> | RangedSource;

export function isRanged(source: InstanceSource): source is RangedSource {
  return !(Symbol.asyncIterator in source);
}

/**
 * What is asked for first: a header, which is seldom longer than 1 MiB, and what passes with it of pixel data whose rest is
 * not read. All the rest is asked for at once.
 */
export const firstReadBytes = 8 * 1024 * 1024;

/** A ranged source as a stream, in which what is not wanted is left out. */
export class RangedStream extends ByteStream {
  readonly #bound: { end: number };

  constructor(
    private readonly source: RangedSource,
    onChunk?: (chunk: Buffer) => void,
  ) {
    const bound = { end: source.bytes };
    super(inTwoReads(source, bound), onChunk);
    this.#bound = bound;
  }

  /** Size of the source. */
  get bytes(): number {
    return this.source.bytes;
  }

  /** Asks for nothing from `offset` on before `skipTo`. */
  stopAt(offset: number): void {
    this.#bound.end = Math.min(offset, this.source.bytes);
  }

  /** Bytes from `from` to `end` (exclusive), whatever the stream has come to. */
  async *readAside(from: number, end: number): AsyncGenerator<Buffer> {
    for await (const piece of this.source.read(from, end))
      yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  }

  async skipTo(offset: number): Promise<void> {
    await this.goTo(offset, between(this.source, offset, this.source.bytes));
  }
}

async function* inTwoReads(
  source: RangedSource,
  bound: { readonly end: number },
): AsyncGenerator<Uint8Array> {
  const first = Math.min(firstReadBytes, source.bytes);
  yield* between(source, 0, first);
  yield* between(source, first, bound.end);
}

async function* between(source: RangedSource, from: number, end: number): AsyncGenerator<Uint8Array> {
  if (from < end) yield* source.read(from, end);
}
