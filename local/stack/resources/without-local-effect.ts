import { physicalName } from '../physical-name';
import type { DeployedResource, ResolvedResource, ResourceHandlers } from '../resource';

/**
 * Resource types that the embedded platform accepts and does nothing for, each with the reason. A type that is neither
 * here nor in a handler is refused.
 */
export const reasons: Readonly<Record<string, string>> = {
  'AWS::CDK::Metadata': 'says which construct library made the template',
  'AWS::CloudWatch::Alarm': 'no metrics are kept here; alarms are tested on the template',
  'AWS::CloudWatch::CompositeAlarm': 'no metrics are kept here',
  'AWS::CloudWatch::Dashboard': 'the status page shows what runs',
  'AWS::Budgets::Budget': 'nothing costs anything here',
  'AWS::Logs::LogGroup': 'each function writes its own file in the data folder',
  'AWS::Logs::LogStream': 'each function writes its own file in the data folder',
  'AWS::Logs::MetricFilter': 'no metrics are kept here',
  'AWS::Logs::QueryDefinition': 'logs are plain files',
  'AWS::Logs::ResourcePolicy': 'nothing but functions writes logs here',
  'AWS::WAFv2::WebACL': 'the API listens on the loopback address only',
  'AWS::WAFv2::WebACLAssociation': 'the API listens on the loopback address only',
  'AWS::WAFv2::LoggingConfiguration': 'the API listens on the loopback address only',
  'AWS::ApiGateway::Account': 'access logs are not delivered here',
  'AWS::ApiGateway::DomainName': 'the front door has one address',
  'AWS::ApiGateway::ClientCertificate': 'no integration asks for one',
  'AWS::Glue::SecurityConfiguration': 'no Glue job runs here',
  'AWS::Athena::NamedQuery': 'questions come from functions; nobody works in a console here',
  'AWS::SNS::TopicPolicy': 'only functions publish here, and their roles say so',
  'AWS::SNS::Subscription': 'messages stay in the data folder; nobody is on call for a machine of one person',
  'AWS::ServiceCatalogAppRegistry::Application': 'an index of stacks, without effect on them',
  'AWS::ResourceGroups::Group': 'an index of resources, without effect on them',
  'AWS::AccessAnalyzer::Analyzer': 'policies are analysed in the account',
  'AWS::GuardDuty::Detector': 'nothing listens outside the loopback address',
  'AWS::GuardDuty::MalwareProtectionPlan': 'files are read only by the bounded reader',
  'AWS::EC2::VPCEndpoint':
    'the third port stands for the endpoint of the Data Access Environment; containers call the AWS endpoint',
  'AWS::EC2::VPC': 'containers are processes of this machine and call the loopback address',
  'AWS::EC2::Subnet': 'containers are processes of this machine and call the loopback address',
  'AWS::EC2::RouteTable': 'containers are processes of this machine and call the loopback address',
  'AWS::EC2::SubnetRouteTableAssociation':
    'containers are processes of this machine and call the loopback address',
  'AWS::EC2::SecurityGroup': 'nothing listens outside the loopback address',
  'AWS::EC2::SecurityGroupIngress': 'nothing listens outside the loopback address',
  'AWS::EC2::SecurityGroupEgress': 'nothing listens outside the loopback address',
  'AWS::EC2::FlowLog': 'there is no network to log',
};

function accept(resource: ResolvedResource): DeployedResource {
  const service = resource.type.split('::')[1]?.toLowerCase() ?? 'none';
  const given = resource.properties;
  const name = physicalName(resource.stack, resource.logicalId, 64);
  const ref = [given.LogGroupName, given.AlarmName, given.Name].find((value) => typeof value === 'string');
  const chosen = typeof ref === 'string' ? ref : name;
  const resourceArn =
    resource.type === 'AWS::Logs::LogGroup'
      ? `arn:aws:logs:${resource.region}:${resource.accountId}:log-group:${chosen}:*`
      : `arn:aws:${service}:${resource.region}:${resource.accountId}:${chosen}`;
  return {
    ref: chosen,
    attributes: {
      Arn: resourceArn,
      GroupId: chosen,
      Id: chosen,
      Name: chosen,
      WebACLId: chosen,
    },
  };
}

/** Handlers of the types without local effect. */
export const withoutLocalEffect: ResourceHandlers = Object.fromEntries(
  Object.keys(reasons).map((type) => [type, accept]),
);
