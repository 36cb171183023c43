import { type InstanceSource, isRanged } from '../read/ranged-source';
import type { OutputParts, OutputSink } from '../write/output-stream';

/** A failure of the source, the sink or the caller: no property of the file, and passed on as it is. */
export class OutsideFailure extends Error {
  constructor(override readonly cause: unknown) {
    super('a source, a sink or a caller failed');
    this.name = 'OutsideFailure';
  }
}

/** A source whose failures are told from those of the engine. */
export async function* watchedSource(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    throw new OutsideFailure(error);
  }
}

/** The same of a source that may be a ranged one. */
export function watchedInput(source: InstanceSource): InstanceSource {
  if (!isRanged(source)) return watchedSource(source);
  return { bytes: source.bytes, read: (from, end) => watchedSource(source.read(from, end)) };
}

/** A sink whose failures are told from those of the engine. */
export const watchedSink = (sink: OutputSink): OutputSink => ({
  write: (chunk) => watched(() => sink.write(chunk)),
  ...(sink.parts && { parts: watchedParts(sink.parts) }),
});

function watchedParts(parts: OutputParts): OutputParts {
  const { copy } = parts;
  return {
    begin: () => watched(() => parts.begin()),
    end: (sha256) => watched(() => parts.end(sha256)),
    ...(copy && { copy: (ranges) => watched(() => copy.call(parts, ranges)) }),
  };
}

function watched<T>(work: () => T): T {
  const failed = (error: unknown): never => {
    throw new OutsideFailure(error);
  };
  try {
    const done = work();
    return done instanceof Promise ? (done.catch(failed) as T) : done;
  } catch (error) {
    return failed(error);
  }
}
