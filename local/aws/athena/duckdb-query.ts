import type { DuckDBConnection } from '@duckdb/node-api';
import type { CatalogTable } from './data-catalog';
import type { PartitionFiles } from './table-files';

/** A table with the files that the question may touch. */
export interface OpenTable {
  readonly table: CatalogTable;
  readonly partitions: readonly PartitionFiles[];
}

export interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** What a question may take of this machine. */
const threads = 2;
const memoryLimit = '1GB';

const hiveTypes: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  int: 'INTEGER',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  float: 'REAL',
  boolean: 'BOOLEAN',
  date: 'DATE',
};

/** DuckDB's types as Athena names them; sums of whole numbers are bigint there and HUGEINT here. */
const athenaTypes: Readonly<Record<string, string>> = {
  VARCHAR: 'varchar',
  TINYINT: 'tinyint',
  SMALLINT: 'smallint',
  INTEGER: 'integer',
  BIGINT: 'bigint',
  HUGEINT: 'bigint',
  DOUBLE: 'double',
  FLOAT: 'float',
  BOOLEAN: 'boolean',
  DATE: 'date',
};

function athenaType(type: string): string {
  if (type.startsWith('DECIMAL(')) return 'decimal';
  if (type === '"NULL"' || type === 'SQLNULL') return 'varchar';
  const known = athenaTypes[type];
  if (known === undefined) throw new Error(`NOT_SUPPORTED: a column of type ${type} is not known here`);
  return known;
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function hiveType(type: string): string {
  const known = hiveTypes[type];
  if (known === undefined) throw new Error(`NOT_SUPPORTED: columns of type ${type} are not known here`);
  return known;
}

/**
 * A view over a table's files. Its columns are those of the catalogue whatever the files hold, as Athena has it: what a
 * file does not have is null, what the catalogue does not have is not seen, and without files there are no rows.
 */
export function viewOf({ table, partitions }: OpenTable): string {
  const typed = table.columns.map(({ name, type }) => `NULL::${hiveType(type)} AS ${quoted(name)}`);
  const names = [...table.columns, ...table.partitions].map(({ name }) => quoted(name)).join(', ');
  const empty = `SELECT ${[...typed, ...table.partitions.map(({ name }) => `NULL::VARCHAR AS ${quoted(name)}`)].join(', ')} WHERE false`;
  const branches = partitions
    .filter(({ paths }) => paths.length > 0)
    .map(({ values, paths }) => {
      const constants = table.partitions.map(
        ({ name }, at) => `${literal(values[at] ?? '')} AS ${quoted(name)}`,
      );
      const files = `read_parquet([${paths.map(literal).join(', ')}], union_by_name = true, hive_partitioning = false)`;
      return `SELECT ${['*', ...constants].join(', ')} FROM ${files}`;
    });
  return `CREATE VIEW ${quoted(table.name)} AS SELECT ${names} FROM (${[empty, ...branches].join(' UNION ALL BY NAME ')})`;
}

/**
 * A connection to a database of its own that holds views of these tables, and can read nothing but their files and write
 * nothing but into `folder`. DuckDB, some 70 MB of native code, is loaded when the first question comes.
 */
export async function openQuery(
  tables: readonly OpenTable[],
  folder: string | null,
): Promise<{ connection: DuckDBConnection; close(): void }> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: memoryLimit,
    preserve_insertion_order: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(folder === null ? {} : { temp_directory: folder }),
  });
  const connection = await instance.connect();
  const close = (): void => {
    connection.closeSync();
    instance.closeSync();
  };
  try {
    const paths = tables.flatMap(({ partitions }) => partitions.flatMap((each) => each.paths));
    await connection.run(`SET allowed_paths = [${paths.map(literal).join(', ')}]`);
    if (folder !== null) await connection.run(`SET allowed_directories = [${literal(folder)}]`);
    await connection.run('SET enable_external_access = false');
    // as in Trino: 7 / 2 = 3
    await connection.run('SET integer_division = true');
    for (const table of tables) await connection.run(viewOf(table));
    await connection.run('SET lock_configuration = true');
  } catch (error) {
    close();
    throw error;
  }
  return { connection, close };
}

function textOf(value: unknown, type: string): string | null {
  if (value === null || value === undefined) return null;
  if (type === 'double' || type === 'float') {
    const number = Number(value);
    return Number.isInteger(number) ? number.toFixed(1) : String(number);
  }
  return String(value);
}

export async function answerOf(connection: DuckDBConnection, select: string): Promise<Answer> {
  const reader = await connection.runAndReadAll(select);
  const types = reader.columnTypes().map((type) => athenaType(type.toString()));
  return {
    columns: reader.columnNames().map((name, at) => ({ name, type: types[at] ?? 'varchar' })),
    rows: reader.getRows().map((row) => row.map((value, at) => textOf(value, types[at] ?? 'varchar'))),
  };
}

/** Writes the rows of a SELECT as Parquet files below a folder of the disk, by Hive's folders of partitions. */
export async function writeParquet(
  connection: DuckDBConnection,
  select: string,
  folder: string,
  { compression, partitionedBy }: { readonly compression: string; readonly partitionedBy: readonly string[] },
): Promise<void> {
  const partitions =
    partitionedBy.length === 0 ? '' : `, PARTITION_BY (${partitionedBy.map(quoted).join(', ')})`;
  const options = `FORMAT PARQUET, COMPRESSION ${compression}${partitions}`;
  const target = partitionedBy.length === 0 ? `${folder}/rows.parquet` : folder;
  await connection.run(
    `COPY (${select}) TO ${literal(target)} (${options}${partitionedBy.length === 0 ? '' : ', OVERWRITE_OR_IGNORE'})`,
  );
}
