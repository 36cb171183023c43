import { type FileHandle, open, rm } from 'node:fs/promises';
import { AwsError } from '../service';
import { storageError } from './s3-errors';

/** Chunks are gathered up to this many bytes and written at once: a small object is one write. */
const WRITE_BYTES = 1 << 20;

/**
 * Writes a body to a new file and hands every chunk to `see` on the way. On any error the file is removed.
 * @param expectedBytes `IncompleteBody` where the body has another length
 * @returns bytes written
 */
export async function receiveBody(
  body: AsyncIterable<Buffer>,
  path: string,
  see: (chunk: Buffer) => void,
  expectedBytes?: number,
): Promise<number> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'wx');
    let bytes = 0;
    let pending: Buffer[] = [];
    let pendingBytes = 0;
    for await (const chunk of body) {
      see(chunk);
      bytes += chunk.length;
      pendingBytes += chunk.length;
      pending.push(chunk);
      if (pendingBytes >= WRITE_BYTES) {
        await writeWhole(file, pending, pendingBytes);
        pending = [];
        pendingBytes = 0;
      }
    }
    if (pendingBytes > 0) await writeWhole(file, pending, pendingBytes);
    if (expectedBytes !== undefined && bytes !== expectedBytes)
      throw new AwsError(
        'IncompleteBody',
        'You did not provide the number of bytes specified by the Content-Length HTTP header',
        400,
      );
    await file.close();
    return bytes;
  } catch (error) {
    await file?.close().catch(() => undefined);
    await rm(path, { force: true });
    throw storageError(error);
  }
}

/** A vector write may take only a part; the rest is written as one buffer. */
async function writeWhole(file: FileHandle, chunks: readonly Buffer[], bytes: number): Promise<void> {
  const { bytesWritten } = await file.writev(chunks as Buffer[]);
  if (bytesWritten < bytes) {
    const rest = Buffer.concat(chunks).subarray(bytesWritten);
    await file.writeFile(rest);
  }
}
