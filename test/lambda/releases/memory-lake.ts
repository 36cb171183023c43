import * as z from 'zod';
import { type LakeTable, lakeTables } from '../../../lambda/lake/lake-tables.contract';
import type { QueryEngine } from '../../../lambda/lake/query-engine';
import type { MemoryObjectStore } from '../fixtures/memory-object-store';
import { type LakeDatabase, openLakeDatabase, type Row } from '../lake/sql/lake-database';

const bucket = 'catalogue';
const folder = 'lake/released_series/';

const anyRow = z.record(z.string(), z.unknown());

const plainValue = (value: unknown): Row[string] =>
  value instanceof Date ? value.toISOString().slice(0, 10) : ((value ?? null) as Row[string]);

/**
 * The lake in memory: questions are answered by DuckDB, and what an UNLOAD writes stands as JSON in the bucket, where
 * `released_series` is read from.
 */
export class MemoryLake implements QueryEngine {
  /** Called before and after an UNLOAD has written; what it throws stops it. */
  beforeUnload: (when: 'before' | 'after') => void = () => {};

  private constructor(
    private readonly database: LakeDatabase,
    private readonly objects: MemoryObjectStore,
  ) {}

  static async open(objects: MemoryObjectStore): Promise<MemoryLake> {
    return new MemoryLake(await openLakeDatabase(), objects);
  }

  fill(table: LakeTable, rows: readonly Row[]): Promise<void> {
    return this.database.fill(table, rows);
  }

  async rows<Answer>(select: string, row: z.ZodType<Answer>): Promise<Answer[]> {
    const released: Row[] = this.objects
      .keys(bucket)
      .filter((key) => key.startsWith(folder))
      .flatMap((key) => this.objects.json(bucket, key) as Row[]);
    await this.database.fill('released_series', released);
    return this.database.rows(select, row);
  }

  async unload(select: string, into: string, partitions: readonly string[]): Promise<void> {
    if (this.objects.keys(bucket).some((key) => key.startsWith(into)))
      throw new Error('the folder of an UNLOAD is not empty');
    this.beforeUnload('before');
    const names = [...Object.keys(lakeTables.released_series.columns), ...partitions];
    const files = new Map<string, Row[]>();
    for (const found of await this.database.rows(select, anyRow)) {
      const row = Object.fromEntries(names.map((name) => [name, plainValue(found[name])]));
      const key = `${into}${partitions.map((name) => `${name}=${String(row[name])}`).join('/')}/rows.json`;
      files.set(key, [...(files.get(key) ?? []), row]);
    }
    for (const [key, rows] of files)
      await this.objects.put({ bucket, key }, JSON.stringify(rows), { contentType: 'application/json' });
    this.beforeUnload('after');
  }

  async close(): Promise<void> {
    await this.database[Symbol.asyncDispose]();
  }
}
