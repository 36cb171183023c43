import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { Configuration } from '../../config/configuration';
import type { FunctionSettings } from '../constructs/nmip-function';
import { problemTemplate } from './gateway-problems';
import { routes } from './routes';

export interface WebFirewallProps {
  readonly configuration: Configuration;
  readonly settings: FunctionSettings;
  readonly stage: Stage;
}

/**
 * Requests of one address in five minutes. A trust uploads from behind one address: 100,000 files are 200 requests for
 * URLs and ten pages of manifest, so 3,000 leaves room for several deliveries and for watching them.
 */
const REQUESTS_IN_FIVE_MINUTES = 3000;

/** Requests of one address in five minutes to what needs no token, and for credentials. */
const STRICT_REQUESTS_IN_FIVE_MINUTES = 300;

/** Ends of the paths that are limited strictly, whatever stage or mapping stands before them. */
const strictPaths = routes
  .filter(({ rateLimit }) => rateLimit !== undefined)
  .map(({ path }) => path.slice(path.lastIndexOf('}') + 1));

const pathEndsWith = (end: string): CfnWebACL.StatementProperty => ({
  byteMatchStatement: {
    fieldToMatch: { uriPath: {} },
    positionalConstraint: 'ENDS_WITH',
    searchString: end,
    textTransformations: [{ priority: 0, type: 'URL_DECODE' }],
  },
});

/** WAF answers no other type than application/json. */
const tooManyRequests = {
  block: { customResponse: { responseCode: 429, customResponseBodyKey: 'too-many-requests' } },
};

/** Web ACL of the REST API: rules that AWS manages and a limit by address. */
export class WebFirewall extends Construct {
  constructor(scope: Construct, id: string, { configuration, settings, stage }: WebFirewallProps) {
    super(scope, id);
    const visibility = (metricName: string) => ({
      cloudWatchMetricsEnabled: true,
      // samples hold whole requests
      sampledRequestsEnabled: false,
      metricName: `nmip-${configuration.environmentName}-${metricName}`,
    });
    const managed = (
      name: string,
      priority: number,
      ruleActionOverrides?: CfnWebACL.RuleActionOverrideProperty[],
    ): CfnWebACL.RuleProperty => ({
      name,
      priority,
      overrideAction: { none: {} },
      statement: { managedRuleGroupStatement: { vendorName: 'AWS', name, ruleActionOverrides } },
      visibilityConfig: visibility(name),
    });
    const acl = new CfnWebACL(this, 'WebAcl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibility('api'),
      customResponseBodies: {
        'too-many-requests': {
          contentType: 'APPLICATION_JSON',
          content: problemTemplate('TOO_MANY_REQUESTS', 'firewall'),
        },
      },
      rules: [
        managed('AWSManagedRulesAmazonIpReputationList', 0),
        // pages of a manifest have a megabyte; the rule blocks bodies above 8 KB
        managed('AWSManagedRulesCommonRuleSet', 1, [
          { name: 'SizeRestrictions_BODY', actionToUse: { count: {} } },
        ]),
        managed('AWSManagedRulesKnownBadInputsRuleSet', 2),
        {
          name: 'limit-by-address',
          priority: 3,
          action: tooManyRequests,
          statement: { rateBasedStatement: { limit: REQUESTS_IN_FIVE_MINUTES, aggregateKeyType: 'IP' } },
          visibilityConfig: visibility('limit-by-address'),
        },
        {
          name: 'strict-limit-by-address',
          priority: 4,
          action: tooManyRequests,
          statement: {
            rateBasedStatement: {
              limit: STRICT_REQUESTS_IN_FIVE_MINUTES,
              aggregateKeyType: 'IP',
              scopeDownStatement: { orStatement: { statements: strictPaths.map(pathEndsWith) } },
            },
          },
          visibilityConfig: visibility('strict-limit-by-address'),
        },
      ],
    });
    new CfnWebACLAssociation(this, 'Association', { webAclArn: acl.attrArn, resourceArn: stage.stageArn });

    const logs = new LogGroup(this, 'Logs', {
      // WAF writes only to groups of this prefix
      logGroupName: `aws-waf-logs-nmip-${configuration.environmentName}`,
      encryptionKey: settings.logKey,
      retention: settings.logRetention,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [
        Stack.of(this).formatArn({ service: 'logs', resource: `log-group:${logs.logGroupName}` }),
      ],
      redactedFields: [{ singleHeader: { Name: 'authorization' } }, { uriPath: {} }, { queryString: {} }],
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: [{ ActionCondition: { Action: 'BLOCK' } }, { ActionCondition: { Action: 'COUNT' } }],
          },
        ],
      },
    });
  }
}
