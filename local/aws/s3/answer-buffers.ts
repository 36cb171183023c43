import { closeSync, readSync } from 'node:fs';
import type { ServerResponse } from 'node:http';

/** Bodies up to this size are read in one turn: a trip to the thread pool costs more than the copy from the page cache. */
export const READ_AT_ONCE = 1 << 20;
/** Below this size a buffer of its own costs nothing worth keeping. */
const SMALLEST_SHARED = 32 << 10;
/** Buffers that are kept between reads; as many answers are rarely on their way at once. */
const KEPT_BUFFERS = 8;

/**
 * Buffers for answers, used again and again: memory that is new for every answer makes the collector go through the
 * whole heap for each few dozen of them.
 */
const free: Buffer[] = [];

/** Ends a response with bytes of an open file, which is closed. */
export function endWithBytes(
  response: ServerResponse,
  descriptor: number,
  start: number,
  bytes: number,
): void {
  if (bytes < SMALLEST_SHARED) {
    response.end(fill(Buffer.allocUnsafe(bytes), descriptor, start));
    return;
  }
  const buffer = free.pop() ?? Buffer.allocUnsafeSlow(READ_AT_ONCE);
  const content = fill(buffer.subarray(0, bytes), descriptor, start);
  // Given back only when the operating system has every byte; a response that is cut off leaves it to the collector.
  response.once('finish', () => {
    if (free.length < KEPT_BUFFERS) free.push(buffer);
  });
  response.end(content);
}

function fill(buffer: Buffer, descriptor: number, start: number): Buffer {
  try {
    let filled = 0;
    while (filled < buffer.length) {
      const bytesRead = readSync(descriptor, buffer, filled, buffer.length - filled, start + filled);
      if (bytesRead === 0) throw new Error('the content of an object is shorter than its index says');
      filled += bytesRead;
    }
    return buffer;
  } finally {
    closeSync(descriptor);
  }
}
