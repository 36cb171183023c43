import { NagRuleCompliance } from 'cdk-nag';
import { type Check, compliant, properties } from './check';

export const authorisedMethod: Check = {
  name: 'AuthorisedMethod',
  rule: 'Every method of the API asks the authoriser, but the preflight request of browsers.',
  because: 'A route added without it would answer anybody.',
  find: (resource) => {
    if (resource.cfnResourceType !== 'AWS::ApiGateway::Method') return NagRuleCompliance.NOT_APPLICABLE;
    const { HttpMethod, AuthorizationType, AuthorizerId } = properties(resource);
    if (HttpMethod === 'OPTIONS') return NagRuleCompliance.NOT_APPLICABLE;
    return compliant(AuthorizationType === 'CUSTOM' && AuthorizerId !== undefined);
  },
};
