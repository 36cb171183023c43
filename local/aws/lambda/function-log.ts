import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** A function's log: one file, the lines of its processes as they come, and one JSON line for each invocation. */
export class FunctionLog {
  private readonly stream: WriteStream;
  private closed = false;

  constructor(folder: string, functionName: string) {
    mkdirSync(folder, { recursive: true });
    this.stream = createWriteStream(join(folder, `${functionName}.log`), { flags: 'a' });
  }

  /** Copies whole lines, so that the lines of two processes never mix. */
  follow(output: Readable): void {
    let rest = '';
    output.setEncoding('utf8');
    output.on('data', (chunk: string) => {
      const text = rest + chunk;
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      if (end > 0) this.write(text.slice(0, end));
    });
    output.on('end', () => {
      if (rest !== '') this.write(`${rest}\n`);
    });
  }

  /** Writes the platform's own line, in the form of Lambda's JSON logs. */
  platform(
    type: 'platform.report' | 'platform.start-failed',
    record: Readonly<Record<string, unknown>>,
  ): void {
    this.write(`${JSON.stringify({ time: new Date().toISOString(), type, record })}\n`);
  }

  /** What a process that was killed had still to say may come after this, and is not kept. */
  close(): Promise<void> {
    this.closed = true;
    return new Promise((resolve) => this.stream.end(() => resolve()));
  }

  private write(text: string): void {
    if (!this.closed) this.stream.write(text);
  }
}
