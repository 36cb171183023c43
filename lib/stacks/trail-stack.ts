import { CfnOutput, Duration } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from '../constructs/acknowledge';
import { DataBucket, expire } from '../constructs/data-bucket';
import { readersOfStudy, readsOfPerson } from '../trail/trail-queries';
import { trailTable } from '../trail/trail-table';
import type { ImagingStack } from './imaging-stack';
import { type PlatformStackProps, StatefulStack } from './stateful-stack';
import type { StorageStack } from './storage-stack';

export interface TrailStackProps extends PlatformStackProps {
  readonly storage: StorageStack;
  readonly imaging: ImagingStack;
}

const TABLE = 'requests';

/** Answers of queries are copies; who needs one for longer keeps it. */
const RESULT_DAYS = 30;

/**
 * Who read which images: CloudTrail's records of every request to the two data stores and of every session that was
 * made, kept as long as the register's history and as unchangeable, and a table over them with the two questions.
 */
export class TrailStack extends StatefulStack {
  readonly trail: DataBucket;
  /** Where the files of this account and Region lie, by day. */
  readonly prefix: string;

  constructor(scope: Construct, id: string, props: TrailStackProps) {
    super(scope, id, props);
    const { configuration, storage } = props;
    const accessLogs = Bucket.fromBucketName(this, 'AccessLogs', storage.accessLogs.bucketName);
    const lockedDays = configuration.retention.auditYears * 365;
    this.prefix = `AWSLogs/${this.account}/CloudTrail/${this.region}/`;
    this.trail = new DataBucket(this, 'Trail', {
      holds: 'records of requests to the image store',
      accessLogs,
      accessLogPrefix: 'trail',
      lifecycle: [expire('end-of-trail', lockedDays + 1)],
      lockedFor: Duration.days(lockedDays),
    });
    this.record(props);

    const results = new DataBucket(this, 'QueryResults', {
      holds: 'results of queries on the trail',
      accessLogs,
      accessLogPrefix: 'query-results',
      lifecycle: [expire('end-of-results', RESULT_DAYS)],
    });
    this.makeQueries(configuration.environmentName, results);
    new CfnOutput(this, 'TrailBucket', { value: this.trail.bucket.bucketName });
  }

  private record({ configuration, imaging }: TrailStackProps): void {
    const trailName = `nmip-${configuration.environmentName}`;
    const trailArn = this.formatArn({ service: 'cloudtrail', resource: 'trail', resourceName: trailName });
    const written = this.allowCloudTrail(trailArn);
    const stores = [imaging.development.datastoreArn, imaging.heldOut.datastoreArn];
    const trail = new CfnTrail(this, 'CloudTrail', {
      trailName,
      isLogging: true,
      s3BucketName: this.trail.bucket.bucketName,
      kmsKeyId: this.trail.key.keyArn,
      enableLogFileValidation: true,
      isMultiRegionTrail: false,
      includeGlobalServiceEvents: true,
      advancedEventSelectors: [
        {
          name: 'Requests to the image store',
          fieldSelectors: [
            { field: 'eventCategory', equalTo: ['Data'] },
            { field: 'resources.type', equalTo: ['AWS::MedicalImaging::Datastore'] },
            // image sets have ARNs below that of their data store
            { field: 'resources.ARN', startsWith: stores },
          ],
        },
        {
          // AssumeRole is one of them; a trail cannot be told to record one service only
          name: 'Sessions and changes of the account',
          fieldSelectors: [
            { field: 'eventCategory', equalTo: ['Management'] },
            { field: 'eventSource', notEquals: ['kms.amazonaws.com', 'rdsdata.amazonaws.com'] },
          ],
        },
      ],
    });
    trail.node.addDependency(...written);
    acknowledge(trail, {
      'NIST.800.53.R5-CloudTrailCloudWatchLogsEnabled':
        'The files are evidence, read on request and queried by Athena; a copy in CloudWatch Logs would be a second ' +
        'place with the UIDs of who read what, and nothing watches it.',
    });
  }

  /** CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail" and "Configure KMS key policies for CloudTrail". */
  private allowCloudTrail(trailArn: string): Construct[] {
    const { bucket, key } = this.trail;
    const principals = [new ServicePrincipal('cloudtrail.amazonaws.com')];
    const ofTrail = { 'aws:SourceArn': trailArn };
    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'CloudTrailLooks',
        effect: Effect.ALLOW,
        principals,
        actions: ['s3:GetBucketAcl'],
        resources: [bucket.bucketArn],
        conditions: { StringEquals: ofTrail },
      }),
    );
    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'CloudTrailWrites',
        effect: Effect.ALLOW,
        principals,
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects(`AWSLogs/${this.account}/*`)],
        conditions: { StringEquals: { ...ofTrail, 's3:x-amz-acl': 'bucket-owner-full-control' } },
      }),
    );
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'CloudTrailEncrypts',
        effect: Effect.ALLOW,
        principals,
        actions: ['kms:GenerateDataKey*', 'kms:DescribeKey'],
        resources: ['*'],
        conditions: { StringEquals: ofTrail },
      }),
    );
    return bucket.policy === undefined ? [] : [bucket.policy];
  }

  private makeQueries(environmentName: string, results: DataBucket): void {
    const database = `nmip_${environmentName.replaceAll('-', '_')}_trail`;
    const glueDatabase = new CfnDatabase(this, 'Database', {
      catalogId: this.account,
      databaseInput: { name: database, description: 'Who read which images' },
    });
    const location = `s3://${this.trail.bucket.bucketName}/${this.prefix}`;
    new CfnTable(this, 'Table', {
      catalogId: this.account,
      databaseName: database,
      tableInput: trailTable(TABLE, location),
    }).addResourceDependency(glueDatabase);
    const workGroup = new CfnWorkGroup(this, 'WorkGroup', {
      name: `nmip-${environmentName}-audit`,
      description: 'Questions of auditors about who read which images',
      recursiveDeleteOption: false,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: false,
        resultConfiguration: {
          outputLocation: `s3://${results.bucket.bucketName}/`,
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: results.key.keyArn },
        },
      },
    });
    const ask = (id: string, name: string, description: string, queryString: string) =>
      new CfnNamedQuery(this, id, {
        database,
        name,
        description,
        queryString,
        workGroup: workGroup.name,
      }).addResourceDependency(workGroup);
    ask(
      'ReadersOfStudy',
      'who-read-this-study',
      'Parameters: first day, last day, both again, Study Instance UID',
      readersOfStudy(TABLE),
    );
    ask(
      'ReadsOfPerson',
      'what-has-this-person-read',
      'Parameters: first day, last day, both again, pseudonym',
      readsOfPerson(TABLE),
    );
  }
}
