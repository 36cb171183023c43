import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { AwsError, type ObjectStorage } from '../service';
import type { CatalogTable, DataCatalog } from './data-catalog';
import { answerOf, type OpenTable, openQuery, writeParquet } from './duckdb-query';
import { outputOf, type QueryExecution } from './query-execution';
import { resultFile } from './result-file';
import { type Statement, tablesIn } from './statement';
import { cannotOpen, filesOfTable, readLocation } from './table-files';

export interface RunQueryPorts {
  readonly catalog: DataCatalog;
  readonly objects: ObjectStorage;
  /** Where files of an UNLOAD are made before they go to S3. */
  readonly workFolder: string;
}

/** The tables that a text speaks of, each allowed to the caller by Glue. */
function tablesOf(
  { catalog }: RunQueryPorts,
  { caller, database }: QueryExecution,
  text: string,
): CatalogTable[] {
  const known = catalog.tables(database);
  caller.authorise('glue:GetDatabase', catalog.arn('catalog'));
  caller.authorise('glue:GetDatabase', catalog.arn(`database/${database}`));
  if (known === undefined) throw new Error(`SCHEMA_NOT_FOUND: Schema '${database}' does not exist`);
  const tables = tablesIn(text, known.keys()).flatMap((name) => known.get(name) ?? []);
  for (const { name, format } of tables) {
    for (const resource of ['catalog', `database/${database}`, `table/${database}/${name}`])
      caller.authorise('glue:GetTable', catalog.arn(resource));
    if (format === null) throw new Error(`NOT_SUPPORTED: the format of table ${name} is not known here`);
  }
  return tables;
}

async function unload(
  ports: RunQueryPorts,
  execution: QueryExecution,
  statement: Statement & { readonly kind: 'unload' },
  tables: readonly OpenTable[],
): Promise<string[]> {
  const { caller } = execution;
  const { bucket, prefix } = readLocation(statement.to);
  if ((await ports.objects.listKeys(caller, bucket, prefix)).length > 0)
    throw new Error(`HIVE_PATH_ALREADY_EXISTS: Target directory for table already exists: ${statement.to}`);
  const folder = join(ports.workFolder, execution.id);
  const rows = join(folder, 'rows');
  mkdirSync(rows, { recursive: true });
  try {
    const { connection, close } = await openQuery(tables, folder);
    execution.interrupt = () => connection.interrupt();
    try {
      await writeParquet(connection, statement.select, rows, statement);
    } finally {
      delete execution.interrupt;
      close();
    }
    const written: string[] = [];
    const files = readdirSync(rows, { recursive: true, encoding: 'utf8' }).sort();
    for (const file of files.map((name) => join(rows, name)).filter((path) => statSync(path).isFile())) {
      const place = relative(rows, file).split(sep).slice(0, -1);
      const key = `${prefix}${[...place, `${randomUUID()}.parquet`].join('/')}`;
      await ports.objects.putObject(caller, bucket, key, readFileSync(file));
      written.push(`s3://${bucket}/${key}`);
    }
    return written;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeResult(
  { objects }: RunQueryPorts,
  execution: QueryExecution,
  body: Buffer,
): Promise<void> {
  const { bucket, prefix } = readLocation(outputOf(execution));
  execution.caller.authorise('s3:GetBucketLocation', `arn:aws:s3:::${bucket}`);
  await objects.putObject(execution.caller, bucket, prefix, body);
}

/**
 * Runs a question to its end with the rights of who asked it: Glue is asked for each table, S3 for each file, and the
 * answer is written by the asker into the folder of the work group.
 * @throws Error whose message is what Athena would say, or DuckDB says
 */
export async function runQuery(ports: RunQueryPorts, execution: QueryExecution): Promise<void> {
  const { statement } = execution;
  const select = statement.kind === 'unload' ? statement.select : statement.text;
  const tables: OpenTable[] = [];
  for (const table of tablesOf(ports, execution, select))
    tables.push({ table, partitions: await filesOfTable(ports.objects, execution.caller, table, select) });
  execution.bytesScanned = tables.reduce(
    (sum, { partitions }) => sum + partitions.reduce((bytes, each) => bytes + each.bytes, 0),
    0,
  );
  try {
    if (statement.kind === 'unload') {
      const written = await unload(ports, execution, statement, tables);
      await writeResult(ports, execution, Buffer.from(written.map((uri) => `${uri}\n`).join('')));
    } else await answer(ports, execution, statement.text, tables);
  } catch (error) {
    const paths = tables.flatMap(({ partitions }) => partitions.flatMap((each) => each.paths));
    const gone = paths.find((path) => !existsSync(path));
    throw gone === undefined ? error : cannotOpen(gone);
  }
}

async function answer(
  ports: RunQueryPorts,
  execution: QueryExecution,
  text: string,
  tables: readonly OpenTable[],
): Promise<void> {
  const { connection, close } = await openQuery(tables, null);
  execution.interrupt = () => connection.interrupt();
  try {
    const found = await answerOf(connection, text);
    execution.columns = found.columns;
    await writeResult(ports, execution, resultFile(found));
  } finally {
    delete execution.interrupt;
    close();
  }
}

/** Whether a failure is the asker's: refused, or a text that the engine does not take. */
export function isOfUser(error: unknown): boolean {
  return error instanceof AwsError || (error instanceof Error && /^[A-Z_]{4,}:|Error:/.test(error.message));
}
