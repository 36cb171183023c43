import { pipeline, Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import type { ByteStream } from './byte-stream';
import { readLimits } from './read-limits';
import { ReadRefusal } from './read-refusal';

/**
 * Deflated bytes given to zlib at once: 64 KiB inflate to at most 64 MiB, and backpressure holds the rest. Always cut
 * at the same places, since zlib keeps back what it inflated of a piece that turns out to be damaged: where a source
 * cuts its pieces must not decide how a damaged file is refused.
 */
const pieceBytes = 64 * 1024;

async function* remaining(stream: ByteStream): AsyncGenerator<Buffer> {
  for (;;) {
    await stream.fill(pieceBytes);
    const length = Math.min(stream.available, pieceBytes);
    if (length === 0) return;
    const start = stream.position;
    stream.position += length;
    yield stream.window.subarray(start, start + length);
  }
}

/** Code of an error of zlib, e.g. Z_DATA_ERROR; null for other errors. */
function zlibCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' && error.code.startsWith('Z_') ? error.code : null;
}

/**
 * The inflated bytes of a deflated data set (PS3.5 annex A.5), in bounded pieces. What follows the end of the deflate
 * stream is ignored: the standard allows one null, and nothing behind it is ever passed on.
 */
export async function* inflateDataSet(stream: ByteStream): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw({ chunkSize: 256 * 1024 });
  // Errors of either side reach the loop below; the callback only keeps them from being unhandled.
  pipeline(Readable.from(remaining(stream), { objectMode: false }), inflate, () => {});
  let total = 0;
  try {
    for await (const piece of inflate as AsyncIterable<Buffer>) {
      total += piece.length;
      if (total > readLimits.inflatedBytes) throw new ReadRefusal('LIMIT_EXCEEDED');
      yield piece;
    }
  } catch (error) {
    const code = zlibCode(error);
    if (code === null) throw error;
    throw new ReadRefusal(code === 'Z_BUF_ERROR' ? 'TRUNCATED' : 'MALFORMED');
  } finally {
    inflate.destroy();
  }
}
