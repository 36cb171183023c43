import { closeSync, open, rmSync, write, writeSync, writev, writevSync } from 'node:fs';
import { promisify } from 'node:util';
import { AwsError } from '../service';
import { storageError } from './s3-errors';

/** Chunks are gathered up to this many bytes and written at once: a small object is one write. */
const WRITE_BYTES = 1 << 20;

const openFile = promisify(open);
const writeChunks = promisify(writev);
const writeBytes = promisify(write);

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
  // Making a file may wait for the disk: meanwhile the body comes in, and other requests are served.
  const opening = openFile(path, 'wx');
  opening.catch(() => undefined);
  try {
    let bytes = 0;
    let pending: Buffer[] = [];
    let pendingBytes = 0;
    for await (const chunk of body) {
      see(chunk);
      bytes += chunk.length;
      pendingBytes += chunk.length;
      pending.push(chunk);
      if (pendingBytes >= WRITE_BYTES) {
        await writeLarge(await opening, pending, pendingBytes);
        pending = [];
        pendingBytes = 0;
      }
    }
    const descriptor = await opening;
    if (pendingBytes > 0) writeSmall(descriptor, pending, pendingBytes);
    if (expectedBytes !== undefined && bytes !== expectedBytes)
      throw new AwsError(
        'IncompleteBody',
        'You did not provide the number of bytes specified by the Content-Length HTTP header',
        400,
      );
    return bytes;
  } catch (error) {
    await opening.catch(() => undefined);
    rmSync(path, { force: true });
    throw storageError(error);
  } finally {
    await opening.then(closeSync, () => undefined);
  }
}

/** A vector write may take only a part; the rest is written as one buffer. */
async function writeLarge(descriptor: number, chunks: readonly Buffer[], bytes: number): Promise<void> {
  const { bytesWritten } = await writeChunks(descriptor, chunks);
  if (bytesWritten === bytes) return;
  const whole = Buffer.concat(chunks);
  for (let written = bytesWritten; written < bytes; )
    written += (await writeBytes(descriptor, whole, written)).bytesWritten;
}

/** In one turn: for less than `WRITE_BYTES` a trip to the thread pool costs more than the copy into the page cache. */
function writeSmall(descriptor: number, chunks: readonly Buffer[], bytes: number): void {
  let written = writevSync(descriptor, chunks);
  if (written === bytes) return;
  const whole = Buffer.concat(chunks);
  while (written < bytes) written += writeSync(descriptor, whole, written);
}
