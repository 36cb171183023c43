import { CfnDeletionPolicy, Stack } from 'aws-cdk-lib';
import { NagRuleCompliance } from 'cdk-nag';
import { type Check, compliant } from './check';

const dataTypes: ReadonlySet<string> = new Set([
  'AWS::S3::Bucket',
  'AWS::DynamoDB::Table',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::HealthImaging::Datastore',
  'Custom::HealthImagingDatastore',
]);

/** Types that may stand only in a stack that CloudFormation refuses to delete. */
const protectedTypes: ReadonlySet<string> = new Set([
  'AWS::S3::Bucket',
  'AWS::DynamoDB::Table',
  'AWS::HealthImaging::Datastore',
  'Custom::HealthImagingDatastore',
]);

export const keptData: Check = {
  name: 'KeptData',
  rule: 'Data and keys are kept when their stack goes, and stacks with data are protected from deletion.',
  because: 'A trust sends once; what a wrong deployment deletes does not come back.',
  find: (resource) => {
    if (!dataTypes.has(resource.cfnResourceType)) return NagRuleCompliance.NOT_APPLICABLE;
    const { deletionPolicy, updateReplacePolicy } = resource.cfnOptions;
    const kept =
      deletionPolicy === CfnDeletionPolicy.RETAIN && updateReplacePolicy === CfnDeletionPolicy.RETAIN;
    const guarded =
      !protectedTypes.has(resource.cfnResourceType) || Stack.of(resource).terminationProtection === true;
    return compliant(kept && guarded);
  },
};
