import { Stack } from 'aws-cdk-lib';
import { isListedTable, tableFolder } from '../../lambda/lake/lake-folders.contract';
import type { LakeTable } from '../../lambda/lake/lake-tables.contract';
import type { RoleOwner } from '../constructs/role-owner';
import type { LakeStack } from '../stacks/lake-stack';

const byPartition = 'Keys go on with partitions and names of files, which do not exist at synth.';

/**
 * Lets a function ask about these tables through the work group: Athena reads Glue and S3 with the function's own rights and
 * writes the answer into the bucket of results.
 */
export function allowQuestions(asker: RoleOwner, lake: LakeStack, tables: readonly LakeTable[]): void {
  const stack = Stack.of(asker);
  const glue = (resource: string) => stack.formatArn({ service: 'glue', resource });
  asker.allow(
    ['StartQueryExecution', 'GetQueryExecution', 'GetQueryResults', 'StopQueryExecution'].map(
      (operation) => `athena:${operation}`,
    ),
    stack.formatArn({ service: 'athena', resource: 'workgroup', resourceName: lake.workGroupName }),
  );
  const database = [glue('catalog'), glue(`database/${lake.databaseName}`)];
  asker.allow(['glue:GetDatabase'], database);
  asker.allow(
    ['glue:GetTable'],
    [...database, ...tables.map((table) => glue(`table/${lake.databaseName}/${table}`))],
  );
  const folders = tables.flatMap((table) => [
    ...(isListedTable(table) ? [tableFolder(table)] : []),
    `lake/${table}/`,
  ]);
  for (const folder of folders)
    asker.allowObjects({
      in: lake.catalogue,
      actions: ['s3:GetObject'],
      keys: `${folder}*`,
      because: byPartition,
    });
  asker.allowObjects({
    in: lake.results,
    actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    keys: '*',
    because: 'Athena names answers at random.',
  });
  asker.allowBucket(lake.results, ['s3:GetBucketLocation', 's3:ListBucketMultipartUploads']);
}

/** Lets a function have the answer of a question written below a folder of the catalogue bucket. */
export function allowUnload(asker: RoleOwner, lake: LakeStack, folder: string): void {
  asker.allowObjects({
    in: lake.catalogue,
    actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    keys: `${folder}*`,
    because: byPartition,
  });
  asker.allowBucket(lake.catalogue, ['s3:GetBucketLocation', 's3:ListBucketMultipartUploads']);
}
