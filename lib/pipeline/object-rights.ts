import type { GrantedBucket } from '../constructs/granted-bucket';
import type { RoleOwner } from '../constructs/role-owner';

/** What a step of the pipeline may do with objects whose keys begin with the id of a submission. */

const bySubmission = 'Keys begin with the id of a submission, which does not exist at synth.';

export function read(step: RoleOwner, bucket: GrantedBucket, keys: string): void {
  step.allowObjects({ in: bucket, actions: ['s3:GetObject'], keys, because: bySubmission });
}

export function write(
  step: RoleOwner,
  bucket: GrantedBucket,
  keys: string,
  also: readonly string[] = [],
): void {
  const actions = ['s3:PutObject', 's3:AbortMultipartUpload', ...also];
  step.allowObjects({ in: bucket, actions, keys, because: bySubmission });
}

/** Removes objects in every version. */
export function erase(
  step: RoleOwner,
  bucket: GrantedBucket,
  keys: string,
  also: readonly string[] = [],
): void {
  const actions = ['s3:DeleteObject', 's3:DeleteObjectVersion', ...also];
  step.allowObjects({ in: bucket, actions, keys, because: bySubmission });
  step.allowBucket(bucket, ['s3:ListBucket', 's3:ListBucketVersions']);
}
