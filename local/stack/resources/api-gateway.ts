import { z } from 'zod';
import { constantMapping } from '../../api/gateway-response';
import {
  type ApiMethod,
  type Integration,
  newRestApi,
  type RestApi,
  type Throttle,
} from '../../api/rest-api-definition';
import { DeploymentError } from '../deployment-error';
import { shortId } from '../physical-name';
import { type ResolvedResource, type ResourceHandlers, readProperties } from '../resource';
import { count, flag, withoutEffect } from './property-schemas';

/** API Gateway waits 29 seconds for a function. */
const longestIntegration = 29_000;

const restApiProperties = z.strictObject({
  BinaryMediaTypes: z.array(z.string()).default([]),
  Description: withoutEffect,
  DisableExecuteApiEndpoint: withoutEffect,
  EndpointAccessMode: withoutEffect,
  EndpointConfiguration: withoutEffect,
  Name: z.string(),
  SecurityPolicy: withoutEffect,
  Tags: withoutEffect,
});

const resourceProperties = z.strictObject({
  ParentId: z.string(),
  PathPart: z.string(),
  RestApiId: z.string(),
});

const integrationResponse = z.strictObject({
  ResponseParameters: z.record(z.string(), z.string()).default({}),
  ResponseTemplates: z.record(z.string(), z.literal('')).optional(),
  StatusCode: z.coerce.string(),
});

const integration = z.discriminatedUnion('Type', [
  z.strictObject({
    Type: z.literal('AWS_PROXY'),
    IntegrationHttpMethod: z.literal('POST'),
    TimeoutInMillis: count.optional(),
    Uri: z.string(),
  }),
  z.strictObject({
    Type: z.literal('MOCK'),
    IntegrationResponses: z.array(integrationResponse).length(1),
    PassthroughBehavior: withoutEffect,
    RequestTemplates: withoutEffect,
  }),
]);

const methodProperties = z.strictObject({
  ApiKeyRequired: z.literal(false).optional(),
  AuthorizationType: z.enum(['NONE', 'CUSTOM']),
  AuthorizerId: z.string().optional(),
  HttpMethod: z.string(),
  Integration: integration,
  MethodResponses: withoutEffect,
  OperationName: withoutEffect,
  RequestParameters: z.record(z.string(), flag).default({}),
  RequestValidatorId: z.string().optional(),
  ResourceId: z.string(),
  RestApiId: z.string(),
});

const authorizerProperties = z.strictObject({
  AuthorizerCredentials: z.string().optional(),
  AuthorizerResultTtlInSeconds: count.min(0).max(3600).default(300),
  AuthorizerUri: z.string(),
  IdentitySource: z.string().default(''),
  IdentityValidationExpression: z.string().optional(),
  Name: z.string(),
  RestApiId: z.string(),
  Type: z.enum(['REQUEST', 'TOKEN']),
});

const validatorProperties = z.strictObject({
  Name: withoutEffect,
  RestApiId: z.string(),
  ValidateRequestBody: withoutEffect,
  ValidateRequestParameters: flag.default(false),
});

const gatewayResponseProperties = z.strictObject({
  ResponseParameters: z.record(z.string(), z.string()).default({}),
  ResponseTemplates: z
    .record(
      z.string(),
      z.string().refine((text) => !/#(set|if|foreach)\b/.test(text), 'a template without directives'),
    )
    .default({}),
  ResponseType: z.string(),
  RestApiId: z.string(),
  StatusCode: count.optional(),
});

const stageProperties = z.strictObject({
  AccessLogSetting: withoutEffect,
  DeploymentId: z.string(),
  Description: withoutEffect,
  MethodSettings: z
    .array(
      z.strictObject({
        CachingEnabled: z.literal(false).optional(),
        DataTraceEnabled: withoutEffect,
        HttpMethod: z.string(),
        LoggingLevel: withoutEffect,
        MetricsEnabled: withoutEffect,
        ResourcePath: z.string().startsWith('/'),
        ThrottlingBurstLimit: count.optional(),
        ThrottlingRateLimit: z.coerce.number().optional(),
      }),
    )
    .default([]),
  RestApiId: z.string(),
  StageName: z.string(),
  Tags: withoutEffect,
  TracingEnabled: withoutEffect,
  Variables: z.record(z.string(), z.string()).default({}),
});

/** `…:lambda:path/2015-03-31/functions/<ARN>/invocations` → ARN. */
function functionArnOf(uri: string): string {
  const arn = /functions\/(arn:[^/]+)\/invocations$/.exec(uri)?.[1];
  if (arn === undefined) throw new DeploymentError('RESOURCE_PROPERTIES', `${uri} does not name a function.`);
  return arn;
}

function responseHeaders(
  parameters: Readonly<Record<string, string>>,
  prefix: string,
): Record<string, string> {
  const headers = Object.entries(parameters).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(
    headers.map(([name, value]) => [name.slice(prefix.length), constantMapping(value)]),
  );
}

function integrationOf(given: z.infer<typeof integration>): Integration {
  if (given.Type === 'AWS_PROXY') {
    const timeoutMilliseconds = Math.min(given.TimeoutInMillis ?? longestIntegration, longestIntegration);
    return { kind: 'lambda-proxy', functionArn: functionArnOf(given.Uri), timeoutMilliseconds };
  }
  const [response] = given.IntegrationResponses;
  const headers = responseHeaders(response?.ResponseParameters ?? {}, 'method.response.header.');
  return { kind: 'mock', response: { statusCode: response?.StatusCode ?? '200', headers } };
}

/** Limits by method and path: `* /*`, `GET /v1/me`. In a setting `~1` stands for each slash of a path but the first. */
function throttlesOf(
  settings: z.infer<typeof stageProperties>['MethodSettings'],
): ReadonlyMap<string, Throttle> {
  return new Map(
    settings.flatMap((setting) => {
      const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = setting;
      const name = `${setting.HttpMethod} ${setting.ResourcePath.replaceAll('~1', '/').replace(/^\/+/, '/')}`;
      return rate === undefined || burst === undefined ? [] : [[name, { rate, burst }] as const];
    }),
  );
}

/** AWS::ApiGateway::RestApi and what belongs to it; the APIs are gathered in `apis` by their id. */
export function apiGatewayHandlers(apis: Map<string, RestApi>): ResourceHandlers {
  const find = (resource: ResolvedResource, id: string): RestApi => {
    const api = apis.get(id);
    if (!api) throw new DeploymentError('REFERENCE_UNKNOWN', `${resource.logicalId}: there is no API ${id}.`);
    return api;
  };
  const idOf = (resource: ResolvedResource): string => shortId(resource.stack, resource.logicalId);
  return {
    'AWS::ApiGateway::RestApi': (resource) => {
      const given = readProperties(resource, restApiProperties);
      const id = idOf(resource);
      const rootResourceId = shortId(resource.stack, `${resource.logicalId}/root`);
      const { region, accountId } = resource;
      apis.set(
        id,
        newRestApi({ id, region, accountId, rootResourceId, binaryMediaTypes: given.BinaryMediaTypes }),
      );
      return { ref: id, attributes: { RootResourceId: rootResourceId, RestApiId: id } };
    },
    'AWS::ApiGateway::Resource': (resource) => {
      const given = readProperties(resource, resourceProperties);
      const id = idOf(resource);
      find(resource, given.RestApiId).resources.set(id, {
        id,
        parentId: given.ParentId,
        pathPart: given.PathPart,
      });
      return { ref: id, attributes: { ResourceId: id } };
    },
    'AWS::ApiGateway::Method': (resource) => {
      const given = readProperties(resource, methodProperties);
      const method: ApiMethod = {
        resourceId: given.ResourceId,
        httpMethod: given.HttpMethod,
        authorisation: given.AuthorizationType,
        authoriserId: given.AuthorizerId,
        integration: integrationOf(given.Integration),
        validatorId: given.RequestValidatorId,
        requiredParameters: Object.entries(given.RequestParameters).flatMap(([name, needed]) =>
          needed ? [name] : [],
        ),
      };
      find(resource, given.RestApiId).methods.push(method);
      return { ref: idOf(resource), attributes: {} };
    },
    'AWS::ApiGateway::Authorizer': (resource) => {
      const given = readProperties(resource, authorizerProperties);
      const id = idOf(resource);
      const expression = given.IdentityValidationExpression;
      find(resource, given.RestApiId).authorisers.set(id, {
        id,
        type: given.Type,
        functionArn: functionArnOf(given.AuthorizerUri),
        identitySources: given.IdentitySource.split(',')
          .map((part) => part.trim())
          .filter((part) => part !== ''),
        identityValidation: expression === undefined ? undefined : new RegExp(`^(?:${expression})$`),
        resultTtlSeconds: given.AuthorizerResultTtlInSeconds,
        credentialsRoleArn: given.AuthorizerCredentials,
      });
      return { ref: id, attributes: { AuthorizerId: id } };
    },
    'AWS::ApiGateway::RequestValidator': (resource) => {
      const given = readProperties(resource, validatorProperties);
      const id = idOf(resource);
      find(resource, given.RestApiId).validators.set(id, { parameters: given.ValidateRequestParameters });
      return { ref: id, attributes: { RequestValidatorId: id } };
    },
    'AWS::ApiGateway::GatewayResponse': (resource) => {
      const given = readProperties(resource, gatewayResponseProperties);
      find(resource, given.RestApiId).gatewayResponses.set(given.ResponseType, {
        statusCode: given.StatusCode,
        headers: responseHeaders(given.ResponseParameters, 'gatewayresponse.header.'),
        templates: given.ResponseTemplates,
      });
      return { ref: idOf(resource), attributes: {} };
    },
    'AWS::ApiGateway::Deployment': (resource) => {
      const id = idOf(resource);
      return { ref: id, attributes: { DeploymentId: id } };
    },
    'AWS::ApiGateway::Stage': (resource) => {
      const given = readProperties(resource, stageProperties);
      find(resource, given.RestApiId).stage = {
        name: given.StageName,
        variables: given.Variables,
        throttles: throttlesOf(given.MethodSettings),
      };
      return { ref: given.StageName, attributes: {} };
    },
  };
}
