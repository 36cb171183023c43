import { CsvError, parse } from 'csv-parse/sync';
import type { InputFaultCode, InputFaults, TableName } from './input-faults';

/** A line of a table, without its blank neighbours. */
export interface CsvRecord {
  /** Line of the file on which it begins. */
  readonly line: number;
  readonly fields: readonly string[];
}

export const byteLimit = 500_000_000;
export const rowLimit = 1_000_000;

const zipStart = Buffer.from('PK\x03\x04', 'latin1');
const compoundFileStart = Buffer.from('d0cf11e0', 'hex');
const startsWith = (bytes: Buffer, start: Buffer) => bytes.subarray(0, start.length).equals(start);

/** What keeps bytes from being a text, if anything does. */
function binaryFault(bytes: Buffer): { readonly code: InputFaultCode; readonly expected: string } | null {
  const expected = 'a text file in UTF-8 with a header';
  if (bytes.length > byteLimit) return { code: 'EVALUATION_TOO_LARGE', expected: 'at most 500 MB' };
  if (startsWith(bytes, zipStart) || startsWith(bytes, compoundFileStart))
    return { code: 'EVALUATION_SPREADSHEET', expected };
  if ([0xfeff, 0xfffe].includes(bytes.length < 2 ? 0 : bytes.readUInt16BE(0)))
    return { code: 'EVALUATION_ENCODING', expected: 'UTF-8, not UTF-16' };
  return bytes.includes(0) ? { code: 'EVALUATION_BINARY', expected } : null;
}

/** Raised to stop the parser. */
class TooManyRows extends Error {
  override readonly name = 'TooManyRows';
}

/** The line on which the parser gave up. */
function lineOfError(error: unknown): number {
  if (!(error instanceof CsvError)) throw error;
  const lines: unknown = Reflect.get(error, 'lines');
  return typeof lines === 'number' ? lines : 1;
}

function parseRecords(text: string, table: TableName, faults: InputFaults): CsvRecord[] {
  let lastLine = 0;
  let read = 0;
  const records: CsvRecord[] = [];
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
      faults.add(table, 'EVALUATION_TOO_LARGE', null, null, 'at most 1,000,000 rows');
    else
      faults.add(
        table,
        'EVALUATION_QUOTES',
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
export function csvRecords(bytes: Buffer, table: TableName, faults: InputFaults): CsvRecord[] {
  const binary = binaryFault(bytes);
  if (binary !== null) {
    faults.add(table, binary.code, null, null, binary.expected);
    return [];
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    faults.add(table, 'EVALUATION_ENCODING', null, null, 'UTF-8');
    return [];
  }
  const firstLine = /[^\r\n]*/.exec(text.trimStart())?.[0] ?? '';
  if (!firstLine.includes(',') && /[;\t|]/.test(firstLine)) {
    faults.add(table, 'EVALUATION_DELIMITER', 1, null, 'commas between the fields');
    return [];
  }
  return parseRecords(text, table, faults);
}
