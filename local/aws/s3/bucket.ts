import type { Policy, PolicyDocument } from '../iam/policy';
import type { BucketStore } from './bucket-store';
import type { MultipartStore } from './multipart-store';
import type { Retention } from './object-version';

export interface CorsRule {
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly allowedHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAgeSeconds?: number;
}

export interface LifecycleRule {
  readonly id: string;
  readonly enabled: boolean;
  readonly prefix?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly objectSizeGreaterThan?: number;
  readonly objectSizeLessThan?: number;
  readonly expirationDays?: number;
  /** Milliseconds since 1970. */
  readonly expirationDate?: number;
  readonly expiredObjectDeleteMarker?: boolean;
  readonly noncurrentDays?: number;
  readonly newerNoncurrentVersions?: number;
  readonly abortMultipartDays?: number;
}

export interface ObjectLock {
  readonly defaultRetention?: { readonly mode: Retention['mode']; readonly days: number };
}

/** A bucket as a template describes it. */
export interface BucketDefinition {
  readonly name: string;
  readonly versioned?: boolean;
  /** Demands `versioned`. */
  readonly objectLock?: ObjectLock;
  /** Default encryption with this key; absent: with keys of S3. */
  readonly kmsKeyArn?: string;
  readonly bucketKey?: boolean;
  readonly cors?: readonly CorsRule[];
  readonly policy?: PolicyDocument;
  /** Sends its events to EventBridge. */
  readonly eventBridge?: boolean;
  readonly lifecycle?: readonly LifecycleRule[];
  readonly tags?: Readonly<Record<string, string>>;
}

/** A bucket in service. */
export interface Bucket {
  readonly definition: BucketDefinition;
  readonly arn: string;
  readonly policy?: Policy;
  readonly createdAt: number;
  readonly store: BucketStore;
  readonly uploads: MultipartStore;
}

export function objectArn(bucket: Pick<Bucket, 'arn'>, key: string): string {
  return `${bucket.arn}/${key}`;
}
