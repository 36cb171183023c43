import { createHash } from 'node:crypto';
import { ProofFailure } from './proof-failure';

/** Most bytes of text that are kept of the frames of one output until it is searched at its end; searching takes 50 times as many. */
export const longestTogether = 4 * 1024 * 1024;

/** Whether bytes are all zero, as the cleaner leaves what it overwrites. */
export function isBlank(bytes: Buffer): boolean {
  return bytes[0] === 0 && bytes.compare(bytes, 1, bytes.length, 0, bytes.length - 1) === 0;
}

/**
 * Text segments of compressed frames, kept until the end of the output, when all that identifies is known. What says nothing
 * (zeros) and what was said before (the header of each frame) takes no memory. Code streams hold comments by the kilobyte; what
 * holds more is no code stream, and the proof fails.
 */
export class GatheredText {
  readonly segments: Buffer[] = [];
  private readonly known = new Set<string>();
  private bytes = 0;

  add(segment: Buffer): void {
    if (segment.length === 0 || isBlank(segment)) return;
    const digest = createHash('sha256').update(segment).digest('base64');
    if (this.known.has(digest)) return;
    this.bytes += segment.length;
    if (this.bytes > longestTogether) throw new ProofFailure('(7FE0,0010)');
    this.known.add(digest);
    this.segments.push(Buffer.from(segment));
  }
}
