import { Annotations, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type CorsRule,
  HttpMethods,
  type IBucket,
  type LifecycleRule,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, resourceOf } from './acknowledge';
import { dataKey } from './data-key';
import type { GrantedBucket } from './granted-bucket';

/** URLs are valid for 15 minutes; a longer one was not made by the platform. */
const SIGNATURE_MILLISECONDS = 900_000;

export interface DataBucketProps {
  /** What the bucket holds, for the key's description. */
  readonly holds: string;
  /** Set where functions and policies know the bucket by the form of its name. */
  readonly physicalName?: string;
  readonly accessLogs: IBucket;
  /** Prefix of this bucket's lines in the bucket of access logs. */
  readonly accessLogPrefix: string;
  readonly lifecycle: readonly LifecycleRule[];
  /** Object Lock in compliance mode: nobody, the account's root included, deletes a version earlier. */
  readonly lockedFor?: Duration;
  /** Origin whose pages may put objects by presigned URL. */
  readonly uploadsFrom?: string;
  /** Whether S3 tells EventBridge of each object. */
  readonly announcesObjects?: boolean;
}

/** A bucket for one class of data: own key, versions, no public access, TLS 1.2, kept when its stack goes. */
export class DataBucket extends Construct implements GrantedBucket {
  readonly bucket: Bucket;
  readonly key: Key;

  constructor(scope: Construct, id: string, props: DataBucketProps) {
    super(scope, id);
    this.key = dataKey(this, 'Key', `NMIP ${props.holds}`);
    this.bucket = new Bucket(this, 'Bucket', {
      bucketName: props.physicalName,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
      serverAccessLogsBucket: props.accessLogs,
      serverAccessLogsPrefix: `${props.accessLogPrefix}/`,
      lifecycleRules: [
        {
          id: 'abort-unfinished-uploads',
          abortIncompleteMultipartUploadAfter: Duration.days(2),
          expiredObjectDeleteMarker: true,
        },
        ...props.lifecycle,
      ],
      cors: props.uploadsFrom === undefined ? undefined : [uploadFrom(props.uploadsFrom)],
      objectLockEnabled: props.lockedFor === undefined ? undefined : true,
      objectLockDefaultRetention:
        props.lockedFor === undefined ? undefined : ObjectLockRetention.compliance(props.lockedFor),
    });
    if (props.announcesObjects) {
      // the L2 property would bring a custom resource and a function of its own
      const resource = resourceOf(this.bucket) as CfnBucket;
      resource.addPropertyOverride(
        'NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled',
        true,
      );
    }
    if (!(props.accessLogs instanceof Bucket)) {
      // said once for all buckets that log from another stack, by the policy of the bucket of access logs itself
      Annotations.of(this.bucket).acknowledgeWarning('@aws-cdk/aws-s3:accessLogsPolicyNotAdded');
    }
    acknowledge(this.bucket, {
      'NIST.800.53.R5-S3BucketReplicationEnabled':
        'A second copy would multiply patient data, and another Region would take it out of the United Kingdom. ' +
        'Versions and retained keys guard against loss; images can be sent again by the trust.',
    });
  }

  get bucketArn(): string {
    return this.bucket.bucketArn;
  }

  get keyArn(): string {
    return this.key.keyArn;
  }

  /** Refuses signatures that are older than any URL of the platform is valid. */
  refuseOldSignatures(): void {
    this.refuse('OldSignature', ['s3:*'], {
      NumericGreaterThan: { 's3:signatureAge': SIGNATURE_MILLISECONDS },
    });
  }

  /** Refuses requests to objects that meet the conditions, whoever sends them. */
  refuse(sid: string, actions: string[], conditions: Record<string, Record<string, unknown>>): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new StarPrincipal()],
        actions,
        resources: [this.bucket.arnForObjects('*')],
        conditions,
      }),
    );
  }
}

/** Deletes objects after some days; what has been deleted is gone a day later, in every version. */
export function expire(id: string, days: number, prefix?: string): LifecycleRule {
  return {
    id,
    prefix,
    expiration: Duration.days(days),
    noncurrentVersionExpiration: Duration.days(1),
  };
}

/** Browsers may put objects and read the answer's checksum; nothing else crosses origins. */
function uploadFrom(origin: string): CorsRule {
  return {
    allowedMethods: [HttpMethods.PUT],
    allowedOrigins: [origin],
    allowedHeaders: ['content-type', 'content-length', 'if-none-match', 'x-amz-checksum-sha256'],
    exposedHeaders: ['ETag', 'x-amz-checksum-sha256'],
    maxAge: 3000,
  };
}
