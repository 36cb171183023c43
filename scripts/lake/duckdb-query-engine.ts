import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBDateValue, DuckDBDecimalValue, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type * as z from 'zod';
import { type ColumnType, type LakeTable, lakeTables } from '../../lambda/lake/lake-tables.contract';
import type { QueryEngine } from '../../lambda/lake/query-engine';

export interface DuckDbSettings {
  /** Holds `<table>/<partition>=<value>/…/*.parquet`; a table that has no folder has no rows. */
  readonly folder: string;
  readonly threads?: number;
  /** As DuckDB writes it, `2GB`. */
  readonly memoryLimit?: string;
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const duckDbType = (type: ColumnType): string => type.toUpperCase();

function viewOf(table: LakeTable, folder: string): string {
  const { columns, partitions } = lakeTables[table];
  const names = [...Object.keys(columns), ...partitions];
  const typed = Object.entries(columns).map(([name, type]) => `NULL::${duckDbType(type)} AS ${name}`);
  const empty = `SELECT ${[...typed, ...partitions.map((name) => `NULL::VARCHAR AS ${name}`)].join(', ')} WHERE false`;
  const types = partitions.map((name) => `${literal(name)}: VARCHAR`).join(', ');
  const files = `SELECT * FROM read_parquet(${literal(join(folder, table, '**/*.parquet'))}, hive_partitioning = true, hive_types = {${types}}, union_by_name = true)`;
  const rows = existsSync(join(folder, table)) ? `${empty} UNION ALL BY NAME ${files}` : empty;
  return `CREATE VIEW ${table} AS SELECT ${names.join(', ')} FROM (${rows})`;
}

/** As Athena's answers are typed: whole numbers and decimals are numbers, dates text. */
function plainValue(value: DuckDBValue): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new Error('a number is beyond what a double holds');
    return number;
  }
  if (value instanceof DuckDBDecimalValue) return Number(value.toString());
  if (value instanceof DuckDBDateValue) return value.toString();
  return value;
}

/** DuckDB over a folder of Parquet, for tests and benches: the same questions as Athena's over the same tables. */
export class DuckDbQueryEngine implements QueryEngine {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: Awaited<ReturnType<DuckDBInstance['connect']>>,
    private readonly folder: string,
  ) {}

  static async open({
    folder,
    threads = 2,
    memoryLimit = '1GB',
  }: DuckDbSettings): Promise<DuckDbQueryEngine> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(threads),
      memory_limit: memoryLimit,
      preserve_insertion_order: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    // as in Trino: 7 / 2 = 3
    await connection.run('SET integer_division = true');
    for (const table of Object.keys(lakeTables) as LakeTable[]) await connection.run(viewOf(table, folder));
    return new DuckDbQueryEngine(instance, connection, folder);
  }

  async rows<Row>(select: string, row: z.ZodType<Row>): Promise<Row[]> {
    const reader = await this.connection.runAndReadAll(select);
    const names = reader.columnNames();
    return reader
      .getRows()
      .map((values) =>
        row.parse(Object.fromEntries(values.map((value, at) => [names[at] ?? '', plainValue(value)]))),
      );
  }

  /**
   * As Athena does: the folder must be empty, the last columns are the partitions. `lake/` of the catalogue bucket is the
   * engine's own folder.
   */
  async unload(select: string, folder: string, partitions: readonly string[]): Promise<void> {
    const target = join(this.folder, folder.replace(/^lake\//, ''));
    if (existsSync(target)) throw new Error('the folder of an UNLOAD is not empty');
    mkdirSync(target, { recursive: true });
    const by = partitions.length === 0 ? '' : `, PARTITION_BY (${partitions.join(', ')})`;
    const to = partitions.length === 0 ? join(target, 'rows.parquet') : target;
    await this.connection.run(`COPY (${select}) TO ${literal(to)} (FORMAT PARQUET, COMPRESSION SNAPPY${by})`);
    for (const table of Object.keys(lakeTables) as LakeTable[]) {
      await this.connection.run(`DROP VIEW ${table}`);
      await this.connection.run(viewOf(table, this.folder));
    }
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}
