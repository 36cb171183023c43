import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

/** Bytes read at once while a log is opened. */
const READ_BYTES = 1 << 20;

/**
 * An append-only file of JSON records, one a line. A record is either wholly there or not at all: `append` returns when
 * the operating system has the line (it survives `kill -9`), a write cut short is taken back, and a torn last line
 * found at opening is cut off.
 */
export class RecordLog<T> {
  private descriptor: number;
  private length: number;
  /** Records in the file, for deciding when to `rewrite`. */
  records: number;

  private constructor(
    private readonly path: string,
    records: number,
  ) {
    this.descriptor = openSync(path, 'a');
    this.length = fstatSync(this.descriptor).size;
    this.records = records;
  }

  /** Opens or makes the log and hands every record in it to `replay`, oldest first. */
  static open<T>(path: string, replay: (record: T) => void): RecordLog<T> {
    mkdirSync(dirname(path), { recursive: true });
    const records = existsSync(path) ? readRecords(path, replay) : 0;
    return new RecordLog<T>(path, records);
  }

  /** Adds one record. Throws what the file system throws (`ENOSPC`), and then leaves the log as it was. */
  append(record: T): void {
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    try {
      writeWhole(this.descriptor, line);
    } catch (error) {
      ftruncateSync(this.descriptor, this.length);
      throw error;
    }
    this.length += line.length;
    this.records += 1;
  }

  /** Replaces the whole log by these records, in one step. */
  rewrite(records: Iterable<T>): void {
    const temporary = `${this.path}.tmp`;
    const next = openSync(temporary, 'w');
    let count = 0;
    try {
      let lines: string[] = [];
      for (const record of records) {
        lines.push(JSON.stringify(record));
        count += 1;
        if (lines.length === 1000) {
          writeWhole(next, Buffer.from(`${lines.join('\n')}\n`));
          lines = [];
        }
      }
      if (lines.length > 0) writeWhole(next, Buffer.from(`${lines.join('\n')}\n`));
    } finally {
      closeSync(next);
    }
    renameSync(temporary, this.path);
    closeSync(this.descriptor);
    this.descriptor = openSync(this.path, 'a');
    this.length = fstatSync(this.descriptor).size;
    this.records = count;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** A write may take only a part (a full disk does before it fails). */
function writeWhole(descriptor: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}

function readRecords<T>(path: string, replay: (record: T) => void): number {
  const descriptor = openSync(path, 'r');
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let pending = '';
  let wholeLines = 0;
  let records = 0;
  try {
    for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer)) {
      pending += decoder.write(buffer.subarray(0, read));
      const end = pending.lastIndexOf('\n');
      if (end < 0) continue;
      const text = pending.slice(0, end);
      for (const line of text.split('\n')) {
        replay(JSON.parse(line) as T);
        records += 1;
      }
      wholeLines += Buffer.byteLength(text) + 1;
      pending = pending.slice(end + 1);
    }
  } finally {
    closeSync(descriptor);
  }
  pending += decoder.end();
  if (pending !== '') truncateSync(path, wholeLines);
  return records;
}
