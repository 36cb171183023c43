import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** The platform's own log, `logs/platform.log`: JSON lines, without anything of a request's content. */
export class PlatformLog {
  private readonly stream: WriteStream;

  constructor(dataFolder: string) {
    mkdirSync(join(dataFolder, 'logs'), { recursive: true });
    this.stream = createWriteStream(join(dataFolder, 'logs', 'platform.log'), { flags: 'a' });
  }

  info(what: string, details: Readonly<Record<string, unknown>> = {}): void {
    this.write({ level: 'INFO', message: what, ...details });
  }

  /** A fault of the platform itself, or something that it could not deliver. */
  fault(where: string, error: unknown): void {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    this.write({ level: 'ERROR', message: where, errorType: name, errorMessage: message, stack });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.stream.end(() => resolve()));
  }

  private write(record: Readonly<Record<string, unknown>>): void {
    this.stream.write(`${JSON.stringify({ timestamp: new Date().toISOString(), ...record })}\n`);
  }
}
