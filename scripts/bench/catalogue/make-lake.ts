import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { releasedSeriesSelect } from '../../../lambda/lake/sql/released-series';
import { DuckDbQueryEngine } from '../../lake/duckdb-query-engine';
import { measured } from './measured';
import { syntheticCollections, syntheticTrusts, writeSyntheticLake } from './synthetic-lake';

/** Patients of a lake: 50 instances each, in the mean. */
const instancesOfPatient = 50;
const seed = 20_260_401;

/** What DuckDB may take of the 4 GB of the process. */
const memoryLimit = '2GB';
const threads = 2;

export const release = '2026.4';

export const openEngine = (folder: string): Promise<DuckDbQueryEngine> =>
  DuckDbQueryEngine.open({ folder, threads, memoryLimit, temporaryFolder: `${folder}-temporary` });

async function writeTables(folder: string, instances: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: memoryLimit,
    temp_directory: `${folder}-temporary`,
  });
  const connection = await instance.connect();
  await writeSyntheticLake(connection, { folder, instances, patients: instances / instancesOfPatient, seed });
  connection.closeSync();
  instance.closeSync();
}

/** Makes a synthetic lake, or takes the one that a former run left in its folder, and a release of it as the product does. */
export async function makeLake(folder: string, instances: number) {
  // tombstones are written last
  const [, lakeMilliseconds] = existsSync(join(folder, 'tombstones'))
    ? [null, null]
    : await measured(() => writeTables(folder, instances));
  await rm(join(folder, 'released_series'), { recursive: true, force: true });
  const engine = await openEngine(folder);
  const select = releasedSeriesSelect({
    release,
    collections: syntheticCollections,
    trusts: syntheticTrusts,
  });
  const [, releaseMilliseconds] = await measured(() =>
    engine.unload(select, 'lake/released_series', ['release', 'collection', 'split']),
  );
  engine.close();
  return { lakeMilliseconds, releaseMilliseconds };
}
