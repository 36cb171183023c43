import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type * as z from 'zod';
import { type LakeTable, lakeTables } from '../../../../lambda/lake/lake-tables.contract';

export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** The tables of the lake in memory, for what the texts of SQL mean. */
export interface LakeDatabase extends AsyncDisposable {
  /** Puts rows in place of those of a table; columns that are not named are null. */
  fill(table: LakeTable, rows: readonly Row[]): Promise<void>;
  rows<Answer>(select: string, row: z.ZodType<Answer>): Promise<Answer[]>;
  run(sql: string): Promise<void>;
}

export async function openLakeDatabase(): Promise<LakeDatabase> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run('SET integer_division = true');
  for (const table of Object.keys(lakeTables) as LakeTable[]) await createTable(connection, table);
  return {
    async fill(table, rows) {
      await connection.run(`DELETE FROM ${table}`);
      if (rows.length === 0) return;
      const names = columnsOf(table).map(({ name }) => name);
      const unknown = rows.flatMap((row) => Object.keys(row)).filter((name) => !names.includes(name));
      if (unknown.length > 0) throw new Error(`${table} has no ${unknown.join(', ')}`);
      const values = rows.map((row) => `(${names.map((name) => literal(row[name])).join(', ')})`);
      await connection.run(`INSERT INTO ${table} VALUES ${values.join(', ')}`);
    },
    async rows(select, row) {
      const answer = await connection.runAndReadAll(select);
      return answer.getRowObjectsJS().map((each) => row.parse(plain(each)));
    },
    async run(sql) {
      await connection.run(sql);
    },
    async [Symbol.asyncDispose]() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function columnsOf(table: LakeTable): readonly { readonly name: string; readonly type: string }[] {
  const { columns, partitions } = lakeTables[table];
  return [
    ...Object.entries(columns).map(([name, type]) => ({ name, type })),
    ...partitions.map((name) => ({ name, type: 'varchar' })),
  ];
}

async function createTable(connection: DuckDBConnection, table: LakeTable): Promise<void> {
  const columns = columnsOf(table).map(({ name, type }) => `${name} ${type}`);
  await connection.run(`CREATE TABLE ${table} (${columns.join(', ')})`);
}

const literal = (value: Row[string] | undefined): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value ?? null);

/** Whole numbers as Athena's answers give them; sums are wider than a bigint in DuckDB. */
function plain(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
  );
}
