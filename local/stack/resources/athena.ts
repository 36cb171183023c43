import { z } from 'zod';
import type { AthenaService } from '../../aws/athena/athena-service';
import type { CatalogPartition, CatalogTable } from '../../aws/athena/data-catalog';
import { DeploymentError } from '../deployment-error';
import { type ResourceHandlers, readProperties } from '../resource';
import { withoutEffect } from './property-schemas';

const workGroupProperties = z.strictObject({
  Description: withoutEffect,
  Name: z.string(),
  RecursiveDeleteOption: withoutEffect,
  State: withoutEffect,
  Tags: withoutEffect,
  WorkGroupConfiguration: z.strictObject({
    BytesScannedCutoffPerQuery: withoutEffect,
    EnforceWorkGroupConfiguration: z.literal(true),
    EngineVersion: withoutEffect,
    PublishCloudWatchMetricsEnabled: withoutEffect,
    ResultConfiguration: z.strictObject({
      EncryptionConfiguration: withoutEffect,
      OutputLocation: z.string(),
    }),
  }),
});

const databaseProperties = z.strictObject({
  CatalogId: withoutEffect,
  DatabaseInput: z.looseObject({ Name: z.string() }),
});

const column = z.looseObject({ Name: z.string(), Type: z.string() });

const tableProperties = z.strictObject({
  CatalogId: withoutEffect,
  DatabaseName: z.string(),
  TableInput: z.looseObject({
    Name: z.string(),
    PartitionKeys: z.array(column).default([]),
    Parameters: z.record(z.string(), z.string()).default({}),
    StorageDescriptor: z.looseObject({
      Columns: z.array(column),
      InputFormat: z.string(),
      Location: z.string(),
    }),
  }),
});

/** Input formats that are read here: files of Parquet, and files that list them. */
const formats: Readonly<Record<string, CatalogTable['format']>> = {
  'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat': 'parquet',
  'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat': 'listed-parquet',
};

function partitionOf(
  { Name: name, Type: type }: z.infer<typeof column>,
  parameters: Readonly<Record<string, string>>,
): CatalogPartition {
  const projection = parameters[`projection.${name}.type`];
  if (projection === 'injected') return { name, type, projection };
  if (projection === 'enum')
    return { name, type, projection, values: (parameters[`projection.${name}.values`] ?? '').split(',') };
  throw new DeploymentError(
    'RESOURCE_PROPERTIES',
    `The embedded platform knows partition columns by projection, enum or injected; ${name} is ${projection ?? 'none'}.`,
  );
}

function tableOf({ DatabaseName, TableInput }: z.infer<typeof tableProperties>): CatalogTable {
  const { Name, PartitionKeys, Parameters, StorageDescriptor } = TableInput;
  const format = formats[StorageDescriptor.InputFormat] ?? null;
  return {
    database: DatabaseName,
    name: Name,
    columns: StorageDescriptor.Columns.map((each) => ({ name: each.Name, type: each.Type })),
    partitions: format === null ? [] : PartitionKeys.map((each) => partitionOf(each, Parameters)),
    locationTemplate: Parameters['storage.location.template'] ?? StorageDescriptor.Location,
    format,
  };
}

/** AWS::Athena::WorkGroup, AWS::Glue::Database and AWS::Glue::Table. A table of another format is known and not read. */
export function athenaHandlers(athena: AthenaService): ResourceHandlers {
  return {
    'AWS::Athena::WorkGroup': (resource) => {
      const { Name: name, WorkGroupConfiguration } = readProperties(resource, workGroupProperties);
      const { OutputLocation: location } = WorkGroupConfiguration.ResultConfiguration;
      athena.ensureWorkGroup({ name, outputLocation: location.endsWith('/') ? location : `${location}/` });
      return { ref: name, attributes: {} };
    },
    'AWS::Glue::Database': (resource) => {
      const { DatabaseInput } = readProperties(resource, databaseProperties);
      athena.catalog.ensureDatabase(DatabaseInput.Name);
      return { ref: DatabaseInput.Name, attributes: {} };
    },
    'AWS::Glue::Table': (resource) => {
      const table = tableOf(readProperties(resource, tableProperties));
      athena.catalog.putTable(table);
      return { ref: table.name, attributes: {} };
    },
  };
}
