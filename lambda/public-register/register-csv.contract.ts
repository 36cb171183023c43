import { stringify } from 'csv-stringify/sync';
import { type RegisterEntry, registerEntry } from './public-register.contract';

type Column = keyof RegisterEntry;

const columns = Object.keys(registerEntry.shape) as Column[];

/** What stands between the values of a cell that has several. */
const SEPARATOR = '; ';

function cell(entry: RegisterEntry, column: Column): string {
  switch (column) {
    case 'datasets':
      return entry.datasets.map(({ id, title }) => `${title} (${id})`).join(SEPARATOR);
    case 'amendments':
      return entry.amendments
        .map((each) => `${each.approval_date} until ${each.project_end_date}`)
        .join(SEPARATOR);
    case 'ai_use':
      return entry.ai_use ? 'yes' : 'no';
    default: {
      const value = entry[column];
      if (value === null) return '';
      return Array.isArray(value) ? value.join(SEPARATOR) : String(value);
    }
  }
}

/**
 * Entries as CSV (RFC 4180): UTF-8, CRLF, a header. A cell that a spreadsheet would take for a formula, since it begins
 * with = + - @, a tab or a carriage return, has an apostrophe before it.
 *
 * @param header false on a page after the first
 */
export function registerCsv(entries: readonly RegisterEntry[], header: boolean): string {
  return stringify(
    entries.map((entry) => columns.map((column) => cell(entry, column))),
    { header, columns, record_delimiter: 'windows', escape_formulas: true },
  );
}
