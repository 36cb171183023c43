import * as z from 'zod';
import type { QueryEngine } from '../lake/query-engine';
import { QueryError } from '../lake/query-error';
import { releasedSeriesSelect } from '../lake/sql/released-series';
import { withdrawnFromReleaseSelect, withdrawnNumberRow } from '../lake/sql/withdrawn-studies';
import { boundedMap } from '../platform/bounded-map';
import { releaseKeys } from '../platform/object-keys';
import { type ObjectStore, readJson, requireJson, writeJson } from '../platform/object-store';
import type { RegisterTable } from '../register/register-table';
import { moveRelease } from './move-release';

export interface TakeSeriesPorts {
  readonly table: Pick<RegisterTable, 'get' | 'transact'>;
  readonly engine: Pick<QueryEngine, 'unload' | 'rows'>;
  readonly objects: Pick<ObjectStore, 'readText' | 'put' | 'list' | 'head' | 'copy' | 'deleteAllVersions'>;
  readonly catalogueBucket: string;
  readonly trusts: readonly { readonly odsCode: string; readonly region: string }[];
  /** Name of this attempt, unlike any before. */
  readonly newAttempt: () => string;
}

/** Where an attempt has written the rows, and its files as keys below that. */
const takenSeries = z.object({ folder: z.string(), files: z.array(z.string()) });

const partitions = ['release', 'collection', 'split'] as const;

/** Requests to S3 at once. */
const copiesAtOnce = 16;

/** Times that rows are taken in one execution, at most. */
const mostRounds = 3;

/** Times that an UNLOAD is tried whose files were replaced. */
const mostUnloads = 5;

const releasedSeriesFolder = 'lake/released_series/';

/** Has the rows written, again where files of the lake were replaced under the engine; gives their folder. */
async function unloadAnew(
  { objects, catalogueBucket: bucket, engine, trusts, newAttempt }: TakeSeriesPorts,
  release: string,
  collections: readonly string[],
): Promise<string> {
  const select = releasedSeriesSelect({ release, collections, trusts });
  for (let unload = 1; ; unload += 1) {
    const folder = releaseKeys.unloadFolder(release, newAttempt());
    try {
      await engine.unload(select, folder, partitions);
      return folder;
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      await objects.deleteAllVersions(bucket, folder);
      if (error.reason !== 'FILES_CHANGED' || unload === mostUnloads) throw error;
    }
  }
}

async function unloadOnce(ports: TakeSeriesPorts, release: string, collections: readonly string[]) {
  const { objects, catalogueBucket: bucket } = ports;
  const place = { bucket, key: releaseKeys.series(release) };
  const earlier = await readJson(objects, place, takenSeries);
  if (earlier !== null) return earlier;
  const folder = await unloadAnew(ports, release, collections);
  const files: string[] = [];
  for await (const { key } of objects.list(bucket, folder)) files.push(key.slice(folder.length));
  // two attempts may have come so far: the first one to say so is the release
  await writeJson(objects, place, { folder, files: files.sort() }, { onlyIfAbsent: true });
  return requireJson(objects, place, takenSeries);
}

/**
 * Copies the rows to where the table is. What stands there already is left as it is.
 * @returns whether all files were there: a withdrawal may have emptied one, or the folder was swept since
 */
async function moveRows(
  { objects, catalogueBucket: bucket }: TakeSeriesPorts,
  { folder, files }: z.infer<typeof takenSeries>,
): Promise<boolean> {
  const stand = await boundedMap(files, copiesAtOnce, async (file) => {
    const to = { bucket, key: `${releasedSeriesFolder}${file}` };
    return (await objects.head(to)) !== null || objects.copy({ bucket, key: `${folder}${file}` }, to, {});
  });
  return stand.every((each) => each);
}

/** Whether rows were moved of studies that were withdrawn after they were taken. */
async function holdsWithdrawn({ engine }: TakeSeriesPorts, release: string): Promise<boolean> {
  const scope = { release, splits: ['development', 'held-out'], collections: 'all' } as const;
  return (await engine.rows(withdrawnFromReleaseSelect(scope), withdrawnNumberRow)).length > 0;
}

/** Forgets what was taken, so that it is taken anew. Nobody has asked for any of it yet. */
async function forgetRows(
  { objects, catalogueBucket: bucket }: TakeSeriesPorts,
  release: string,
): Promise<void> {
  await objects.deleteAllVersions(bucket, releaseKeys.series(release));
  await objects.deleteAllVersions(bucket, `${releasedSeriesFolder}release=${release}/`);
}

/**
 * Takes what the lake holds of the collections as the rows of a release, once: whatever comes later is of a later release.
 * An engine that died may still be writing, so each attempt has a folder of its own; the one that is said to be the
 * release is then copied to where the table is.
 *
 * A withdrawal takes rows out of the table and out of folders of attempts as they stand, but an engine may write rows after
 * that which it had read before. So rows are looked at once they all stand in the table: where a study of them was withdrawn
 * meanwhile, or one of the files has gone, all are taken anew. Whatever is withdrawn later finds them in the table.
 */
export async function takeSeries(ports: TakeSeriesPorts, release: string): Promise<{ release: string }> {
  const { objects, catalogueBucket: bucket } = ports;
  const { collections } = await moveRelease(ports.table, release, 'building', { stop: null });
  const moved = { bucket, key: releaseKeys.seriesMoved(release) };
  for (let round = 0; (await objects.readText(moved)) === null; round += 1) {
    if (round === mostRounds) throw new Error(`rows of release ${release} are withdrawn all the time`);
    const stand = await moveRows(ports, await unloadOnce(ports, release, collections));
    if (!stand || (await holdsWithdrawn(ports, release))) await forgetRows(ports, release);
    else await writeJson(objects, moved, { release }, { onlyIfAbsent: true });
  }
  await objects.deleteAllVersions(bucket, releaseKeys.unloadsPrefix(release));
  return { release };
}
