import { type FileHandle, open } from 'node:fs/promises';

/** Bytes read at once: large enough that a call per piece costs nothing, small enough to stay in the cache. */
const pieceBytes = 512 * 1024;

/**
 * The bytes of a file in sequence, one piece read ahead. A piece is good until the next is asked for: two buffers
 * serve a file of any size.
 */
export async function* fileBytes(path: string | Buffer): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r');
  let ahead: Promise<{ bytesRead: number }> | null = null;
  try {
    const { size } = await handle.stat();
    const piece = Math.max(1, Math.min(pieceBytes, size));
    let current = Buffer.allocUnsafeSlow(piece);
    let other = size > piece ? Buffer.allocUnsafeSlow(piece) : current;
    ahead = handle.read(current, 0, piece);
    let left = size;
    for (;;) {
      const { bytesRead } = await ahead;
      ahead = null;
      if (bytesRead === 0) return;
      left -= bytesRead;
      if (left > 0) ahead = handle.read(other, 0, piece);
      yield bytesRead === piece ? current : current.subarray(0, bytesRead);
      if (ahead === null) return;
      [current, other] = [other, current];
    }
  } finally {
    await ahead?.catch(() => undefined);
    await handle.close();
  }
}

/** Writes all of a chunk to a file opened for writing. */
export async function writeAll(handle: FileHandle, chunk: Buffer): Promise<void> {
  let written = 0;
  while (written < chunk.length) {
    const { bytesWritten } = await handle.write(chunk, written);
    written += bytesWritten;
  }
}
