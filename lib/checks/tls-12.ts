import { Stack } from 'aws-cdk-lib';
import { CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { NagRuleCompliance } from 'cdk-nag';
import { type Check, compliant, properties, statements } from './check';

/** Whether a bucket policy refuses older versions to everybody. */
function refusesOldTls(document: unknown): boolean {
  return statements(document).some(
    ({ effect, conditions }) =>
      effect === 'Deny' && Number(conditions.NumericLessThan?.['s3:TlsVersion']) >= 1.2,
  );
}

export const tls12: Check = {
  name: 'Tls12',
  rule: 'Buckets and APIs take TLS 1.2 or later.',
  because: 'Earlier versions can be read on the way.',
  find: (resource) => {
    if (resource.cfnResourceType === 'AWS::S3::Bucket') {
      const stack = Stack.of(resource);
      const policies = stack.node
        .findAll()
        .filter((node): node is CfnBucketPolicy => node instanceof CfnBucketPolicy)
        .filter((policy) => stack.resolve(policy.bucket)?.Ref === stack.resolve(resource.logicalId));
      return compliant(policies.some((policy) => refusesOldTls(properties(policy).PolicyDocument)));
    }
    if (resource.cfnResourceType === 'AWS::ApiGateway::RestApi') {
      return compliant(String(properties(resource).SecurityPolicy ?? '').includes('TLS'));
    }
    return NagRuleCompliance.NOT_APPLICABLE;
  },
};
