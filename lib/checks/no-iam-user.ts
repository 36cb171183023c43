import { NagRuleCompliance } from 'cdk-nag';
import type { Check } from './check';

const types: ReadonlySet<string> = new Set(['AWS::IAM::User', 'AWS::IAM::AccessKey', 'AWS::IAM::Group']);

export const noIamUser: Check = {
  name: 'NoIamUser',
  rule: 'There are no IAM users, groups or access keys.',
  because: 'Credentials are short sessions, cut from a grant of the register; a key of a user outlives both.',
  find: ({ cfnResourceType }) =>
    types.has(cfnResourceType) ? NagRuleCompliance.NON_COMPLIANT : NagRuleCompliance.NOT_APPLICABLE,
};
