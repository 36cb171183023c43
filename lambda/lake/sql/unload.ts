import { stringLiteral } from './literals';

/**
 * UNLOAD of a SELECT into a folder, as Parquet. With Snappy, which the platform itself reads and writes: a withdrawal
 * rewrites files of a release.
 * @param partitions the last columns of the SELECT, in their order
 */
export function unloadStatement(select: string, uri: string, partitions: readonly string[]): string {
  const partitionedBy =
    partitions.length === 0 ? '' : `, partitioned_by = ARRAY[${partitions.map(stringLiteral).join(', ')}]`;
  return `UNLOAD (${select}) TO ${stringLiteral(uri)} WITH (format = 'PARQUET', compression = 'SNAPPY'${partitionedBy})`;
}
