import { type CompactPartitionPorts, compactPartition } from './compact-partition';
import { type ListedTable, listedTables } from './lake-folders.contract';
import { LakeBusyError } from './lake-lease';
import { type LakePartition, lakeSplits } from './lake-partition';
import { readList } from './partition-list';
import { type SweepUnloadsPorts, sweepUnloads } from './sweep-unloads';

export interface CompactLakeOutput {
  /** Files that were merged into others. */
  readonly merged: number;
  /** Files that no list named any more, and those of attempts at a release that died, deleted. */
  readonly swept: number;
  /** Partitions at which others were at work, or for which no time was left: for another run. */
  readonly left: number;
}

async function addedFiles(ports: CompactPartitionPorts, partition: LakePartition): Promise<number> {
  const { files } = await readList(ports, partition);
  return files.filter(({ kind }) => kind === 'added').length;
}

/**
 * Compacts partitions of some collections, one after another, once it has swept what releases have left behind.
 * @param leastAdded partitions with fewer files of single submissions are left out
 */
export async function compactLake(
  ports: CompactPartitionPorts & SweepUnloadsPorts,
  collections: readonly string[],
  leastAdded = 0,
): Promise<CompactLakeOutput> {
  const partitions: LakePartition[] = collections.flatMap((collection) =>
    lakeSplits.flatMap((split) =>
      (Object.keys(listedTables) as ListedTable[]).map((table) => ({ table, collection, split })),
    ),
  );
  let merged = 0;
  let swept = await sweepUnloads(ports);
  let left = 0;
  for (const partition of partitions) {
    if (!ports.hasTime()) {
      left += 1;
      continue;
    }
    try {
      if (leastAdded > 0 && (await addedFiles(ports, partition)) < leastAdded) continue;
      const done = await compactPartition(ports, partition);
      merged += done.merged;
      swept += done.swept;
    } catch (error) {
      if (!(error instanceof LakeBusyError)) throw error;
      left += 1;
    }
  }
  return { merged, swept, left };
}
