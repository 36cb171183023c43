import type { ObjectStore } from '../platform/object-store';
import { placeOfUri } from '../platform/s3-uri';
import { type LakeFile, type LakePartition, listKey, readFileKey } from './lake-partition';

/** What a partition's list said when it was read. */
export interface PartitionList {
  readonly files: readonly LakeFile[];
  readonly tag: string | null;
}

export interface PartitionListPorts {
  readonly objects: Pick<ObjectStore, 'readText' | 'entityTag' | 'replace'>;
  readonly catalogueBucket: string;
}

export async function readList(
  { objects, catalogueBucket: bucket }: PartitionListPorts,
  partition: LakePartition,
): Promise<PartitionList> {
  const place = { bucket, key: listKey(partition) };
  // The tag first: what is written in between has another.
  const tag = await objects.entityTag(place);
  const text = tag === null ? '' : ((await objects.readText(place)) ?? '');
  const lines = text.split('\n').filter((line) => line !== '');
  return { files: lines.map((line) => readFileKey(partition, placeOfUri(line).key)), tag };
}

/**
 * Makes a partition consist of these files, at once and for every question that begins after it; false where the list has
 * changed since it was read.
 */
export function replaceList(
  { objects, catalogueBucket: bucket }: PartitionListPorts,
  partition: LakePartition,
  { tag }: PartitionList,
  files: readonly LakeFile[],
): Promise<boolean> {
  const lines = files.map(({ key }) => `s3://${bucket}/${key}\n`).sort();
  return objects.replace({ bucket, key: listKey(partition) }, lines.join(''), tag, 'text/plain');
}
