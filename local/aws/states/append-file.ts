import { closeSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A file of JSON lines that only grows. A line is with the operating system when `append` returns, so it outlives the
 * process (`kill -9`), though not a power cut.
 */
export class AppendFile {
  #descriptor: number | undefined;

  constructor(readonly path: string) {}

  append(line: unknown): void {
    if (this.#descriptor === undefined) {
      mkdirSync(dirname(this.path), { recursive: true });
      this.#descriptor = openSync(this.path, 'a');
    }
    writeSync(this.#descriptor, `${JSON.stringify(line)}\n`);
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

/**
 * Lines of such a file, without a last line that the end of a process cut off.
 * @param repair also cuts the torn line off in the file, so that writing can go on
 */
export function readLines<Line>(path: string, repair: boolean): Line[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const whole = bytes.lastIndexOf(0x0a) + 1;
  if (repair && whole < bytes.length) truncateSync(path, whole);
  const lines: Line[] = [];
  for (let start = 0; start < whole; ) {
    const end = bytes.indexOf(0x0a, start);
    lines.push(JSON.parse(bytes.toString('utf8', start, end)) as Line);
    start = end + 1;
  }
  return lines;
}
