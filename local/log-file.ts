import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A file to which lines are appended. Lines that cannot be written, on a full disk say, are lost, and nothing else: the file is
 * opened again for those that come after.
 */
export class LogFile {
  private stream: WriteStream | undefined;
  private closed = false;

  constructor(private readonly path: string) {
    mkdirSync(dirname(path), { recursive: true });
  }

  write(text: string): void {
    if (this.closed) return;
    this.stream ??= this.open();
    this.stream.write(text);
  }

  /** What comes after this is not kept. May be called again. */
  close(): Promise<void> {
    this.closed = true;
    const { stream } = this;
    if (stream === undefined || stream.closed) return Promise.resolve();
    return new Promise((resolve) => {
      stream.once('close', resolve);
      stream.end();
    });
  }

  private open(): WriteStream {
    const stream = createWriteStream(this.path, { flags: 'a' });
    stream.on('error', () => {
      if (this.stream === stream) this.stream = undefined;
    });
    return stream;
  }
}
