import { join } from 'node:path';
import type { RestApi } from '../api/rest-api-definition';
import type { Services } from '../services';
import type { Assembly } from './assembly';
import type { ResourceHandler } from './resource';
import { apiGatewayHandlers } from './resources/api-gateway';
import { athenaHandlers } from './resources/athena';
import { cloudTrailHandlers } from './resources/cloudtrail';
import { CustomResources } from './resources/custom-resource';
import { dynamoDbHandlers } from './resources/dynamodb';
import { ecsHandlers } from './resources/ecs';
import { eventsHandlers } from './resources/events';
import { iamHandlers } from './resources/iam';
import { kmsHandlers } from './resources/kms';
import { lambdaHandlers } from './resources/lambda';
import { s3Handlers } from './resources/s3';
import { snsHandlers } from './resources/sns';
import { sqsHandlers } from './resources/sqs';
import { stepFunctionsHandlers } from './resources/step-functions';
import { withoutLocalEffect } from './resources/without-local-effect';

/** The handlers of every resource type that the platform knows, for one deployment. */
export interface ResourceHandlerSet {
  handlerFor(type: string): ResourceHandler | undefined;
  /** The REST APIs that were deployed, by id. */
  readonly apis: ReadonlyMap<string, RestApi>;
  /** Stops what only the deployment needs. */
  close(): void;
}

export function resourceHandlers(
  services: Services,
  { assets, images }: Pick<Assembly, 'assets' | 'images'>,
  dataFolder: string,
): ResourceHandlerSet {
  const { functions } = services;
  const apis = new Map<string, RestApi>();
  const customResources = new CustomResources({
    path: join(dataFolder, 'stack', 'custom-resources.json'),
    invoke: async (functionArn, event) => {
      const { functionError } = await functions.invokeForDeployment(functionArn, event);
      return functionError && `${functionError.errorType}: ${functionError.errorMessage}`;
    },
  });
  const handlers: Readonly<Record<string, ResourceHandler>> = {
    ...withoutLocalEffect,
    ...iamHandlers(services.registry),
    ...kmsHandlers(services.kms),
    ...s3Handlers(services.s3),
    ...dynamoDbHandlers(services.dynamodb),
    ...sqsHandlers(services.queues),
    ...cloudTrailHandlers(services.trail),
    ...snsHandlers(services.sns),
    ...athenaHandlers(services.athena),
    ...lambdaHandlers({ functions, assets, inlineCodeFolder: join(dataFolder, 'lambda', 'inline') }),
    ...ecsHandlers(services.tasks, images),
    ...eventsHandlers(services.bus),
    ...stepFunctionsHandlers(services.states),
    ...apiGatewayHandlers(apis),
    'AWS::CloudFormation::CustomResource': (resource) => customResources.deploy(resource),
  };
  return {
    apis,
    handlerFor: (type) =>
      type.startsWith('Custom::') ? handlers['AWS::CloudFormation::CustomResource'] : handlers[type],
    close: () => customResources.close(),
  };
}
