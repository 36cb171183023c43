import { createHash, randomUUID } from 'node:crypto';
import type { Split } from '../../dicom/deidentify/outcome';
import { canonicalJson } from '../platform/canonical-json';
import { type ListedTable, listedTables, tableFolder } from './lake-folders.contract';
import { lakeTables } from './lake-tables.contract';
import type { LakeRow } from './parquet-file';

/** A partition of a table whose files are named by a list. */
export interface LakePartition {
  readonly table: ListedTable;
  readonly collection: string;
  readonly split: Split;
}

export const lakeSplits = ['development', 'held-out'] as const satisfies readonly Split[];

/**
 * A file of a partition: `added` holds the rows of one submission (or withdrawal) and is named by them, so that whoever
 * writes the same writes the same file; `merged` holds those of many, and no two have one name.
 */
export type LakeFile =
  | { readonly kind: 'added'; readonly key: string; readonly owner: string }
  | { readonly kind: 'merged'; readonly key: string; readonly first: string; readonly last: string };

/** The column that says whose a row is. */
export function ownerColumn({ table }: LakePartition): string {
  return listedTables[table];
}

/** Columns by which the rows of a file are in order; no two rows of a table agree in them. */
export const rowOrder: Readonly<Record<ListedTable, readonly [owner: string, within: string]>> = {
  instances: ['submission', 'ordinal'],
  demographics: ['submission', 'patient_pseudonym'],
  tombstones: ['withdrawal', 'study_instance_uid'],
};

function partitionFolder({ collection, split }: LakePartition): string {
  return `collection=${collection}/split=${split}/`;
}

export function filesFolder(partition: LakePartition): string {
  return `lake/${partition.table}/${partitionFolder(partition)}`;
}

export function listKey(partition: LakePartition): string {
  return `${tableFolder(partition.table)}${partitionFolder(partition)}files.txt`;
}

/** Everything that may be written of an owner's rows in a partition stands below this prefix, but for merged files. */
export function addedPrefix(partition: LakePartition, owner: string): string {
  return `${filesFolder(partition)}added.${owner}.`;
}

/** Hex digits of the digest in a name: 64 bits tell the few versions of one submission's rows apart. */
const digestLength = 16;

/** Digest of rows with the columns that they are written in. */
export function rowsDigest({ table }: LakePartition, rows: readonly LakeRow[]): string {
  return createHash('sha256')
    .update(canonicalJson([lakeTables[table].columns, rows]))
    .digest('hex')
    .slice(0, digestLength);
}

export function addedKey(partition: LakePartition, owner: string, rows: readonly LakeRow[]): string {
  return `${addedPrefix(partition, owner)}${rowsDigest(partition, rows)}.parquet`;
}

export function mergedKey(partition: LakePartition, first: string, last: string): string {
  return `${filesFolder(partition)}merged.${first}.${last}.${randomUUID()}.parquet`;
}

/** @throws Error for a key that is none of a partition's files */
export function readFileKey(partition: LakePartition, key: string): LakeFile {
  const folder = filesFolder(partition);
  const [kind, one, other] = key.slice(folder.length).split('.');
  if (key.startsWith(folder) && key.endsWith('.parquet') && one !== undefined && other !== undefined) {
    if (kind === 'added') return { kind, key, owner: one };
    if (kind === 'merged') return { kind, key, first: one, last: other };
  }
  throw new Error('a list of the lake names what is no file of its partition');
}

/** Whether a file may hold rows of an owner, by its name. */
export function mayHold(file: LakeFile, owner: string): boolean {
  return file.kind === 'added' ? file.owner === owner : file.first <= owner && owner <= file.last;
}
