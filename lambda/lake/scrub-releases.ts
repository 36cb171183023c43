import { buffer } from 'node:stream/consumers';
import type { ObjectStore } from '../platform/object-store';
import { filterRows, textAt } from './column-rows';
import { tableFolder, unloadsFolder } from './lake-folders.contract';
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

/**
 * Where rows of releases stand: on their way, and in the table. In this order: what is copied into the table meanwhile was
 * either scrubbed before it was copied, or stands in the table when that is looked at.
 */
const folders = [unloadsFolder, tableFolder('released_series')];

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

async function scrubUntilDone(
  ports: ScrubReleasesPorts,
  key: string,
  studies: ReadonlySet<string>,
): Promise<void> {
  for (let round = 0; round < writeRounds; round += 1) if (await scrubFile(ports, key, studies)) return;
  throw new Error('a file of a release kept changing while it was written');
}

/**
 * Takes studies out of every release, also of one that is being taken, or was and never came to its end: each file that holds some is written anew in its place, at once and as a whole, and
 * what it was before is deleted. Numbers of patients and studies stay as they are. May run again at any point.
 */
export async function scrubReleases(
  ports: ScrubReleasesPorts,
  { collection, split }: { readonly collection: string; readonly split: string },
  studies: ReadonlySet<string>,
): Promise<void> {
  if (studies.size === 0) return;
  const partition = `/collection=${collection}/split=${split}/`;
  for (const folder of folders) {
    const keys: string[] = [];
    for await (const { key } of ports.objects.list(ports.catalogueBucket, folder))
      if (key.includes(partition)) keys.push(key);
    for (const key of keys) await scrubUntilDone(ports, key, studies);
  }
}
