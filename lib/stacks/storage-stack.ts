import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from '../constructs/acknowledge';
import { DataBucket, expire } from '../constructs/data-bucket';
import { LandingBuckets } from '../constructs/landing-buckets';
import { type PlatformStackProps, StatefulStack } from './stateful-stack';

/**
 * The platform itself ends a quarantined file, with an entry in the ledger. S3 deletes so much later what was left over,
 * longer than a submission may wait for an operator before its receipt starts the time.
 */
const QUARANTINE_BACKSTOP_DAYS = 30;

/** Buckets: one class of data each, a key each. Those of trusts stand in the landing stacks. */
export class StorageStack extends StatefulStack {
  /** Of all trusts, by the form of their names. */
  readonly landing: LandingBuckets;
  readonly quarantine: DataBucket;
  readonly exchange: DataBucket;
  readonly work: DataBucket;
  readonly deidentified: DataBucket;
  readonly catalogue: DataBucket;
  readonly applications: DataBucket;
  /** Documents of releases. */
  readonly releases: DataBucket;
  readonly audit: DataBucket;
  readonly accessLogs: Bucket;

  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, props);
    const { configuration } = props;
    const { retention } = configuration;
    this.landing = new LandingBuckets(this, configuration.environmentName);
    this.accessLogs = this.makeAccessLogs(retention.logDays);
    this.takeLandingLogs();
    this.quarantine = this.make('Quarantine', {
      holds: 'files that could not be proved safe or valid',
      lifecycle: [expire('end-of-quarantine', retention.quarantineDays + QUARANTINE_BACKSTOP_DAYS)],
    });
    this.exchange = this.make('Exchange', {
      holds: 'NHS numbers on their way to and from the opt-out service',
      lifecycle: [expire('end-of-exchange', retention.exchangeDays)],
      uploadsFrom: configuration.portalOrigin,
      announcesObjects: true,
    });
    this.exchange.refuseOldSignatures();
    this.work = this.make('Work', {
      holds: 'manifests, plans, results and receipts',
      lifecycle: [
        expire('end-of-receipts', retention.receiptDays, 'receipts/'),
        expire('end-of-demographics-accounts', retention.receiptDays, 'demographics/'),
        expire('end-of-submissions', retention.workDays, 'submissions/'),
        expire('end-of-releases', retention.workDays, 'releases/'),
        expire('end-of-import-jobs', retention.workDays, 'import-jobs/'),
      ],
    });
    this.deidentified = this.make('Deidentified', {
      holds: 'de-identified files',
      lifecycle: [
        {
          id: 'to-archive',
          // HealthImaging serves the images; the files are there to build it again
          transitions: [
            { storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(30) },
          ],
          noncurrentVersionExpiration: Duration.days(30),
        },
      ],
    });
    this.catalogue = this.make('Catalogue', {
      holds: 'catalogue rows',
      lifecycle: [{ id: 'old-versions', noncurrentVersionExpiration: Duration.days(30) }],
    });
    this.applications = this.make('Applications', {
      holds: 'papers attached to applications for access',
      lifecycle: [expire('end-of-applications', retention.applicationYears * 365)],
      uploadsFrom: configuration.portalOrigin,
    });
    this.applications.refuseOldSignatures();
    this.releases = this.make('Releases', { holds: 'documents of releases', lifecycle: [] });
    this.releases.refuseOldSignatures();
    this.audit = this.make('Audit', {
      holds: 'the history of the register',
      lifecycle: [],
      lockedFor: Duration.days(retention.auditYears * 365),
    });

    const named = {
      QuarantineBucket: this.quarantine,
      ExchangeBucket: this.exchange,
      WorkBucket: this.work,
      DeidentifiedBucket: this.deidentified,
      CatalogueBucket: this.catalogue,
      ApplicationsBucket: this.applications,
      ReleasesBucket: this.releases,
      AuditBucket: this.audit,
    };
    for (const [name, { bucket }] of Object.entries(named)) {
      new CfnOutput(this, name, { value: bucket.bucketName });
    }
  }

  private make(
    id: string,
    props: Omit<ConstructorParameters<typeof DataBucket>[2], 'accessLogs' | 'accessLogPrefix'>,
  ): DataBucket {
    return new DataBucket(this, id, {
      ...props,
      accessLogs: this.accessLogs,
      accessLogPrefix: id.toLowerCase(),
    });
  }

  /** Landing buckets stand in other stacks; a statement for each would outgrow the 20 KB of a bucket policy. */
  private takeLandingLogs(): void {
    this.accessLogs.addToResourcePolicy(
      new PolicyStatement({
        sid: 'LogsOfLandingBuckets',
        principals: [new ServicePrincipal('logging.s3.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [this.accessLogs.arnForObjects('landing/*')],
        conditions: {
          ArnLike: { 'aws:SourceArn': this.landing.bucketArn },
          StringEquals: { 'aws:SourceAccount': this.account },
        },
      }),
    );
  }

  private makeAccessLogs(logDays: number): Bucket {
    const bucket = new Bucket(this, 'AccessLogs', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [expire('end-of-access-logs', logDays)],
    });
    const noKey =
      'S3 delivers access logs only to a bucket under its own keys. They name keys of objects, which identify nobody.';
    acknowledge(bucket, {
      'NIST.800.53.R5-S3DefaultEncryptionKMS': noKey,
      'NMIP-CustomerKey': noKey,
      'NIST.800.53.R5-S3BucketReplicationEnabled': 'Access logs are evidence for a year, not data.',
    });
    return bucket;
  }
}
