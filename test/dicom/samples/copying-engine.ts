import { createHash } from 'node:crypto';
import {
  type DeidentificationContext,
  deidentifyInstance,
} from '../../../dicom/deidentify/deidentify-instance';
import type { RangedSource } from '../../../dicom/read/ranged-source';
import type { OutputSink, SourceRange } from '../../../dicom/write/output-stream';
import { type EngineRun, inPieces } from './engine';

export interface PartsRun extends EngineRun {
  /** Parts of the output as the sink got or made them; none where it came as one. */
  readonly parts: readonly Buffer[];
  /** Ranges of the source that were read. */
  readonly reads: readonly SourceRange[];
  /** Bytes that the engine read and wrote itself. */
  readonly passed: number;
}

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A source that can be read from any byte on; `reads` are noted, as far as they were read. */
function rangedSource(
  file: Buffer,
  pieceSize: number,
  reads: { start: number; end: number }[],
): RangedSource {
  return {
    bytes: file.length,
    async *read(from, end) {
      const read = { start: from, end: from };
      reads.push(read);
      for await (const piece of inPieces(file.subarray(from, end), pieceSize)) {
        read.end += piece.length;
        yield piece;
      }
    },
  };
}

/**
 * Runs the engine into a sink that takes parts. `copies`: from a ranged source whose ranges the sink copies; otherwise all
 * bytes stream. What `beforeCopy` throws, the copy throws.
 */
export async function runInParts(
  file: Buffer,
  context: DeidentificationContext,
  copies: boolean,
  pieceSize = 64 * 1024,
  beforeCopy: () => Promise<void> = async () => {},
): Promise<PartsRun> {
  const reads: { start: number; end: number }[] = [];
  const parts: Buffer[] = [];
  let pending: Buffer[] = [];
  let begun = false;
  let written = 0;
  const sink: OutputSink = {
    write: (chunk) => {
      written += chunk.length;
      pending.push(Buffer.from(chunk));
    },
    parts: {
      begin: () => {
        if (written > 0) throw new Error('begun after the first byte');
        begun = true;
      },
      end: (sha256) => {
        const part = Buffer.concat(pending);
        if (!begun || sha256 !== sha256Of(part)) throw new Error('a part of another digest');
        pending = [];
        parts.push(part);
      },
      ...(copies && {
        copy: async (ranges: readonly SourceRange[]) => {
          if (!begun || pending.length > 0) throw new Error('copied into the middle of a part');
          await beforeCopy();
          const copied = ranges.map(({ start, end }) => file.subarray(start, end));
          parts.push(...copied);
          return copied.map(sha256Of);
        },
      }),
    },
  };
  const source = copies ? rangedSource(file, pieceSize, reads) : inPieces(file, pieceSize);
  const outcome = await deidentifyInstance(source, sink, context);
  const read = reads.reduce((sum, { start, end }) => sum + end - start, 0);
  return { outcome, output: Buffer.concat([...parts, ...pending]), parts, reads, passed: read + written };
}

/** SHA-256 of the SHA-256 of parts, hex. */
export function compositeOf(parts: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(sha256Of(part), 'hex');
  return hash.digest('hex');
}
