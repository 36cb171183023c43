import { type ColumnData, type FileMetaData, parquetMetadata, parquetRead } from 'hyparquet';
import { type ParquetWriteOptions, parquetWriteBuffer } from 'hyparquet-writer';
import type { ColumnType, TableColumns } from './lake-tables.contract';

type SchemaElement = NonNullable<ParquetWriteOptions['schema']>[number];

/** A value of a row: dates as `2026-11-29`, bigint as whole numbers. */
export type RowValue = string | number | boolean | null;
export type LakeRow = Readonly<Record<string, RowValue>>;

/** Rows by column, as Parquet holds them: dates as days since 1970, bigint as BigInt. */
export interface ColumnRows {
  readonly count: number;
  readonly columns: ReadonlyMap<string, readonly unknown[]>;
}

/** So that a reader may leave out most of a file, and a writer needs memory for one group only. */
const rowGroupSize = 100_000;

const dayMilliseconds = 86_400_000;

const parquetTypes: Readonly<Record<ColumnType, Partial<SchemaElement>>> = {
  varchar: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT32' },
  bigint: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  date: { type: 'INT32', converted_type: 'DATE' },
  boolean: { type: 'BOOLEAN' },
};

function encoded(value: RowValue, type: ColumnType): unknown {
  if (value === null) return null;
  if (type === 'bigint') return BigInt(value);
  if (type === 'date') return Date.parse(`${value}T00:00:00Z`) / dayMilliseconds;
  return value;
}

function decoded(value: unknown, type: ColumnType): RowValue {
  if (value === null || value === undefined) return null;
  if (type === 'bigint') return Number(value);
  if (type === 'date') return new Date(Number(value) * dayMilliseconds).toISOString().slice(0, 10);
  return value as RowValue;
}

export function toColumns(columns: TableColumns, rows: readonly LakeRow[]): ColumnRows {
  return {
    count: rows.length,
    columns: new Map(
      Object.entries(columns).map(([name, type]) => [
        name,
        rows.map((row) => encoded(row[name] ?? null, type)),
      ]),
    ),
  };
}

export function toRows(columns: TableColumns, data: ColumnRows): LakeRow[] {
  const entries = Object.entries(columns);
  return Array.from({ length: data.count }, (_, at) =>
    Object.fromEntries(entries.map(([name, type]) => [name, decoded(data.columns.get(name)?.[at], type)])),
  );
}

/** The rows as a Parquet file, compressed by Snappy; the same bytes for the same rows. */
export function writeParquet(columns: TableColumns, data: ColumnRows): Buffer {
  const entries = Object.entries(columns);
  return Buffer.from(
    parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: entries.length },
        ...entries.map(
          ([name, type]): SchemaElement => ({
            ...parquetTypes[type],
            name,
            repetition_type: 'OPTIONAL',
          }),
        ),
      ],
      columnData: entries.map(([name]) => ({ name, data: [...(data.columns.get(name) ?? [])] })),
      rowGroupSize,
      createdBy: 'nmip',
    }),
  );
}

function arrayBuffer(file: Buffer): ArrayBuffer {
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
}

/** A column that the file does not have is null in every row. */
async function readColumn(file: ArrayBuffer, metadata: FileMetaData, name: string): Promise<unknown[]> {
  const count = Number(metadata.num_rows);
  const values: unknown[] = new Array(count).fill(null);
  if (!metadata.schema.some((element) => element.name === name)) return values;
  await parquetRead({
    file,
    metadata,
    columns: [name],
    parsers: { dateFromDays: (days: number) => days },
    onChunk: ({ columnData, rowStart }: ColumnData) => {
      for (let at = 0; at < columnData.length; at += 1) values[rowStart + at] = columnData[at] ?? null;
    },
  });
  return values;
}

/** Reads columns of a file, one after another. @throws Error where it is no Parquet */
export async function readParquet(file: Buffer, names: readonly string[]): Promise<ColumnRows> {
  const buffer = arrayBuffer(file);
  const metadata = parquetMetadata(buffer);
  const columns = new Map<string, unknown[]>();
  for (const name of names) columns.set(name, await readColumn(buffer, metadata, name));
  return { count: Number(metadata.num_rows), columns };
}
