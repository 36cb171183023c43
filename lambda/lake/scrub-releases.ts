import { buffer } from 'node:stream/consumers';
import type { ObjectStore } from '../platform/object-store';
import { filterRows, textAt } from './column-rows';
import { lakeTables } from './lake-tables.contract';
import { readParquet, writeParquet } from './parquet-file';

export interface ScrubReleasesPorts {
  readonly objects: Pick<
    ObjectStore,
    'list' | 'entityTag' | 'readStream' | 'replace' | 'deleteAllVersions' | 'deleteOldVersions'
  >;
  readonly catalogueBucket: string;
}

/** Rounds in which another withdrawal writes the same file. */
const writeRounds = 10;

const releases = 'lake/released_series/';

async function scrubFile(
  { objects, catalogueBucket: bucket }: ScrubReleasesPorts,
  key: string,
  studies: ReadonlySet<string>,
): Promise<boolean> {
  const place = { bucket, key };
  // The tag first: what is written in between has another.
  const tag = await objects.entityTag(place);
  const stream = tag === null ? null : await objects.readStream(place);
  if (stream === null) return true;
  const file = await buffer(stream);
  const isLeft = (study: string | null) => study === null || !studies.has(study);
  const found = await readParquet(file, ['study_instance_uid']);
  const kept = filterRows(found, (rows, at) => isLeft(textAt(rows, 'study_instance_uid', at)));
  if (kept.count === 0) {
    await objects.deleteAllVersions(bucket, key);
    return true;
  }
  if (kept.count < found.count) {
    const { columns } = lakeTables.released_series;
    const all = await readParquet(file, Object.keys(columns));
    const left = filterRows(all, (rows, at) => isLeft(textAt(rows, 'study_instance_uid', at)));
    const body = writeParquet(columns, left);
    if (!(await objects.replace(place, body, tag, 'application/vnd.apache.parquet'))) return false;
  }
  await objects.deleteOldVersions(place);
  return true;
}

/**
 * Takes studies out of every release: each file that holds some is written anew in its place, at once and as a whole, and
 * what it was before is deleted. Numbers of patients and studies stay as they are. May run again at any point.
 */
export async function scrubReleases(
  ports: ScrubReleasesPorts,
  { collection, split }: { readonly collection: string; readonly split: string },
  studies: ReadonlySet<string>,
): Promise<void> {
  if (studies.size === 0) return;
  const partition = `/collection=${collection}/split=${split}/`;
  const keys: string[] = [];
  for await (const { key } of ports.objects.list(ports.catalogueBucket, releases))
    if (key.includes(partition)) keys.push(key);
  for (const key of keys) {
    let done = false;
    for (let round = 0; !done && round < writeRounds; round += 1) done = await scrubFile(ports, key, studies);
    if (!done) throw new Error('a file of a release kept changing while it was written');
  }
}
