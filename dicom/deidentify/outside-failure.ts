import type { OutputSink } from '../write/output-stream';

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

/** A sink whose failures are told from those of the engine. */
export const watchedSink = (sink: OutputSink): OutputSink => ({
  write(chunk) {
    try {
      const written = sink.write(chunk);
      return written?.catch((error: unknown) => {
        throw new OutsideFailure(error);
      });
    } catch (error) {
      throw new OutsideFailure(error);
    }
  },
});
