import { existsSync } from 'node:fs';
import { RecordLog } from '../../storage/record-log';

/** A record log that takes nothing more once it is closed: what interrupted work still has to say comes too late. */
export class AppendFile<Line> {
  #log: RecordLog<Line> | undefined;
  /** Lines that were there when the file was opened. */
  readonly known: number;

  constructor(path: string) {
    this.#log = RecordLog.open<Line>(path, () => undefined);
    this.known = this.#log.records;
  }

  append(line: Line): void {
    this.#log?.append(line);
  }

  close(): void {
    this.#log?.close();
    this.#log = undefined;
  }
}

/** Lines of such a file; none where it does not exist. A torn last line is cut off. */
export function readLines<Line>(path: string): Line[] {
  const lines: Line[] = [];
  if (existsSync(path)) RecordLog.open<Line>(path, (line) => lines.push(line)).close();
  return lines;
}
