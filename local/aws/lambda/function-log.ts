import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { LogFile } from '../../log-file';

/** A function's log: one file, the lines of its processes as they come, and one JSON line for each invocation. */
export class FunctionLog {
  private readonly file: LogFile;

  constructor(folder: string, functionName: string) {
    this.file = new LogFile(join(folder, `${functionName}.log`));
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
    return this.file.close();
  }

  private write(text: string): void {
    this.file.write(text);
  }
}
