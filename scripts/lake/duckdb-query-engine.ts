import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import * as z from 'zod';
import { type ColumnType, type LakeTable, lakeTables } from '../../lambda/lake/lake-tables.contract';
import type { QueryEngine } from '../../lambda/lake/query-engine';
import { readResultFile } from '../../lambda/lake/read-result-file';
import { resultColumn, typedRow } from '../../lambda/lake/result-values';

export interface DuckDbSettings {
  /** Holds `<table>/<partition>=<value>/…/*.parquet`; a table that has no folder has no rows. */
  readonly folder: string;
  readonly threads?: number;
  /** As DuckDB writes it, `2GB`. */
  readonly memoryLimit?: string;
  /** Takes what does not fit into the memory, and answers while they are read. */
  readonly temporaryFolder: string;
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

/** A type of DuckDB in the words of Athena: sums of whole numbers are bigint there and HUGEINT here. */
const athenaType = (type: string): string =>
  type === 'HUGEINT' ? 'bigint' : type.replace(/\(.*$/, '').toLowerCase();

const describedColumn = z.object({ column_name: z.string(), column_type: z.string() });

/** DuckDB over a folder of Parquet, for benches: the same questions as Athena's over the same tables. */
export class DuckDbQueryEngine implements QueryEngine {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: Awaited<ReturnType<DuckDBInstance['connect']>>,
    private readonly folder: string,
    private readonly temporaryFolder: string,
  ) {}

  static async open({
    folder,
    threads = 2,
    memoryLimit = '1GB',
    temporaryFolder,
  }: DuckDbSettings): Promise<DuckDbQueryEngine> {
    mkdirSync(temporaryFolder, { recursive: true });
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(threads),
      memory_limit: memoryLimit,
      temp_directory: temporaryFolder,
      preserve_insertion_order: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    // as in Trino: 7 / 2 = 3
    await connection.run('SET integer_division = true');
    for (const table of Object.keys(lakeTables) as LakeTable[]) await connection.run(viewOf(table, folder));
    return new DuckDbQueryEngine(instance, connection, folder, temporaryFolder);
  }

  /** By a file of results, as Athena gives an answer of more than a page, and as functions read it. */
  async rows<Row>(select: string, row: z.ZodType<Row>): Promise<Row[]> {
    const described = await this.connection.runAndReadAll(`DESCRIBE ${select}`);
    const columns = described
      .getRowObjectsJson()
      .map((each) => describedColumn.parse(each))
      .map(({ column_name, column_type }) => resultColumn(column_name, athenaType(column_type)));
    const file = join(this.temporaryFolder, `${randomUUID()}.csv`);
    const options = '(FORMAT csv, HEADER true, FORCE_QUOTE *)';
    await this.connection.run(`COPY (${select}) TO ${literal(file)} ${options}`);
    const rows: Row[] = [];
    for await (const values of readResultFile(createReadStream(file)))
      rows.push(row.parse(typedRow(columns, values)));
    await rm(file);
    return rows;
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
