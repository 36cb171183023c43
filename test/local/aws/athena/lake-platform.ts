import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { AthenaQueryEngine } from '../../../../lambda/lake/athena-query-engine';
import { type LakeTable, lakeTables } from '../../../../lambda/lake/lake-tables.contract';
import { type LakeRow, toColumns, writeParquet } from '../../../../lambda/lake/parquet-file';
import { S3ObjectStore } from '../../../../lambda/platform/object-store';
import { lakeTable } from '../../../../lib/lake/lake-table';
import type { PolicyDocument } from '../../../../local/aws/iam/policy';
import { athenaHandlers } from '../../../../local/stack/resources/athena';
import { ACCOUNT, accountKeyPolicy, allow, policy, REGION, TestPlatform } from '../test-platform';

export const CATALOGUE = 'catalogue';
export const RESULTS = 'results';
export const DATABASE = 'nmip_test_catalogue';
export const WORK_GROUP = 'nmip-test-catalogue';

/** Properties of a template as CloudFormation spells them, of what CDK calls them. */
function spelled(value: unknown, path: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((each) => spelled(each, path));
  if (typeof value !== 'object' || value === null || path.at(-1) === 'parameters') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      spelled(each, [...path, name]),
    ]),
  );
}

/** A platform with buckets, work group and the tables of the lake for two collections. */
export async function startLakePlatform(): Promise<TestPlatform> {
  const platform = await TestPlatform.start();
  const { arn: keyArn } = platform.kms.createKey({ name: 'lake', policy: accountKeyPolicy });
  for (const name of [CATALOGUE, RESULTS])
    platform.s3.createBucket({ name, kmsKeyArn: keyArn, bucketKey: true });
  const handlers = athenaHandlers(platform.athena);
  const put = (type: string, properties: Record<string, unknown>) =>
    handlers[type]?.({
      type,
      logicalId: 'x',
      stack: 'lake',
      region: REGION,
      accountId: ACCOUNT,
      retained: false,
      properties,
    });
  put('AWS::Glue::Database', { DatabaseInput: { Name: DATABASE } });
  for (const name of Object.keys(lakeTables) as LakeTable[])
    put('AWS::Glue::Table', {
      DatabaseName: DATABASE,
      TableInput: spelled(lakeTable(name, { bucketName: CATALOGUE, collections: ['chest', 'knee'] })),
    });
  put('AWS::Athena::WorkGroup', {
    Name: WORK_GROUP,
    WorkGroupConfiguration: {
      EnforceWorkGroupConfiguration: true,
      ResultConfiguration: { OutputLocation: `s3://${RESULTS}/` },
    },
  });
  return platform;
}

const glue = (resource: string) => `arn:aws:glue:${REGION}:${ACCOUNT}:${resource}`;

/** What a function needs that asks about some tables. */
export function askerPolicy(tables: readonly string[], without: readonly string[] = []): PolicyDocument {
  const actions = (...names: string[]) => names.filter((name) => !without.includes(name));
  return policy(
    allow(
      actions(
        'athena:StartQueryExecution',
        'athena:GetQueryExecution',
        'athena:GetQueryResults',
        'athena:StopQueryExecution',
      ),
      `arn:aws:athena:${REGION}:${ACCOUNT}:workgroup/${WORK_GROUP}`,
    ),
    allow(actions('glue:GetDatabase', 'glue:GetTable'), [
      glue('catalog'),
      glue(`database/${DATABASE}`),
      ...tables.map((table) => glue(`table/${DATABASE}/${table}`)),
    ]),
    allow(actions('s3:ListBucket', 's3:GetBucketLocation'), [
      'arn:aws:s3:::catalogue',
      'arn:aws:s3:::results',
    ]),
    allow(actions('s3:GetObject', 's3:PutObject'), ['arn:aws:s3:::catalogue/*', 'arn:aws:s3:::results/*']),
    allow(['kms:Decrypt', 'kms:GenerateDataKey']),
  );
}

export function engineOf(platform: TestPlatform, name: string, document: PolicyDocument): AthenaQueryEngine {
  const credentials = platform.as(name, document);
  return new AthenaQueryEngine(
    platform.athenaClient(credentials),
    new S3ObjectStore(platform.s3Client(credentials)),
    {
      workGroup: WORK_GROUP,
      database: DATABASE,
      catalogueBucket: CATALOGUE,
      limitMilliseconds: 60_000,
    },
  );
}

/** Puts rows of a table that has lists into one file of a partition, and a list that names this file alone; gives its key. */
export async function putListed(
  s3: S3Client,
  table: 'instances' | 'demographics' | 'tombstones',
  partition: { readonly collection: string; readonly split: string },
  rows: readonly LakeRow[],
): Promise<string> {
  const folder = `${table}/collection=${partition.collection}/split=${partition.split}`;
  const { columns } = lakeTables[table];
  const file = writeParquet(columns, toColumns(columns, rows));
  const key = `lake/${folder}/${createHash('sha256').update(file).digest('hex').slice(0, 16)}.parquet`;
  await s3.send(new PutObjectCommand({ Bucket: CATALOGUE, Key: key, Body: file }));
  await s3.send(
    new PutObjectCommand({
      Bucket: CATALOGUE,
      Key: `lake/lists/${folder}/files.txt`,
      Body: `s3://${CATALOGUE}/${key}\n`,
    }),
  );
  return key;
}
