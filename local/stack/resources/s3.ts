import { z } from 'zod';
import type { PolicyDocument } from '../../aws/iam/policy';
import type { BucketDefinition, CorsRule, LifecycleRule } from '../../aws/s3/bucket';
import type { S3Service } from '../../aws/s3/s3-service';
import { bucketName, physicalName } from '../physical-name';
import { type ResourceHandlers, readProperties } from '../resource';
import { count, flag, policyDocument, tags, withoutEffect } from './property-schemas';

const corsRule = z.strictObject({
  AllowedHeaders: z.array(z.string()).optional(),
  AllowedMethods: z.array(z.string()),
  AllowedOrigins: z.array(z.string()),
  ExposedHeaders: z.array(z.string()).optional(),
  Id: withoutEffect,
  MaxAge: count.optional(),
});

const lifecycleRule = z.strictObject({
  AbortIncompleteMultipartUpload: z.strictObject({ DaysAfterInitiation: count }).optional(),
  ExpirationInDays: count.optional(),
  ExpiredObjectDeleteMarker: flag.optional(),
  Id: z.string().default(''),
  NoncurrentVersionExpiration: z
    .strictObject({ NoncurrentDays: count, NewerNoncurrentVersions: count.optional() })
    .optional(),
  ObjectSizeGreaterThan: count.optional(),
  ObjectSizeLessThan: count.optional(),
  Prefix: z.string().optional(),
  Status: z.enum(['Enabled', 'Disabled']),
  TagFilters: tags,
  /** Where an object is kept makes no difference on one disk. */
  Transitions: withoutEffect,
});

const retention = z
  .strictObject({
    Mode: z.enum(['COMPLIANCE', 'GOVERNANCE']),
    Days: count.optional(),
    Years: count.optional(),
  })
  .transform(({ Mode: mode, Days, Years }) => ({ mode, days: Days ?? (Years ?? 0) * 365 }));

const bucketProperties = z.strictObject({
  BucketEncryption: z
    .strictObject({
      ServerSideEncryptionConfiguration: z.tuple([
        z.strictObject({
          BucketKeyEnabled: flag.optional(),
          ServerSideEncryptionByDefault: z.strictObject({
            KMSMasterKeyID: z.string().optional(),
            SSEAlgorithm: z.enum(['AES256', 'aws:kms']),
          }),
        }),
      ]),
    })
    .optional(),
  BucketName: z.string().optional(),
  CorsConfiguration: z.strictObject({ CorsRules: z.array(corsRule) }).optional(),
  LifecycleConfiguration: z
    .strictObject({ Rules: z.array(lifecycleRule), TransitionDefaultMinimumObjectSize: withoutEffect })
    .optional(),
  LoggingConfiguration: withoutEffect,
  NotificationConfiguration: z
    .strictObject({
      EventBridgeConfiguration: z.strictObject({ EventBridgeEnabled: flag.default(true) }).optional(),
    })
    .optional(),
  ObjectLockConfiguration: z
    .strictObject({
      ObjectLockEnabled: z.literal('Enabled'),
      Rule: z.strictObject({ DefaultRetention: retention }).optional(),
    })
    .optional(),
  ObjectLockEnabled: flag.optional(),
  OwnershipControls: withoutEffect,
  PublicAccessBlockConfiguration: withoutEffect,
  Tags: tags,
  VersioningConfiguration: z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }).optional(),
});

const policyProperties = z.strictObject({ Bucket: z.string(), PolicyDocument: policyDocument });

function corsRuleOf(rule: z.infer<typeof corsRule>): CorsRule {
  return {
    allowedOrigins: rule.AllowedOrigins,
    allowedMethods: rule.AllowedMethods,
    allowedHeaders: rule.AllowedHeaders,
    exposeHeaders: rule.ExposedHeaders,
    maxAgeSeconds: rule.MaxAge,
  };
}

function lifecycleRuleOf(rule: z.infer<typeof lifecycleRule>): LifecycleRule {
  return {
    id: rule.Id,
    enabled: rule.Status === 'Enabled',
    prefix: rule.Prefix,
    tags: Object.keys(rule.TagFilters).length > 0 ? rule.TagFilters : undefined,
    objectSizeGreaterThan: rule.ObjectSizeGreaterThan,
    objectSizeLessThan: rule.ObjectSizeLessThan,
    expirationDays: rule.ExpirationInDays,
    expiredObjectDeleteMarker: rule.ExpiredObjectDeleteMarker,
    noncurrentDays: rule.NoncurrentVersionExpiration?.NoncurrentDays,
    newerNoncurrentVersions: rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions,
    abortMultipartDays: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
  };
}

function definitionOf(name: string, given: z.infer<typeof bucketProperties>): BucketDefinition {
  const encryption = given.BucketEncryption?.ServerSideEncryptionConfiguration[0];
  const locked = given.ObjectLockEnabled || given.ObjectLockConfiguration !== undefined;
  return {
    name,
    // Object Lock switches versions on, as on AWS.
    versioned: locked || given.VersioningConfiguration?.Status === 'Enabled',
    objectLock: locked
      ? { defaultRetention: given.ObjectLockConfiguration?.Rule?.DefaultRetention }
      : undefined,
    kmsKeyArn: encryption?.ServerSideEncryptionByDefault.KMSMasterKeyID,
    bucketKey: encryption?.BucketKeyEnabled,
    cors: given.CorsConfiguration?.CorsRules.map(corsRuleOf),
    eventBridge: given.NotificationConfiguration?.EventBridgeConfiguration?.EventBridgeEnabled,
    lifecycle: given.LifecycleConfiguration?.Rules.map(lifecycleRuleOf),
    tags: given.Tags,
  };
}

/** AWS::S3::Bucket and BucketPolicy. Access logs are not written here. */
export function s3Handlers(s3: S3Service): ResourceHandlers {
  return {
    'AWS::S3::Bucket': (resource) => {
      const given = readProperties(resource, bucketProperties);
      const name = given.BucketName ?? bucketName(resource.stack, resource.logicalId);
      const { arn } = s3.createBucket(definitionOf(name, given));
      const domain = `${name}.s3.amazonaws.com`;
      const regional = `${name}.s3.${resource.region}.amazonaws.com`;
      return { ref: name, attributes: { Arn: arn, DomainName: domain, RegionalDomainName: regional } };
    },
    'AWS::S3::BucketPolicy': (resource) => {
      const given = readProperties(resource, policyProperties);
      s3.putBucketPolicy(given.Bucket, given.PolicyDocument as unknown as PolicyDocument);
      return { ref: physicalName(resource.stack, resource.logicalId, 64), attributes: {} };
    },
  };
}
