import type { CsvRecord } from '../platform/csv-records.contract';
import { checkRow } from './check-row.contract';
import { type MatchedColumns, matchColumns } from './match-columns.contract';
import { readTable } from './read-table.contract';
import type { ColumnName, DemographicsRow } from './table-columns.contract';
import { FaultList, type TableFault } from './table-faults.contract';

/** A row and the line of the file on which it stands. */
export interface LocatedRow {
  readonly line: number;
  readonly row: DemographicsRow;
}

export type CheckedTable =
  | { readonly valid: true; readonly rows: readonly LocatedRow[] }
  | {
      readonly valid: false;
      /** Rows below the header, as far as the file could be read. */
      readonly rows: number;
      readonly faults: readonly TableFault[];
      /** Faults that are not listed. */
      readonly more: number;
    };

/** Where each column stands in a record. */
function positionsOf(columns: MatchedColumns['columns']): Map<ColumnName, number> {
  return new Map(columns.flatMap((column, index) => (column === null ? [] : [[column, index] as const])));
}

/** One row for each subject: neither an NHS number nor a Patient ID stands in two. */
function checkRepeats(located: readonly LocatedRow[], faults: FaultList): void {
  const check = (column: ColumnName, identifierOf: (row: DemographicsRow) => string | null) => {
    const lines = new Map<string, number>();
    for (const { line, row } of located) {
      const value = identifierOf(row);
      if (value === null) continue;
      const first = lines.get(value);
      if (first === undefined) lines.set(value, line);
      else faults.add('DEMOGRAPHICS_SUBJECT_REPEATED', line, column, `another subject than on line ${first}`);
    }
  };
  check('nhs_number', (row) => row.nhsNumber);
  check('subject_id', (row) => row.subjectId);
}

function checkRecords(
  records: readonly CsvRecord[],
  fieldCount: number,
  { columns, unnamed }: MatchedColumns,
  today: string,
  faults: FaultList,
): LocatedRow[] {
  const positions = positionsOf(columns);
  const withValues = new Set<number>();
  const rows: LocatedRow[] = [];
  for (const { line, fields } of records) {
    if (fields.length !== fieldCount) {
      faults.add('DEMOGRAPHICS_FIELD_COUNT', line, null, `${fieldCount} fields`);
      continue;
    }
    for (const index of unnamed)
      if ((fields[index] ?? '').trim() !== '' && !withValues.has(index)) {
        withValues.add(index);
        faults.add('DEMOGRAPHICS_COLUMN_UNNAMED', line, `column ${index + 1}`, 'a column with a name');
      }
    const valueOfColumn = (column: ColumnName) => (fields[positions.get(column) ?? -1] ?? '').trim();
    const row = checkRow(valueOfColumn, (column) => positions.has(column), line, today, faults);
    if (row !== null) rows.push({ line, row });
  }
  return rows;
}

/**
 * Checks a table as a whole: its encoding, header and every value of every row, and says all that is wrong at once.
 * The command at the trust and the platform check by this same function.
 * @param today as `YYYY-MM-DD`: no date is later
 */
export function checkTable(bytes: Buffer, today: string): CheckedTable {
  const faults = new FaultList();
  const [header, ...records] = readTable(bytes, faults);
  let rows: LocatedRow[] = [];
  if (header !== undefined) {
    const matched = matchColumns(header.fields, header.line, faults);
    if (matched.columns.length > 0)
      rows = checkRecords(records, header.fields.length, matched, today, faults);
    checkRepeats(rows, faults);
  }
  if (records.length === 0 && faults.size === 0)
    faults.add('DEMOGRAPHICS_EMPTY', null, null, 'a header and a row for each subject');
  return faults.size === 0
    ? { valid: true, rows }
    : { valid: false, rows: records.length, ...faults.listed() };
}
