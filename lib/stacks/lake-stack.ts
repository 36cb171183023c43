import { CfnOutput } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { type LakeTable, lakeTables } from '../../lambda/lake/lake-tables.contract';
import { DataBucket, expire } from '../constructs/data-bucket';
import { lakeTable } from '../lake/lake-table';
import { type PlatformStackProps, StatefulStack } from './stateful-stack';
import type { StorageStack } from './storage-stack';

export interface LakeStackProps extends PlatformStackProps {
  readonly storage: StorageStack;
}

/** Whoever asked has read the answer within minutes; S3 ends objects by whole days. */
const RESULT_DAYS = 1;

/** Ten million rows are some 3 GB; a question that reads more than this has gone wrong, and costs half a dollar. */
const SCANNED_BYTES_LIMIT = 100_000_000_000;

/** The catalogue as tables: what stands where in the catalogue bucket, and the work group in which functions ask. */
export class LakeStack extends StatefulStack {
  readonly databaseName: string;
  readonly workGroupName: string;
  /** Answers of questions, for a day. */
  readonly results: DataBucket;
  readonly catalogue: DataBucket;

  constructor(scope: Construct, id: string, props: LakeStackProps) {
    super(scope, id, props);
    const { configuration, storage } = props;
    const { environmentName } = configuration;
    this.catalogue = storage.catalogue;
    this.results = new DataBucket(this, 'LakeResults', {
      holds: 'answers of questions to the catalogue',
      accessLogs: Bucket.fromBucketName(this, 'AccessLogs', storage.accessLogs.bucketName),
      accessLogPrefix: 'lake-results',
      lifecycle: [expire('end-of-lake-results', RESULT_DAYS)],
    });
    this.databaseName = `nmip_${environmentName.replaceAll('-', '_')}_catalogue`;
    this.workGroupName = `nmip-${environmentName}-catalogue`;
    const database = new CfnDatabase(this, 'Database', {
      catalogId: this.account,
      databaseInput: { name: this.databaseName, description: 'The catalogue of images' },
    });
    for (const name of Object.keys(lakeTables) as LakeTable[])
      new CfnTable(this, `Table-${name}`, {
        catalogId: this.account,
        databaseName: this.databaseName,
        tableInput: lakeTable(name, {
          bucketName: storage.catalogue.bucket.bucketName,
          collections: configuration.collections.map((collection) => collection.id),
        }),
      }).addResourceDependency(database);
    new CfnWorkGroup(this, 'WorkGroup', {
      name: this.workGroupName,
      description: 'Questions of functions to the catalogue',
      recursiveDeleteOption: false,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: SCANNED_BYTES_LIMIT,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${this.results.bucket.bucketName}/`,
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: this.results.key.keyArn },
        },
      },
    });
    new CfnOutput(this, 'LakeResultsBucket', { value: this.results.bucket.bucketName });
  }
}
