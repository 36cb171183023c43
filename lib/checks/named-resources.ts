import { NagRuleCompliance } from 'cdk-nag';
import { type Check, compliant, properties, statements } from './check';

/** Actions that have no resource to name, or none yet. */
const withoutResource: ReadonlySet<string> = new Set([
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
  'ecr:GetAuthorizationToken',
  'medical-imaging:CreateDatastore',
  'medical-imaging:ListDatastores',
]);

export const namedResources: Check = {
  name: 'NamedResources',
  rule: 'A policy allows actions on all resources only where the action has none to name.',
  because: 'AwsSolutions-IAM5 tells wildcards apart by resource, not by the actions beside them.',
  find: (resource) => {
    const { cfnResourceType } = resource;
    if (cfnResourceType !== 'AWS::IAM::Policy' && cfnResourceType !== 'AWS::IAM::ManagedPolicy') {
      return NagRuleCompliance.NOT_APPLICABLE;
    }
    return compliant(
      statements(properties(resource).PolicyDocument)
        .filter(({ effect, resources }) => effect === 'Allow' && resources.includes('*'))
        .every(({ actions }) => actions.every((action) => withoutResource.has(action))),
    );
  },
};
