import { boundedMap } from '../platform/bounded-map';
import { filterRows, mergeRows, type RowTest, textAt } from './column-rows';
import { FileGoneError, type LakeFileStore } from './lake-file-store';
import type { LakeLeases } from './lake-lease';
import { type LakeFile, type LakePartition, mergedKey } from './lake-partition';
import { readList, replaceList } from './partition-list';
import { type SweepPorts, sweepPartition } from './sweep-partition';

export interface CompactPartitionPorts extends SweepPorts {
  readonly files: LakeFileStore;
  readonly leases: LakeLeases;
  /** Rows of a full file. */
  readonly fileRows: number;
  /** Whether there is time to merge another file. */
  readonly hasTime: () => boolean;
}

/** 200,000 rows are some 30 MB in a file, and some 400 MB while they are put in order. */
export const fullFileRows = 200_000;

const readsAtOnce = 16;

/** Names of owners hold the time in which they came; so files that follow one another hold what follows in time. */
const firstOwner = (file: LakeFile): string => (file.kind === 'added' ? file.owner : file.first);
const lastOwner = (file: LakeFile): string => (file.kind === 'added' ? file.owner : file.last);

/** Files to be merged into one: neighbours of less than half the rows of a full file. Files of one owner alone stay. */
export function planGroups(
  files: readonly { readonly file: LakeFile; readonly rows: number }[],
  fileRows: number,
): LakeFile[][] {
  const small = files
    .filter(({ rows }) => rows * 2 < fileRows)
    .sort((one, other) => (firstOwner(one.file) < firstOwner(other.file) ? -1 : 1));
  const groups: LakeFile[][] = [];
  let group: LakeFile[] = [];
  let rows = 0;
  for (const each of small) {
    if (rows + each.rows > fileRows) {
      groups.push(group);
      group = [];
      rows = 0;
    }
    group.push(each.file);
    rows += each.rows;
  }
  return [...groups, group].filter(({ length }) => length > 1);
}

/** Rows of studies that were withdrawn after the row's submission was made: ids of both begin with the time. */
async function isAlive(ports: CompactPartitionPorts, partition: LakePartition): Promise<RowTest> {
  if (partition.table !== 'instances') return () => true;
  const tombstones: LakePartition = { ...partition, table: 'tombstones' };
  const withdrawnAt = new Map<string, string>();
  for (const file of (await readList(ports, tombstones)).files) {
    const rows = await ports.files.read(tombstones, file);
    for (let at = 0; at < rows.count; at += 1) {
      const study = textAt(rows, 'study_instance_uid', at) ?? '';
      const time = (textAt(rows, 'withdrawal', at) ?? '').slice(2);
      if (time > (withdrawnAt.get(study) ?? '')) withdrawnAt.set(study, time);
    }
  }
  return (rows, at) =>
    (withdrawnAt.get(textAt(rows, 'study_instance_uid', at) ?? '') ?? '') <
    (textAt(rows, 'submission', at) ?? '').slice(2);
}

async function mergeGroup(
  ports: CompactPartitionPorts,
  partition: LakePartition,
  group: readonly LakeFile[],
): Promise<boolean> {
  const { files } = ports;
  const list = await readList(ports, partition);
  const merging = new Set(group.map(({ key }) => key));
  const kept = list.files.filter(({ key }) => !merging.has(key));
  // somebody has replaced one of them since they were counted: for the next run
  if (list.files.length - kept.length !== group.length) return false;
  const parts = [];
  for (const file of group) parts.push(await files.read(partition, file));
  const rows = filterRows(mergeRows(partition, parts), await isAlive(ports, partition));
  if (rows.count === 0) return replaceList(ports, partition, list, kept);
  const first = group.map(firstOwner).sort()[0] ?? '';
  const last = group.map(lastOwner).sort().at(-1) ?? '';
  const merged: LakeFile = { kind: 'merged', key: mergedKey(partition, first, last), first, last };
  const body = await files.write(partition, merged, rows);
  if (!(await replaceList(ports, partition, list, [...kept, merged]))) {
    await files.erase([merged]);
    return false;
  }
  await files.ensure(merged, body);
  return true;
}

/**
 * Merges the small files of a partition, group by group; rows of withdrawn studies do not come along. Until the list names
 * the new file nobody sees it, and from then on nobody sees the old ones: killed at any point, a run leaves files that no
 * list names, for another to sweep. Gives the number of files merged.
 * @throws LakeBusyError
 */
export async function compactPartition(
  ports: CompactPartitionPorts,
  partition: LakePartition,
): Promise<{ merged: number; swept: number }> {
  const swept = await sweepPartition(ports, partition);
  const { files } = await readList(ports, partition);
  if (files.length < 2) return { merged: 0, swept };
  let merged = 0;
  try {
    const counted = await boundedMap(files, readsAtOnce, async (file) => {
      const owners = await ports.files.owners(partition, file);
      return { file, rows: [...owners.values()].reduce((sum, rows) => sum + rows, 0) };
    });
    for (const group of planGroups(counted, ports.fileRows)) {
      if (!ports.hasTime()) break;
      if (await ports.leases.hold(partition, () => mergeGroup(ports, partition, group)))
        merged += group.length;
    }
  } catch (error) {
    // a file was replaced and swept meanwhile: for the next run
    if (!(error instanceof FileGoneError)) throw error;
  }
  return { merged, swept };
}
