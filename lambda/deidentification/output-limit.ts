import type { OutputSink } from '../../dicom/deidentify/deidentify-instance';

/** Raised by the sink of a file that becomes larger, cleaned, than the image store takes. */
export class OutputTooLargeError extends Error {
  override readonly name = 'OutputTooLargeError';
}

/** A sink that is written so many bytes and no more. */
export function limitedSink(sink: OutputSink, byteLimit: number): OutputSink {
  let bytes = 0;
  return {
    ...sink,
    write: (chunk) => {
      bytes += chunk.length;
      if (bytes > byteLimit) throw new OutputTooLargeError('the output is larger than the image store takes');
      return sink.write(chunk);
    },
  };
}
