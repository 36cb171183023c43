import type { LakePartition } from './lake-partition';
import { rowOrder } from './lake-partition';
import { lakeTables } from './lake-tables.contract';
import type { ColumnRows } from './parquet-file';

/** Work on rows by column, without an object for each row: a file has up to hundreds of thousands. */

export type RowTest = (rows: ColumnRows, at: number) => boolean;

/** A text of a row, null where the row has none. */
export function textAt({ columns }: ColumnRows, name: string, at: number): string | null {
  const value = columns.get(name)?.[at];
  return value === null || value === undefined ? null : String(value);
}

function pick({ columns }: ColumnRows, positions: readonly number[]): ColumnRows {
  return {
    count: positions.length,
    columns: new Map(
      [...columns].map(([name, values]) => [name, positions.map((at) => values[at])] as const),
    ),
  };
}

export function filterRows(rows: ColumnRows, isKept: RowTest): ColumnRows {
  const kept: number[] = [];
  for (let at = 0; at < rows.count; at += 1) if (isKept(rows, at)) kept.push(at);
  return kept.length === rows.count ? rows : pick(rows, kept);
}

/** The rows of several files as one, in the order of the table. */
export function mergeRows(partition: LakePartition, parts: readonly ColumnRows[]): ColumnRows {
  const names = Object.keys(lakeTables[partition.table].columns);
  const joined: ColumnRows = {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    columns: new Map(names.map((name) => [name, parts.flatMap(({ columns }) => columns.get(name) ?? [])])),
  };
  const [owner, within] = rowOrder[partition.table];
  const owners = joined.columns.get(owner) as string[];
  const positions = joined.columns.get(within) as (string | number)[];
  const order = Array.from({ length: joined.count }, (_, at) => at).sort((one, other) => {
    const left = owners[one] ?? '';
    const right = owners[other] ?? '';
    if (left !== right) return left < right ? -1 : 1;
    return (positions[one] ?? 0) < (positions[other] ?? 0) ? -1 : 1;
  });
  return pick(joined, order);
}
