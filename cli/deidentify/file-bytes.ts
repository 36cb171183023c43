import { type FileHandle, open } from 'node:fs/promises';

/** Bytes read at once: large enough that a call per piece costs nothing, small enough to stay in the cache. */
const pieceBytes = 512 * 1024;

/** Memory for reading a file of any size: one piece is worked on while the next is read. */
export type ReadBuffers = readonly [Buffer, Buffer];

export const makeReadBuffers = (): ReadBuffers => [
  Buffer.allocUnsafeSlow(pieceBytes),
  Buffer.allocUnsafeSlow(pieceBytes),
];

/** The bytes of a file in sequence, one piece read ahead. A piece is good until the next is asked for. */
export async function* fileBytes(
  path: string | Buffer,
  buffers: ReadBuffers = makeReadBuffers(),
): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r');
  let ahead: Promise<{ bytesRead: number }> | null = null;
  try {
    const { size } = await handle.stat();
    let [current, other] = buffers;
    ahead = handle.read(current, 0, pieceBytes);
    let left = size;
    for (;;) {
      const { bytesRead } = await ahead;
      ahead = null;
      if (bytesRead === 0) return;
      left -= bytesRead;
      if (left > 0) ahead = handle.read(other, 0, pieceBytes);
      yield bytesRead === pieceBytes ? current : current.subarray(0, bytesRead);
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
