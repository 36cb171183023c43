import { type CsvRecord, csvRecords, noText } from '../platform/csv-records.contract';
import { rowLimit, tableByteLimit } from './table-columns.contract';
import type { FaultList } from './table-faults.contract';

const lineFeed = 0x0a;

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

const noTextCodes = {
  spreadsheet: 'DEMOGRAPHICS_SPREADSHEET',
  'utf-16': 'DEMOGRAPHICS_ENCODING',
  binary: 'DEMOGRAPHICS_BINARY',
} as const;

/** The text of the file without a byte order mark; null, with a fault, where it is no UTF-8 text. */
function decode(bytes: Buffer, faults: FaultList): string | null {
  if (bytes.length > tableByteLimit) {
    faults.add('DEMOGRAPHICS_TOO_LARGE', null, null, 'at most 5,000,000 bytes');
    return null;
  }
  const kind = noText(bytes);
  if (kind !== null) {
    const expected = 'a text file in UTF-8 with a header and a row for each subject';
    faults.add(noTextCodes[kind], null, null, kind === 'utf-16' ? 'UTF-8, not UTF-16' : expected);
    return null;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    faults.add('DEMOGRAPHICS_ENCODING', firstBadLine(bytes), null, 'UTF-8');
    return null;
  }
}

/** Reads a CSV into records, the header first; rows without any value are left out. */
export function readTable(bytes: Buffer, faults: FaultList): CsvRecord[] {
  const text = decode(bytes, faults);
  if (text === null) return [];
  const { records, stop } = csvRecords(text, rowLimit);
  if (stop?.kind === 'delimiter') faults.add('DEMOGRAPHICS_DELIMITER', 1, null, 'commas between the fields');
  if (stop?.kind === 'too-many-rows')
    faults.add('DEMOGRAPHICS_TOO_LARGE', null, null, `at most ${rowLimit.toLocaleString('en-GB')} rows`);
  if (stop?.kind === 'quotes')
    faults.add(
      'DEMOGRAPHICS_QUOTES',
      stop.line,
      null,
      'quotation marks around whole fields, and doubled inside them',
    );
  return records;
}
