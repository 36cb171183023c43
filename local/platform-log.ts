import { join } from 'node:path';
import { LogFile } from './log-file';

/** The platform's own log, `logs/platform.log`: JSON lines, without anything of a request's content. */
export class PlatformLog {
  private readonly file: LogFile;

  constructor(dataFolder: string) {
    this.file = new LogFile(join(dataFolder, 'logs', 'platform.log'));
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
    return this.file.close();
  }

  private write(record: Readonly<Record<string, unknown>>): void {
    this.file.write(`${JSON.stringify({ timestamp: new Date().toISOString(), ...record })}\n`);
  }
}
