import type { Split } from '../../dicom/deidentify/outcome';
import { instanceRow } from '../catalogue/catalogue.contract';
import { clinicalRow } from '../demographics/demographics.contract';
import { catalogueRowsKey, clinicalRowsKey } from '../platform/object-keys';
import type { ListedTable } from './lake-folders.contract';
import { type LakePartition, rowOrder } from './lake-partition';
import type { LakeRow } from './parquet-file';
import { demographicsLakeRow, instanceLakeRow } from './rows-of-catalogue';
import { type SetRowsPorts, setRows } from './set-rows';

/** Rounds in which somebody else writes the rows of the catalogue. */
const readRounds = 10;

/** A table of the lake that follows the catalogue's rows, which stand by submission as lines of JSON. */
export type FollowingTable = Exclude<ListedTable, 'tombstones'>;

const sources: Readonly<
  Record<
    FollowingTable,
    {
      readonly key: (collection: string, split: Split, submissionId: string) => string;
      readonly row: (line: unknown) => LakeRow;
    }
  >
> = {
  instances: { key: catalogueRowsKey, row: (line) => instanceLakeRow(instanceRow.parse(line)) },
  demographics: { key: clinicalRowsKey, row: (line) => demographicsLakeRow(clinicalRow.parse(line)) },
};

export interface FollowingPartition extends LakePartition {
  readonly table: FollowingTable;
}

interface CatalogueRows {
  readonly tag: string | null;
  readonly rows: readonly LakeRow[];
}

/** The rows of a submission as they stand in the catalogue, in the order of the table. */
export async function rowsOfCatalogue(
  { objects, catalogueBucket: bucket }: Pick<SetRowsPorts, 'objects' | 'catalogueBucket'>,
  { table, collection, split }: FollowingPartition,
  submissionId: string,
): Promise<CatalogueRows> {
  const { key, row } = sources[table];
  const place = { bucket, key: key(collection, split, submissionId) };
  // The tag first: what is written in between has another.
  const tag = await objects.entityTag(place);
  const text = tag === null ? '' : ((await objects.readText(place)) ?? '');
  const rows = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => row(JSON.parse(line)));
  const [, within] = rowOrder[table];
  rows.sort((one, other) => ((one[within] ?? '') < (other[within] ?? '') ? -1 : 1));
  return { tag, rows };
}

/**
 * Brings the lake's rows of a submission to what the catalogue holds of it. Whoever changes those rows calls it afterwards:
 * the last of several who change them finds all changes.
 */
export async function syncSubmission(
  ports: SetRowsPorts,
  partition: FollowingPartition,
  submissionId: string,
): Promise<void> {
  for (let round = 0; round < readRounds; round += 1) {
    const { tag, rows } = await rowsOfCatalogue(ports, partition, submissionId);
    await setRows(ports, partition, submissionId, rows);
    const { collection, split, table } = partition;
    const key = sources[table].key(collection, split, submissionId);
    if ((await ports.objects.entityTag({ bucket: ports.catalogueBucket, key })) === tag) return;
  }
  throw new Error('rows of the catalogue kept changing while the lake followed');
}
