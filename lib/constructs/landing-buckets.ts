import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { landingBucketTemplate } from '../../lambda/platform/name-templates.contract';
import type { GrantedBucket } from './granted-bucket';

/** Tag by which a key says that it encrypts the files of a trust as sent, and its value. */
export const landingKeyTag = { name: 'data', value: 'landing' } as const;

/**
 * The landing buckets of all trusts as functions and policies speak of them: by the form of their names. A list would
 * outgrow environments and policies at some ten trusts (docs/adr/0015).
 *
 * @remarks Names of buckets are global and these can be guessed, so a grant holds in the platform's own account only.
 * A key is reached by its tag, through S3, and only for a bucket of the same form of name.
 */
export class LandingBuckets implements GrantedBucket {
  /** For functions, with `{odsCode}` where the trust stands. */
  readonly template: string;
  /** With `*` where the trust stands. */
  readonly bucketArn: string;
  readonly keyArn: string;
  readonly bucketConditions;
  readonly keyConditions;
  readonly wildcardReason =
    'One landing bucket and key a trust, hundreds of them: the name, the account and the tag of the key bind the grant ' +
    'to landing. Which trust it is stands in the submission, and bucket policies say which functions come in.';

  constructor(scope: Construct, environmentName: string) {
    const stack = Stack.of(scope);
    // 5 + 15 + 9 + 5 + 1 + 12 + 1 + 14 characters: 62 of the 63 that S3 allows
    this.template = `nmip-${environmentName}-landing-{odsCode}-${stack.account}-${stack.region}`;
    this.bucketArn = stack.formatArn({
      service: 's3',
      region: '',
      account: '',
      resource: this.template.replace('{odsCode}', '*'),
    });
    this.keyArn = stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
    this.bucketConditions = { StringEquals: { 'aws:ResourceAccount': stack.account } };
    this.keyConditions = {
      StringEquals: { [`aws:ResourceTag/${landingKeyTag.name}`]: landingKeyTag.value },
      // S3 encrypts under the ARN of the bucket where the bucket has a key of its own
      ArnLike: { 'kms:EncryptionContext:aws:s3:arn': this.bucketArn },
    };
  }

  nameOf(odsCode: string): string {
    return landingBucketTemplate.parse(this.template)(odsCode);
  }
}
