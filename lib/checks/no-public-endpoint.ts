import { NagRuleCompliance } from 'cdk-nag';
import { type Check, compliant, properties } from './check';

/** Types that answer the internet without the REST API, its authoriser and its firewall. */
const publicTypes: ReadonlySet<string> = new Set([
  'AWS::Lambda::Url',
  'AWS::CloudFront::Distribution',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::NatGateway',
]);

const blocks = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];

export const noPublicEndpoint: Check = {
  name: 'NoPublicEndpoint',
  rule: 'Nothing but the REST API answers the internet; buckets block public access, functions name who may call them.',
  because: 'What is reachable is attacked; the API has the authoriser and the firewall in front of it.',
  find: (resource) => {
    if (publicTypes.has(resource.cfnResourceType)) return NagRuleCompliance.NON_COMPLIANT;
    if (resource.cfnResourceType === 'AWS::S3::Bucket') {
      const configuration = properties(resource).PublicAccessBlockConfiguration as
        | Record<string, unknown>
        | undefined;
      return compliant(blocks.every((name) => configuration?.[name] === true));
    }
    if (resource.cfnResourceType === 'AWS::Lambda::Permission') {
      const { Principal, SourceArn, SourceAccount } = properties(resource);
      return compliant(Principal !== '*' && (SourceArn !== undefined || SourceAccount !== undefined));
    }
    return NagRuleCompliance.NOT_APPLICABLE;
  },
};
