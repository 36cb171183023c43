import { CsvError, parse } from 'csv-parse/sync';

/** Tables that people export from elsewhere, as CSV: read on the machine of whoever sends them, and where they arrive. */

/** A line of a table, without its blank neighbours. */
export interface CsvRecord {
  /** Line of the file on which it begins. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** What keeps bytes from being a text in UTF-8; those that look like one may still not be. */
export type NoText = 'spreadsheet' | 'utf-16' | 'binary';

/** What stopped the reading, and on which line where that is known. */
export type CsvStop =
  | { readonly kind: 'delimiter' }
  | { readonly kind: 'too-many-rows' }
  | { readonly kind: 'quotes'; readonly line: number };

const zipStart = Buffer.from('PK\x03\x04', 'latin1');
const compoundFileStart = Buffer.from('d0cf11e0', 'hex');

const startsWith = (bytes: Buffer, start: Buffer) => bytes.subarray(0, start.length).equals(start);

/** What files are that are no text; null where nothing tells so. */
export function noText(bytes: Buffer): NoText | null {
  if (startsWith(bytes, zipStart) || startsWith(bytes, compoundFileStart)) return 'spreadsheet';
  if ([0xfeff, 0xfffe].includes(bytes.length < 2 ? 0 : bytes.readUInt16BE(0))) return 'utf-16';
  return bytes.includes(0) ? 'binary' : null;
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

/**
 * Reads a CSV into records, the header first; rows without any value are left out. After a misplaced quotation mark nobody
 * knows where fields end, so the records are those before it.
 * @param rowLimit rows at most, beside the header
 */
export function csvRecords(text: string, rowLimit: number): { records: CsvRecord[]; stop: CsvStop | null } {
  const firstLine = /[^\r\n]*/.exec(text.trimStart())?.[0] ?? '';
  if (!firstLine.includes(',') && /[;\t|]/.test(firstLine))
    return { records: [], stop: { kind: 'delimiter' } };
  let lastLine = 0;
  let read = 0;
  let stop: CsvStop | null = null;
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
    stop =
      error instanceof TooManyRows ? { kind: 'too-many-rows' } : { kind: 'quotes', line: lineOfError(error) };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return { records, stop };
}
