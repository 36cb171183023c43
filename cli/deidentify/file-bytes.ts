import { type FileHandle, open } from 'node:fs/promises';

/** Bytes read at once: large enough that a call per piece costs nothing, small enough to stay in the cache. */
const pieceBytes = 512 * 1024;

/** The bytes of a file, read in sequence; each piece is a buffer of its own, since the engine keeps parts of them. */
export async function* fileBytes(path: string): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    // One byte more than a small file, so that its end is seen without another buffer.
    const piece = Math.max(1, Math.min(pieceBytes, size + 1));
    for (;;) {
      const buffer = Buffer.allocUnsafeSlow(piece);
      const { bytesRead } = await handle.read(buffer, 0, piece);
      if (bytesRead === 0) return;
      yield bytesRead === piece ? buffer : buffer.subarray(0, bytesRead);
    }
  } finally {
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
