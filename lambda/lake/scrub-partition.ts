import { filterRows, textAt } from './column-rows';
import { FileGoneError, type LakeFileStore } from './lake-file-store';
import type { LakeLeases } from './lake-lease';
import { addedKey, type LakeFile, type LakePartition, mayHold, mergedKey, rowOrder } from './lake-partition';
import { lakeTables } from './lake-tables.contract';
import { toRows } from './parquet-file';
import { readList, replaceList } from './partition-list';
import { type SweepPorts, unnamedFiles } from './sweep-partition';

export interface ScrubPartitionPorts extends SweepPorts {
  readonly files: LakeFileStore;
  readonly leases: LakeLeases;
}

/** What is left of the rows of an owner of whom something goes: values of the second column of the table's order. */
export type RowsLeft = (owner: string) => Promise<ReadonlySet<string>>;

/** Rounds in which others change the same list. */
const writeRounds = 30;

/** A file without what goes; null where nothing of it goes. */
async function scrubFile(
  { files }: ScrubPartitionPorts,
  partition: LakePartition,
  file: LakeFile,
  left: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<{ file: LakeFile; body: Buffer }[] | null> {
  const [owner, within] = rowOrder[partition.table];
  const rows = await files.read(partition, file);
  const kept = filterRows(rows, (all, at) => {
    const leftOfOwner = left.get(textAt(all, owner, at) ?? '');
    return leftOfOwner === undefined || leftOfOwner.has(textAt(all, within, at) ?? '');
  });
  if (kept.count === rows.count) return null;
  if (kept.count === 0) return [];
  const next: LakeFile =
    file.kind === 'added'
      ? {
          ...file,
          key: addedKey(partition, file.owner, toRows(lakeTables[partition.table].columns, kept)),
        }
      : { ...file, key: mergedKey(partition, file.first, file.last) };
  return [{ file: next, body: await files.write(partition, next, kept) }];
}

/** Scrubs one file that holds something of what goes; false where there is none. */
async function scrubOne(
  ports: ScrubPartitionPorts,
  partition: LakePartition,
  left: ReadonlyMap<string, ReadonlySet<string>>,
  clean: Set<string>,
): Promise<boolean> {
  const list = await readList(ports, partition);
  for (const file of list.files) {
    if (clean.has(file.key)) continue;
    const suspects = [...left.keys()].filter((owner) => mayHold(file, owner));
    const owners = suspects.length === 0 ? new Map() : await ports.files.owners(partition, file);
    const scrubbed = suspects.some((owner) => owners.has(owner))
      ? await scrubFile(ports, partition, file, left)
      : null;
    if (scrubbed === null) {
      clean.add(file.key);
      continue;
    }
    const others = list.files.filter(({ key }) => key !== file.key);
    const next = [...others, ...scrubbed.map((each) => each.file)];
    if (await replaceList(ports, partition, list, next))
      for (const each of scrubbed) await ports.files.ensure(each.file, each.body);
    return true;
  }
  return false;
}

/**
 * Takes rows out of a partition, and then deletes every file in which they stood or may have been written, in all versions.
 * Nobody merges meanwhile, so no file that holds them comes after. May run again at any point.
 * @throws LakeBusyError
 */
export async function scrubPartition(
  ports: ScrubPartitionPorts,
  partition: LakePartition,
  owners: readonly string[],
  rowsLeft: RowsLeft,
): Promise<void> {
  await ports.leases.hold(partition, async () => {
    const left = new Map<string, ReadonlySet<string>>();
    for (const owner of owners) left.set(owner, await rowsLeft(owner));
    const clean = new Set<string>();
    let goesOn = true;
    for (let round = 0; goesOn; ) {
      try {
        goesOn = await scrubOne(ports, partition, left, clean);
      } catch (error) {
        round += 1;
        if (!(error instanceof FileGoneError) || round === writeRounds) throw error;
      }
    }
    const unnamed = await unnamedFiles(ports, partition);
    await ports.files.erase(unnamed.filter((file) => owners.some((owner) => mayHold(file, owner))));
  });
}
