import { CsvError, parse } from 'csv-parse/sync';
import { rowLimit, tableByteLimit } from './table-columns.contract';
import type { FaultList } from './table-faults.contract';

/** A line of the table, without its blank neighbours. */
export interface TableRecord {
  /** Line of the file on which it begins. */
  readonly line: number;
  readonly fields: readonly string[];
}

const zipStart = Buffer.from('PK\x03\x04', 'latin1');
const compoundFileStart = Buffer.from('d0cf11e0', 'hex');
const lineFeed = 0x0a;

const startsWith = (bytes: Buffer, start: Buffer) => bytes.subarray(0, start.length).equals(start);

/** The first line that is not UTF-8. No byte of a longer character is a line feed. */
function firstBadLine(bytes: Buffer): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(lineFeed, start);
    const next = end === -1 ? bytes.length : end + 1;
    try {
      decoder.decode(bytes.subarray(start, next));
    } catch {
      return line;
    }
    start = next;
  }
  return line;
}

/** The text of the file without a byte order mark; null, with a fault, where it is no UTF-8 text. */
function decode(bytes: Buffer, faults: FaultList): string | null {
  const expected = 'a text file in UTF-8 with a header and a row for each subject';
  if (bytes.length > tableByteLimit)
    faults.add('DEMOGRAPHICS_TOO_LARGE', null, null, 'at most 5,000,000 bytes');
  else if (startsWith(bytes, zipStart) || startsWith(bytes, compoundFileStart))
    faults.add('DEMOGRAPHICS_SPREADSHEET', null, null, expected);
  else if ([0xfeff, 0xfffe].includes(bytes.length < 2 ? 0 : bytes.readUInt16BE(0)))
    faults.add('DEMOGRAPHICS_ENCODING', null, null, 'UTF-8, not UTF-16');
  else if (bytes.includes(0)) faults.add('DEMOGRAPHICS_BINARY', null, null, expected);
  else {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      faults.add('DEMOGRAPHICS_ENCODING', firstBadLine(bytes), null, 'UTF-8');
    }
  }
  return null;
}

/** Raised to stop the parser: blank lines count too, or millions of them would hold it up. */
class TooManyRows extends Error {
  override readonly name = 'TooManyRows';
}

/** The line on which the parser gave up. */
function lineOfError(error: unknown): number {
  if (!(error instanceof CsvError)) throw error;
  const lines: unknown = Reflect.get(error, 'lines');
  return typeof lines === 'number' ? lines : 1;
}

/** Records up to the first misplaced quotation mark, behind which nobody knows where fields end. */
function parseRecords(text: string, faults: FaultList): TableRecord[] {
  let lastLine = 0;
  let read = 0;
  const records: TableRecord[] = [];
  // The parser makes an error for each row of another length than the first; most of its time would go into stacks.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    parse(text, {
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      on_record: (fields: string[], { lines }) => {
        read += 1;
        // the header and the rows
        if (read > rowLimit + 1) throw new TooManyRows();
        const line = lastLine + 1;
        lastLine = lines;
        if (fields.some((field) => field.trim() !== '')) records.push({ line, fields });
        return null;
      },
    });
  } catch (error) {
    if (error instanceof TooManyRows)
      faults.add('DEMOGRAPHICS_TOO_LARGE', null, null, `at most ${rowLimit.toLocaleString('en-GB')} rows`);
    else
      faults.add(
        'DEMOGRAPHICS_QUOTES',
        lineOfError(error),
        null,
        'quotation marks around whole fields, and doubled inside them',
      );
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return records;
}

/** Reads a CSV into records, the header first; rows without any value are left out. */
export function readTable(bytes: Buffer, faults: FaultList): TableRecord[] {
  const text = decode(bytes, faults);
  if (text === null) return [];
  const firstLine = /[^\r\n]*/.exec(text.trimStart())?.[0] ?? '';
  if (!firstLine.includes(',') && /[;\t|]/.test(firstLine)) {
    faults.add('DEMOGRAPHICS_DELIMITER', 1, null, 'commas between the fields');
    return [];
  }
  return parseRecords(text, faults);
}
