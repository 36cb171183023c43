import { type CsvRecord, csvRecords, noText } from '../../lambda/platform/csv-records.contract';
import type { InputFaults, TableName } from './input-faults';

export const byteLimit = 500_000_000;
export const rowLimit = 1_000_000;

const noTextCodes = {
  spreadsheet: 'EVALUATION_SPREADSHEET',
  'utf-16': 'EVALUATION_ENCODING',
  binary: 'EVALUATION_BINARY',
} as const;

/** The text of a table; null, with a fault, where it is too large or no UTF-8 text. */
function decode(bytes: Buffer, table: TableName, faults: InputFaults): string | null {
  if (bytes.length > byteLimit) {
    faults.add(table, 'EVALUATION_TOO_LARGE', null, null, 'at most 500 MB');
    return null;
  }
  const kind = noText(bytes);
  if (kind !== null) {
    const expected = kind === 'utf-16' ? 'UTF-8, not UTF-16' : 'a text file in UTF-8 with a header';
    faults.add(table, noTextCodes[kind], null, null, expected);
    return null;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    faults.add(table, 'EVALUATION_ENCODING', null, null, 'UTF-8');
    return null;
  }
}

/** Reads a CSV into records, the header first; rows without any value are left out. */
export function readRecords(bytes: Buffer, table: TableName, faults: InputFaults): CsvRecord[] {
  const text = decode(bytes, table, faults);
  if (text === null) return [];
  const { records, stop } = csvRecords(text, rowLimit);
  if (stop?.kind === 'delimiter')
    faults.add(table, 'EVALUATION_DELIMITER', 1, null, 'commas between the fields');
  if (stop?.kind === 'too-many-rows')
    faults.add(table, 'EVALUATION_TOO_LARGE', null, null, 'at most 1,000,000 rows');
  if (stop?.kind === 'quotes')
    faults.add(
      table,
      'EVALUATION_QUOTES',
      stop.line,
      null,
      'quotation marks around whole fields, and doubled inside them',
    );
  return records;
}
