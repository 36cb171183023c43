import type { Answer } from './duckdb-query';

const written = (value: string | null): string => (value === null ? '' : `"${value.replaceAll('"', '""')}"`);

/** Athena's file of results: names first, every value in quotation marks, null as nothing. */
export function resultFile({ columns, rows }: Answer): Buffer {
  const lines = [columns.map(({ name }) => name), ...rows].map((row) => `${row.map(written).join(',')}\n`);
  return Buffer.from(lines.join(''), 'utf8');
}

/** The rows of such a file, names included. */
export function readResultFile(file: Buffer): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  for (const match of file.toString('utf8').matchAll(/("(?:[^"]|"")*")?([,\n])/g)) {
    row.push(match[1] === undefined ? null : match[1].slice(1, -1).replaceAll('""', '"'));
    if (match[2] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
