import type { LakeTable } from './lake-tables.contract';

/**
 * Where the lake stands in the catalogue bucket. Rows of `instances`, `demographics` and `tombstones` come by submission or
 * withdrawal and are put together in time: which files hold them at a moment is said by one object a partition, the list
 * of files, whose replacement is what makes a change seen as a whole. A release is written once, in a folder of its own.
 */

/** Tables whose files are named by lists, with the column that says whose rows they are. */
export const listedTables = {
  instances: 'submission',
  demographics: 'submission',
  tombstones: 'withdrawal',
} as const satisfies Partial<Record<LakeTable, string>>;

export type ListedTable = keyof typeof listedTables;

export function isListedTable(table: LakeTable): table is ListedTable {
  return Object.hasOwn(listedTables, table);
}

/** Where the rows of releases are written to before they are moved into the table: a folder a release, in it one an attempt. */
export const unloadsFolder = 'lake/unloads/';

/** Folder of a table's lists of files, or of its files where it has no lists; the folders of partitions stand in it. */
export function tableFolder(table: LakeTable): string {
  return isListedTable(table) ? `lake/lists/${table}/` : `lake/${table}/`;
}
