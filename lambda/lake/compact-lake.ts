import { type CompactPartitionPorts, compactPartition } from './compact-partition';
import { UnreadableFileError } from './lake-file-store';
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
 * @throws UnreadableFileError for the first file that cannot be read, once the other partitions are done
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
  const unreadable: UnreadableFileError[] = [];
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
      if (error instanceof UnreadableFileError) unreadable.push(error);
      else if (error instanceof LakeBusyError) left += 1;
      else throw error;
    }
  }
  if (unreadable[0] !== undefined) throw unreadable[0];
  return { merged, swept, left };
}
