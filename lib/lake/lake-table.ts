import type { CfnTable } from 'aws-cdk-lib/aws-glue';
import { isListedTable, tableFolder } from '../../lambda/lake/lake-folders.contract';
import { type ColumnType, type LakeTable, lakeTables } from '../../lambda/lake/lake-tables.contract';

/** Types of columns as Hive names them. */
const hiveTypes: Readonly<Record<ColumnType, string>> = {
  varchar: 'string',
  integer: 'int',
  bigint: 'bigint',
  double: 'double',
  date: 'date',
  boolean: 'boolean',
};

const descriptions: Readonly<Record<LakeTable, string>> = {
  instances: 'One row an imported instance',
  demographics: "One row a patient of a submission's demographics table",
  tombstones: 'One row a withdrawn study',
  released_series: 'The studies of a release, one row a series',
};

export interface LakeTableProps {
  readonly bucketName: string;
  readonly collections: readonly string[];
}

/** Parameters of partition projection (Athena User Guide, "Supported types for partition projection"). */
function projection(partition: string, collections: readonly string[]): Record<string, string> {
  const type = `projection.${partition}.type`;
  const values = `projection.${partition}.values`;
  if (partition === 'collection') return { [type]: 'enum', [values]: collections.join(',') };
  if (partition === 'split') return { [type]: 'enum', [values]: 'development,held-out' };
  // a release is asked for by its name, always
  return { [type]: 'injected' };
}

/**
 * A table of the lake in Glue's catalogue. Partitions are projected and never registered. Where lists say which files there
 * are, the partition's folder holds the list and Athena follows it, as it does for S3 Inventory (Amazon S3 User Guide,
 * "Querying Amazon S3 Inventory with Amazon Athena").
 */
export function lakeTable(
  name: LakeTable,
  { bucketName, collections }: LakeTableProps,
): CfnTable.TableInputProperty {
  const { columns, partitions } = lakeTables[name];
  const location = `s3://${bucketName}/${tableFolder(name)}`;
  return {
    name,
    description: descriptions[name],
    tableType: 'EXTERNAL_TABLE',
    partitionKeys: partitions.map((partition) => ({ name: partition, type: 'string' })),
    parameters: {
      EXTERNAL: 'TRUE',
      classification: 'parquet',
      'projection.enabled': 'true',
      ...Object.assign({}, ...partitions.map((partition) => projection(partition, collections))),
      'storage.location.template': `${location}${partitions.map((each) => `${each}=\${${each}}/`).join('')}`,
    },
    storageDescriptor: {
      columns: Object.entries(columns).map(([column, type]) => ({ name: column, type: hiveTypes[type] })),
      location,
      inputFormat: isListedTable(name)
        ? 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat'
        : 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      outputFormat: isListedTable(name)
        ? 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
        : 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
    },
  };
}
