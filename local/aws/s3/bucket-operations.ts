import type { ServerResponse } from 'node:http';
import type { SignedRequest } from '../service';
import { AwsError } from '../service';
import type { BucketRequest, S3Platform } from './s3-platform';
import { sendXml } from './xml-document';

/** Reads about buckets. Buckets are made from the template, never over HTTP. */

export async function listBuckets(
  platform: S3Platform,
  request: SignedRequest,
  response: ServerResponse,
): Promise<void> {
  request.caller.authorise('s3:ListAllMyBuckets', '*');
  const buckets = [...platform.buckets()].sort((a, b) => (a.definition.name < b.definition.name ? -1 : 1));
  sendXml(response, 'ListAllMyBucketsResult', {
    Owner: { ID: platform.accountId },
    Buckets: {
      Bucket: buckets.map((bucket) => ({
        Name: bucket.definition.name,
        CreationDate: new Date(bucket.createdAt).toISOString(),
        BucketRegion: platform.region,
      })),
    },
  });
}

export async function headBucket(
  platform: S3Platform,
  { request, response, bucket }: BucketRequest,
): Promise<void> {
  request.caller.authorise('s3:ListBucket', bucket.arn);
  response.setHeader('x-amz-bucket-region', platform.region);
  response.end();
}

export async function getBucketLocation(
  platform: S3Platform,
  { request, response, bucket }: BucketRequest,
): Promise<void> {
  request.caller.authorise('s3:GetBucketLocation', bucket.arn);
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${platform.region}</LocationConstraint>`;
  response.setHeader('Content-Type', 'application/xml');
  response.end(text);
}

export async function getBucketVersioning({ request, response, bucket }: BucketRequest): Promise<void> {
  request.caller.authorise('s3:GetBucketVersioning', bucket.arn);
  sendXml(response, 'VersioningConfiguration', {
    Status: bucket.definition.versioned ? 'Enabled' : undefined,
  });
}

export async function getBucketTagging({ request, response, bucket }: BucketRequest): Promise<void> {
  request.caller.authorise('s3:GetBucketTagging', bucket.arn);
  const tags = Object.entries(bucket.definition.tags ?? {});
  if (tags.length === 0) throw new AwsError('NoSuchTagSet', 'The TagSet does not exist', 404);
  sendXml(response, 'Tagging', { TagSet: { Tag: tags.map(([Key, Value]) => ({ Key, Value })) } });
}

export async function getObjectLockConfiguration({
  request,
  response,
  bucket,
}: BucketRequest): Promise<void> {
  request.caller.authorise('s3:GetBucketObjectLockConfiguration', bucket.arn);
  const { objectLock } = bucket.definition;
  if (objectLock === undefined)
    throw new AwsError(
      'ObjectLockConfigurationNotFoundError',
      'Object Lock configuration does not exist for this bucket',
      404,
    );
  const retention = objectLock.defaultRetention;
  sendXml(response, 'ObjectLockConfiguration', {
    ObjectLockEnabled: 'Enabled',
    Rule: retention && { DefaultRetention: { Mode: retention.mode, Days: retention.days } },
  });
}
