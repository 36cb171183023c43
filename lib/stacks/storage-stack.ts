import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { FunctionEntry } from '../bundling/function-entries';
import { acknowledge } from '../constructs/acknowledge';
import { DataBucket } from '../constructs/data-bucket';
import { MalwareScan, scannerRolePattern, scanVerdict } from '../constructs/malware-scan';
import { rolePattern } from '../constructs/role-path';
import { type PlatformStackProps, StatefulStack } from './stateful-stack';

/** URLs are valid for 15 minutes; a longer one was not made by the platform. */
const SIGNATURE_MILLISECONDS = 900_000;

/** Functions that read a trust's files as sent. Nobody else does, whatever a role says. */
const landingReaders: readonly FunctionEntry[] = [
  'deidentification/plan-submission',
  'deidentification/clear-subjects',
  'deidentification/deidentify-batch',
  'deidentification/settle-submission',
  'imaging/reconcile-import',
];

function expire(id: string, days: number, prefix?: string): LifecycleRule {
  return {
    id,
    prefix,
    expiration: Duration.days(days),
    // what has been deleted is gone a day later, in every version
    noncurrentVersionExpiration: Duration.days(1),
  };
}

/** Buckets: one class of data each, a key each. */
export class StorageStack extends StatefulStack {
  /** By ODS code. */
  readonly landing: ReadonlyMap<string, DataBucket>;
  readonly quarantine: DataBucket;
  readonly exchange: DataBucket;
  readonly work: DataBucket;
  readonly deidentified: DataBucket;
  readonly catalogue: DataBucket;
  readonly audit: DataBucket;
  private readonly accessLogs: Bucket;

  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, props);
    const { configuration } = props;
    const { retention } = configuration;
    this.accessLogs = this.makeAccessLogs(retention.logDays);

    this.landing = new Map(
      configuration.trusts.map((trust) => [trust.odsCode, this.makeLanding(trust.odsCode, props)]),
    );
    this.quarantine = this.make('Quarantine', {
      holds: 'files that could not be proved safe or valid',
      lifecycle: [expire('end-of-quarantine', retention.quarantineDays)],
    });
    this.exchange = this.make('Exchange', {
      holds: 'NHS numbers on their way to and from the opt-out service',
      lifecycle: [expire('end-of-exchange', retention.exchangeDays)],
      uploadsFrom: configuration.portalOrigin,
      announcesObjects: true,
    });
    this.refuseOldSignatures(this.exchange);
    this.work = this.make('Work', {
      holds: 'manifests, plans, results and receipts',
      lifecycle: [
        expire('end-of-receipts', retention.receiptDays, 'submissions/'),
        expire('end-of-import-jobs', retention.receiptDays, 'import-jobs/'),
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
    this.audit = this.make('Audit', {
      holds: 'the history of the register',
      lifecycle: [],
      lockedFor: Duration.days(retention.auditYears * 365),
    });

    for (const [odsCode, { bucket }] of this.landing) {
      new CfnOutput(this, `LandingBucket${odsCode}`, { value: bucket.bucketName });
    }
    const named = {
      QuarantineBucket: this.quarantine,
      ExchangeBucket: this.exchange,
      WorkBucket: this.work,
      DeidentifiedBucket: this.deidentified,
      CatalogueBucket: this.catalogue,
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

  private makeLanding(odsCode: string, { configuration }: PlatformStackProps): DataBucket {
    const landing = this.make(`Landing${odsCode}`, {
      holds: `files of ${odsCode} as sent`,
      lifecycle: [expire('end-of-landing', configuration.retention.landingDays)],
      uploadsFrom: configuration.portalOrigin,
    });
    const principal = (entries: readonly FunctionEntry[]) =>
      entries.map((entry) => rolePattern(this, configuration.environmentName, entry));

    const { environmentName, malwareScanning } = configuration;
    const scanner = malwareScanning ? [scannerRolePattern(this, environmentName)] : [];
    const except = (entries: readonly FunctionEntry[]) => ({
      ArnNotLike: { 'aws:PrincipalArn': [...principal(entries), ...scanner] },
    });
    this.refuseOldSignatures(landing);
    landing.refuse('OnlyTheSubmissionApiSigns', ['s3:PutObject'], except(['submission/submission-api']));
    landing.refuse('OnlyByUrl', ['s3:PutObject'], {
      StringNotEquals: { 's3:authType': 'REST-QUERY-STRING' },
      ...(malwareScanning && { ArnNotLike: { 'aws:PrincipalArn': scanner } }),
    });
    landing.refuse('OnlyThePipelineReads', ['s3:GetObject', 's3:GetObjectVersion'], except(landingReaders));
    if (malwareScanning) {
      new MalwareScan(this, `MalwareScan${odsCode}`, environmentName, landing);
      landing.refuse('OnlyScannedFilesAreRead', ['s3:GetObject', 's3:GetObjectVersion'], {
        StringNotEquals: { [`s3:ExistingObjectTag/${scanVerdict.tag}`]: scanVerdict.clean },
        // Plan reads no file: it asks for lengths and checksums, which also takes this action
        ArnNotLike: {
          'aws:PrincipalArn': [...principal(['deidentification/plan-submission']), ...scanner],
        },
      });
    }
    return landing;
  }

  private refuseOldSignatures(bucket: DataBucket): void {
    bucket.refuse('OldSignature', ['s3:*'], {
      NumericGreaterThan: { 's3:signatureAge': SIGNATURE_MILLISECONDS },
    });
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
