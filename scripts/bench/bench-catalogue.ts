import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { parseFilter } from '../../lambda/cohorts/filter-parser.contract';
import { peopleCountsOf } from '../../lambda/lake/people-counts';
import {
  buildReleaseIndex,
  countsOf,
  facetOf,
  type IndexColumn,
  indexColumns,
  matchingRows,
  type ReleaseIndex,
} from '../../lambda/lake/release-index';
import { countSelect } from '../../lambda/lake/sql/count-rows';
import { facetColumns, facetSelect } from '../../lambda/lake/sql/facets';
import { peopleAttributes, peopleRow, peopleSelect } from '../../lambda/lake/sql/people';
import { indexRowsSelect, withdrawnStudiesSelect } from '../../lambda/lake/sql/release-rows';
import type { ReleaseScope } from '../../lambda/lake/sql/released-rows';
import { releasedSeriesSelect } from '../../lambda/lake/sql/released-series';
import { studyListSelect } from '../../lambda/lake/sql/study-list';
import { englandCensus2021 } from '../../statistics/references/england-census-2021';
import { reportOnPeople } from '../../statistics/representativeness/report-on-people';
import { rounded } from './measured-process';
import { percentilesOf } from './percentiles';
import { syntheticCollections, syntheticTrusts, writeSyntheticLake } from './synthetic-lake';

/** Patients of a lake: 50 instances each, in the mean. */
const instancesOfPatient = 50;
const seed = 20_260_401;
const release = '2026.4';
const scope: ReleaseScope = { release, splits: ['development', 'held-out'], collections: 'all' };

/** What the engine may take of the 4 GB of the process. */
const engineMemory = '2GB';
const threads = 2;

/** Studies of the cohort that is listed, where the lake has so many. */
const cohortStudies = 100_000;

const parts = [
  'modality = CT',
  'modality in (CR, DX)',
  'body_part = CHEST',
  'age >= 18',
  'sex = female',
  'region = london',
  'ethnic_group = black',
  'kvp > 90',
  'slice_thickness <= 2.5',
  'manufacturer = SIEMENS',
  'imd_decile in (1, 2)',
  'contrast = yes',
  'ethnic_category is not known',
];

/** Filters from none to several conditions: thirty-nine. */
export const benchFilters: readonly string[] = [
  '',
  ...parts,
  ...parts.map((part, index) => `${part} and ${parts[(index + 3) % parts.length]}`),
  ...parts
    .slice(1)
    .map((part, index) => `(${part} or ${parts[(index + 5) % parts.length]}) and not age < 40`),
];

async function timed<Answer>(work: () => Promise<Answer> | Answer): Promise<[Answer, number]> {
  const start = performance.now();
  const answer = await work();
  return [answer, rounded(performance.now() - start)];
}

async function openEngine(folder: string): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: engineMemory,
    temp_directory: join(folder, 'temporary'),
    preserve_insertion_order: 'true',
  });
  const connection = await instance.connect();
  await connection.run('SET integer_division = true');
  return connection;
}

const viewOf = (folder: string, table: string): string =>
  `CREATE VIEW ${table} AS SELECT * FROM read_parquet('${join(folder, table)}/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)`;

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Makes a lake, or takes the one that a former run left in its folder, and its release. */
async function prepare(connection: DuckDBConnection, folder: string, instances: number) {
  await mkdir(folder, { recursive: true });
  const isThere = await exists(join(folder, 'tombstones'));
  const [, lakeMilliseconds] = isThere
    ? [null, null]
    : await timed(() =>
        writeSyntheticLake(connection, { folder, instances, patients: instances / instancesOfPatient, seed }),
      );
  for (const table of ['instances', 'demographics', 'tombstones'])
    await connection.run(viewOf(folder, table));
  await rm(join(folder, 'released_series'), { recursive: true, force: true });
  const select = releasedSeriesSelect({
    release,
    collections: syntheticCollections,
    trusts: syntheticTrusts,
  });
  const [, releaseMilliseconds] = await timed(() =>
    connection.run(
      `COPY (${select}) TO '${join(folder, 'released_series')}' (FORMAT parquet, PARTITION_BY (release, collection, split), COMPRESSION snappy)`,
    ),
  );
  await connection.run(viewOf(folder, 'released_series'));
  return { lakeMilliseconds, releaseMilliseconds };
}

async function countRows(connection: DuckDBConnection): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of ['instances', 'demographics', 'tombstones', 'released_series']) {
    const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${table}`);
    counts[table] = Number(reader.getRows()[0]?.[0]);
  }
  return counts;
}

async function loadIndex(connection: DuckDBConnection): Promise<ReleaseIndex> {
  const reader = await connection.runAndReadAll(indexRowsSelect(scope));
  const [patients = [], studies = [], ...columns] = reader.getColumnsJS();
  const named = indexColumns.map((name, at) => [name, columns[at] ?? []] as const);
  return buildReleaseIndex(
    Int32Array.from(patients, Number),
    Int32Array.from(studies, Number),
    new Map(named) as Map<IndexColumn, (string | number | boolean | null)[]>,
  );
}

/** Lists the studies of a cohort and writes their series as a manifest, a line each. */
async function writeCohort(connection: DuckDBConnection, folder: string) {
  const filter = parseFilter('modality in (CR, DX, CT)');
  let [series, studies, last, bytes] = [0, 0, '', 0];
  const result = await connection.stream(studyListSelect(scope, filter, 'all'));
  const names = result.columnNames();
  async function* lines() {
    for await (const rows of result.yieldRowsJs()) {
      let text = '';
      for (const row of rows) {
        if (row[1] !== last) {
          if (studies === cohortStudies) break;
          last = String(row[1]);
          studies += 1;
        }
        series += 1;
        text += `${JSON.stringify(Object.fromEntries(names.map((name, at) => [name, plain(row[at])])))}\n`;
      }
      bytes += text.length;
      yield text;
      if (studies === cohortStudies) return;
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(join(folder, 'cohort.ndjson')));
  return { studies, series, bytes };
}

/** Counts the people of the release by every attribute and compares them with the census; says how many groups there were. */
async function reportPeople(connection: DuckDBConnection): Promise<number> {
  const select = peopleSelect(scope, { kind: 'everything' }, peopleAttributes);
  const reader = await connection.runAndReadAll(select);
  const rows = reader
    .getRowObjectsJS()
    .map((row) =>
      peopleRow.parse(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]))),
    );
  const report = reportOnPeople(peopleCountsOf(release, rows), [englandCensus2021()], 'disclosure-rule');
  if (report.attributes.length === 0) throw new Error('a report without attributes');
  return rows.length;
}

const plain = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

/** Measures one size of lake, in a folder that may hold it from a former run. */
export async function benchCatalogue(folder: string, instances: number) {
  const connection = await openEngine(folder);
  const prepared = await prepare(connection, folder, instances);
  const rows = await countRows(connection);

  const [index, indexMilliseconds] = await timed(() => loadIndex(connection));
  const withdrawnRows = await connection.runAndReadAll(withdrawnStudiesSelect(scope));
  const withdrawn = new Set(withdrawnRows.getRows().map(([number]) => Number(number)));
  const facetTimes: number[] = [];
  for (const text of benchFilters) {
    const [, time] = await timed(() => {
      const matching = matchingRows(index, parseFilter(text), withdrawn);
      return [countsOf(index, matching), ...facetColumns.map((facet) => facetOf(index, matching, facet))];
    });
    facetTimes.push(time);
  }
  const sqlTimes: number[] = [];
  for (const text of benchFilters.slice(0, 5)) {
    const [, time] = await timed(async () => {
      for (const facet of facetColumns)
        await connection.runAndReadAll(facetSelect(scope, parseFilter(text), facet));
    });
    sqlTimes.push(time);
  }
  const countTimes: number[] = [];
  for (const text of benchFilters) {
    const [, time] = await timed(() => connection.runAndReadAll(countSelect(scope, parseFilter(text))));
    countTimes.push(time);
  }
  const [cohort, cohortMilliseconds] = await timed(() => writeCohort(connection, folder));
  const [groups, representativenessMilliseconds] = await timed(() => reportPeople(connection));
  connection.closeSync();
  return {
    instances,
    rows,
    ...prepared,
    index: { milliseconds: indexMilliseconds, rows: index.rows },
    facets: { filters: facetTimes.length, milliseconds: percentilesOf(facetTimes) },
    facetsBySql: { filters: sqlTimes.length, milliseconds: percentilesOf(sqlTimes) },
    countsBySql: { filters: countTimes.length, milliseconds: percentilesOf(countTimes) },
    cohort: { ...cohort, milliseconds: cohortMilliseconds },
    representativeness: { groups, milliseconds: representativenessMilliseconds },
    peakMemoryMegabytes: rounded(process.resourceUsage().maxRSS / 1000),
  };
}
