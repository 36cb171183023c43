import { createHash } from 'node:crypto';
import { bucketName, physicalName, shortId, stableUuid } from '../../local/stack/physical-name';
import type { DeployedResource, ResolvedResource } from '../../local/stack/resource';

/** Stands in a text in place of an attribute that has no name here; a policy that contains it is refused. */
export const NO_NAME = '\u0000no name for ';

/** `Ref` and the attributes of one type that a policy may contain. */
type Naming = (resource: ResolvedResource) => DeployedResource;

function arn({ region, accountId }: ResolvedResource, service: string, rest: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${rest}`;
}

function given(resource: ResolvedResource, property: string, otherwise: string): string {
  const value = resource.properties[property];
  return typeof value === 'string' ? value : otherwise;
}

function shortName(resource: ResolvedResource, property: string, longest: number): string {
  return given(resource, property, physicalName(resource.stack, resource.logicalId, longest));
}

/** 32 lower-case characters, as HealthImaging draws the ids of data stores. */
function datastoreId({ stack, logicalId }: ResolvedResource): string {
  return createHash('sha256').update(`${stack}\n${logicalId}`).digest('hex').slice(0, 32);
}

/**
 * Names of the resources that policies speak of. The names that CloudFormation or a service would draw follow here from
 * stack and logical id: stable, of the right form and different from each other.
 */
const namings: Readonly<Record<string, Naming>> = {
  'AWS::S3::Bucket': (resource) => {
    const name = given(resource, 'BucketName', bucketName(resource.stack, resource.logicalId));
    return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } };
  },
  'AWS::KMS::Key': (resource) => {
    const id = stableUuid(resource.stack, resource.logicalId);
    return { ref: id, attributes: { Arn: arn(resource, 'kms', `key/${id}`), KeyId: id } };
  },
  'AWS::DynamoDB::Table': (resource) => {
    const name = shortName(resource, 'TableName', 255);
    return { ref: name, attributes: { Arn: arn(resource, 'dynamodb', `table/${name}`) } };
  },
  'AWS::Lambda::Function': (resource) => {
    const name = shortName(resource, 'FunctionName', 64);
    return { ref: name, attributes: { Arn: arn(resource, 'lambda', `function:${name}`) } };
  },
  'AWS::Logs::LogGroup': (resource) => {
    const name = shortName(resource, 'LogGroupName', 255);
    return { ref: name, attributes: { Arn: arn(resource, 'logs', `log-group:${name}:*`) } };
  },
  'AWS::SQS::Queue': (resource) => {
    const name = shortName(resource, 'QueueName', 80);
    return {
      ref: `https://sqs.${resource.region}.amazonaws.com/${resource.accountId}/${name}`,
      attributes: { Arn: arn(resource, 'sqs', name), QueueName: name },
    };
  },
  'AWS::SNS::Topic': (resource) => {
    const topicArn = arn(resource, 'sns', shortName(resource, 'TopicName', 80));
    return { ref: topicArn, attributes: { TopicArn: topicArn } };
  },
  'AWS::StepFunctions::StateMachine': (resource) => {
    const name = shortName(resource, 'StateMachineName', 80);
    const machineArn = arn(resource, 'states', `stateMachine:${name}`);
    return { ref: machineArn, attributes: { Arn: machineArn, Name: name } };
  },
  'AWS::ECS::Cluster': (resource) => {
    const name = shortName(resource, 'ClusterName', 80);
    return { ref: name, attributes: { Arn: arn(resource, 'ecs', `cluster/${name}`) } };
  },
  'AWS::ECS::TaskDefinition': (resource) => {
    const definitionArn = arn(resource, 'ecs', `task-definition/${shortName(resource, 'Family', 80)}:1`);
    return { ref: definitionArn, attributes: { TaskDefinitionArn: definitionArn } };
  },
  'AWS::Events::Rule': (resource) => {
    const name = shortName(resource, 'Name', 64);
    return { ref: name, attributes: { Arn: arn(resource, 'events', `rule/${name}`) } };
  },
  'AWS::ApiGateway::RestApi': (resource) => {
    const id = shortId(resource.stack, resource.logicalId);
    return { ref: id, attributes: { RestApiId: id, RootResourceId: shortId(resource.stack, `${id}/`) } };
  },
  'AWS::ApiGateway::Stage': (resource) => ({
    ref: given(resource, 'StageName', 'default'),
    attributes: {},
  }),
  'AWS::ApiGateway::Authorizer': (resource) => {
    const id = shortId(resource.stack, resource.logicalId);
    return { ref: id, attributes: { AuthorizerId: id } };
  },
  'AWS::EC2::VPC': (resource) => {
    const id = `vpc-${stableUuid(resource.stack, resource.logicalId).slice(-12)}`;
    return { ref: id, attributes: { VpcId: id } };
  },
  'Custom::HealthImagingDatastore': (resource) => {
    const id = datastoreId(resource);
    return {
      ref: id,
      attributes: { DatastoreId: id, DatastoreArn: arn(resource, 'medical-imaging', `datastore/${id}`) },
    };
  },
};

/** An attribute or reference of a type that no policy has spoken of so far. */
function unnamed({ type, stack, logicalId }: ResolvedResource, what: string): string {
  return `${NO_NAME}${what} of ${stack}/${logicalId} (${type})`;
}

/** Names a resource. What has no name here gets a marker, which matters only where it ends up in a policy. */
export function nameResource(resource: ResolvedResource): DeployedResource {
  const named = namings[resource.type]?.(resource) ?? { ref: unnamed(resource, 'Ref'), attributes: {} };
  return {
    ref: named.ref,
    attributes: new Proxy(named.attributes, {
      get: (attributes, name) =>
        typeof name === 'string' && !Object.hasOwn(attributes, name)
          ? unnamed(resource, name)
          : Reflect.get(attributes, name),
    }),
  };
}
