import { filterRows, textAt } from './column-rows';
import { FileGoneError, type LakeFileStore } from './lake-file-store';
import type { LakeLeases } from './lake-lease';
import {
  addedKey,
  type LakeFile,
  type LakePartition,
  mayHold,
  mergedKey,
  ownerColumn,
  rowsDigest,
} from './lake-partition';
import { lakeTables } from './lake-tables.contract';
import { type LakeRow, toColumns, toRows } from './parquet-file';
import { type PartitionListPorts, readList, replaceList } from './partition-list';

export interface SetRowsPorts extends PartitionListPorts {
  readonly files: LakeFileStore;
  readonly leases: LakeLeases;
}

/** Rounds in which others change the same list. Each ends with one of the writers done. */
const writeRounds = 30;

type MergedFile = LakeFile & { readonly kind: 'merged' };

/** The merged files that hold rows of an owner. */
async function holdersOf(
  { files }: SetRowsPorts,
  partition: LakePartition,
  listed: readonly LakeFile[],
  owner: string,
): Promise<MergedFile[]> {
  const holders: MergedFile[] = [];
  for (const file of listed)
    if (file.kind === 'merged' && mayHold(file, owner) && (await files.owners(partition, file)).has(owner))
      holders.push(file);
  return holders;
}

/** Digest of an owner's rows as a merged file holds them. */
async function heldDigest(
  { files }: SetRowsPorts,
  partition: LakePartition,
  file: MergedFile,
  owner: string,
): Promise<string> {
  const column = ownerColumn(partition);
  const held = filterRows(
    await files.read(partition, file),
    (rows, at) => textAt(rows, column, at) === owner,
  );
  return rowsDigest(partition, toRows(lakeTables[partition.table].columns, held));
}

async function setOnce(
  ports: SetRowsPorts,
  partition: LakePartition,
  owner: string,
  rows: readonly LakeRow[],
): Promise<boolean> {
  const { files } = ports;
  const { columns } = lakeTables[partition.table];
  const list = await readList(ports, partition);
  const mine = list.files.filter((file) => file.kind === 'added' && file.owner === owner);
  const holders = await holdersOf(ports, partition, list.files, owner);
  const [holder] = holders;
  if (holder !== undefined && holders.length === 1 && mine.length === 0)
    if ((await heldDigest(ports, partition, holder, owner)) === rowsDigest(partition, rows)) return true;

  const added: LakeFile[] =
    rows.length === 0 ? [] : [{ kind: 'added', key: addedKey(partition, owner, rows), owner }];
  const body = await Promise.all(added.map((file) => files.write(partition, file, toColumns(columns, rows))));
  const change = async (): Promise<boolean> => {
    const column = ownerColumn(partition);
    const rewritten: { file: LakeFile; body: Buffer }[] = [];
    for (const each of holders) {
      const left = filterRows(
        await files.read(partition, each),
        (held, at) => textAt(held, column, at) !== owner,
      );
      if (left.count === 0) continue;
      const file = { ...each, key: mergedKey(partition, each.first, each.last) };
      rewritten.push({ file, body: await files.write(partition, file, left) });
    }
    const gone = new Set<string>([...mine, ...holders].map(({ key }) => key));
    const kept = list.files.filter(({ key }) => !gone.has(key));
    const next = [...kept, ...rewritten.map(({ file }) => file), ...added];
    const same = next.length === list.files.length && added.every(({ key }) => gone.has(key));
    if (!(same && holders.length === 0) && !(await replaceList(ports, partition, list, next))) return false;
    for (const [at, file] of added.entries()) await files.ensure(file, body[at] as Buffer);
    for (const each of rewritten) await files.ensure(each.file, each.body);
    return true;
  };
  return holders.length === 0 ? change() : ports.leases.hold(partition, change);
}

/**
 * Makes a partition hold just these rows of a submission or withdrawal, whatever it held of it before, in the order of the
 * table. May run at any time, again and beside others: questions see the rows as they were or as they are to be. Files that
 * count no more stay for the questions that still read them; compaction sweeps them.
 * @throws LakeBusyError where its rows stand in merged files and others are at work on those
 */
export async function setRows(
  ports: SetRowsPorts,
  partition: LakePartition,
  owner: string,
  rows: readonly LakeRow[],
): Promise<void> {
  for (let round = 0; round < writeRounds; round += 1) {
    try {
      if (await setOnce(ports, partition, owner, rows)) return;
    } catch (error) {
      if (!(error instanceof FileGoneError)) throw error;
    }
  }
  throw new Error('a list of the lake kept changing while it was written');
}
