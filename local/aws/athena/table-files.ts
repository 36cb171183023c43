import { AwsError, type Caller, type ObjectStorage } from '../service';
import type { CatalogPartition, CatalogTable } from './data-catalog';
import { askedValues, invalidRequest } from './statement';

/** Files of one partition, as they lie on the disk. */
export interface PartitionFiles {
  /** Value of each partition column, in their order. */
  readonly values: readonly string[];
  readonly paths: readonly string[];
  readonly bytes: number;
}

interface Location {
  readonly bucket: string;
  readonly prefix: string;
}

export function readLocation(uri: string): Location {
  const match = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri);
  if (match?.[1] === undefined || match[2] === undefined) throw invalidRequest(`${uri} is no location in S3`);
  return { bucket: match[1], prefix: match[2] };
}

function projectedValues(
  partition: CatalogPartition,
  { name }: CatalogTable,
  query: string,
): readonly string[] {
  if (partition.projection === 'enum') return partition.values;
  const values = askedValues(query, partition.name);
  if (values.length === 0)
    throw invalidRequest(
      `CONSTRAINT_VIOLATION: For the injected projected partition column ${partition.name}, the WHERE clause must contain only static equality conditions, and at least one such condition must be present (table ${name})`,
    );
  return values;
}

function combinations(lists: readonly (readonly string[])[]): string[][] {
  return lists.reduce<string[][]>(
    (found, list) => found.flatMap((each) => list.map((value) => [...each, value])),
    [[]],
  );
}

/**
 * The files of a table's partitions that a question may touch, found as Athena finds them: by partition projection, listed
 * and opened with the rights of who asks. A list of files names its files by their addresses in S3, one a line.
 */
export async function filesOfTable(
  objects: ObjectStorage,
  caller: Caller,
  table: CatalogTable,
  query: string,
): Promise<PartitionFiles[]> {
  const found: PartitionFiles[] = [];
  for (const values of combinations(table.partitions.map((each) => projectedValues(each, table, query)))) {
    const location = table.partitions.reduce(
      (template, { name }, at) => template.replaceAll(`\${${name}}`, values[at] ?? ''),
      table.locationTemplate,
    );
    const { bucket, prefix } = readLocation(location.endsWith('/') ? location : `${location}/`);
    const keys = (await objects.listKeys(caller, bucket, prefix)).filter(
      ({ key }) => !/(^|\/)[._][^/]*$/.test(key.slice(prefix.length)) && !key.endsWith('/'),
    );
    const files =
      table.format === 'listed-parquet'
        ? (await Promise.all(keys.map(({ key }) => linesOf(objects, caller, bucket, key)))).flat()
        : keys.map(({ key }) => `s3://${bucket}/${key}`);
    const opened = await Promise.all(
      files.map(async (uri) => {
        const place = readLocation(uri);
        try {
          return await objects.getObject(caller, place.bucket, place.prefix);
        } catch (error) {
          throw error instanceof AwsError && error.code === 'NoSuchKey' ? cannotOpen(uri) : error;
        }
      }),
    );
    const paths = opened.flatMap(({ contentPath, bytes }) =>
      contentPath === undefined || bytes === 0 ? [] : [contentPath],
    );
    found.push({ values, paths, bytes: opened.reduce((sum, { bytes }) => sum + bytes, 0) });
  }
  return found;
}

/** As Athena says that a file which it had found is not there when it is read. */
export function cannotOpen(uri: string): Error {
  return new Error(
    `HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split ${uri}: The specified key does not exist. (Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey)`,
  );
}

async function linesOf(
  objects: ObjectStorage,
  caller: Caller,
  bucket: string,
  key: string,
): Promise<string[]> {
  const { body } = await objects.getObject(caller, bucket, key);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}
