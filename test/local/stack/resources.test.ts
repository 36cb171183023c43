import { newRestApi, type RestApi } from '../../../local/api/rest-api-definition';
import { EventBus } from '../../../local/aws/events/event-bus';
import type { ResolvedResource } from '../../../local/stack/resource';
import { apiGatewayHandlers } from '../../../local/stack/resources/api-gateway';
import { eventsHandlers } from '../../../local/stack/resources/events';
import { reasons, withoutLocalEffect } from '../../../local/stack/resources/without-local-effect';

const resource = (type: string, properties: Record<string, unknown>): ResolvedResource => ({
  type,
  logicalId: 'Thing',
  stack: 'one',
  region: 'eu-west-2',
  accountId: '000000000000',
  properties,
  retained: false,
});

describe('resources of a template', () => {
  it('are refused, by name, with a property that the platform does not know', () => {
    const handlers = apiGatewayHandlers(new Map());
    const declared = resource('AWS::ApiGateway::RestApi', { Name: 'api', Body: {} });
    expect(() => handlers['AWS::ApiGateway::RestApi']?.(declared)).toThrow(
      expect.objectContaining({
        code: 'RESOURCE_PROPERTIES',
        message: expect.stringMatching(/one\/Thing.*"Body"/),
      }),
    );
  });

  it('are refused with a kind of integration that the platform does not know', () => {
    const apis = new Map<string, RestApi>([
      [
        'api',
        newRestApi({
          id: 'api',
          region: 'eu-west-2',
          accountId: '000000000000',
          rootResourceId: 'root',
          binaryMediaTypes: [],
        }),
      ],
    ]);
    const method = resource('AWS::ApiGateway::Method', {
      AuthorizationType: 'NONE',
      HttpMethod: 'GET',
      Integration: { Type: 'HTTP_PROXY', Uri: 'http://example.org' },
      ResourceId: 'root',
      RestApiId: 'api',
    });
    expect(() => apiGatewayHandlers(apis)['AWS::ApiGateway::Method']?.(method)).toThrow('Integration.Type');
  });

  it('make the mock integration that CDK writes for preflight requests', async () => {
    const apis = new Map<string, RestApi>([
      [
        'api',
        newRestApi({
          id: 'api',
          region: 'eu-west-2',
          accountId: '000000000000',
          rootResourceId: 'root',
          binaryMediaTypes: [],
        }),
      ],
    ]);
    await apiGatewayHandlers(apis)['AWS::ApiGateway::Method']?.(
      resource('AWS::ApiGateway::Method', {
        ApiKeyRequired: false,
        AuthorizationType: 'NONE',
        HttpMethod: 'OPTIONS',
        Integration: {
          Type: 'MOCK',
          RequestTemplates: { 'application/json': '{ statusCode: 200 }' },
          IntegrationResponses: [
            { StatusCode: '204', ResponseParameters: { 'method.response.header.Vary': "'Origin'" } },
          ],
        },
        MethodResponses: [],
        ResourceId: 'root',
        RestApiId: 'api',
      }),
    );
    expect(apis.get('api')?.methods[0]?.integration).toEqual({
      kind: 'mock',
      response: { statusCode: '204', headers: { Vary: 'Origin' } },
    });
  });

  it('are refused where a rule has a pattern with an operator that the platform does not know', () => {
    const bus = new EventBus({
      accountId: '000000000000',
      region: 'eu-west-2',
      clock: { now: () => new Date(0) },
      delivery: { lambda: () => undefined, queue: () => undefined, stateMachine: () => undefined },
      deliverToQueue: () => undefined,
      undeliverable: () => undefined,
    });
    const rule = resource('AWS::Events::Rule', {
      EventPattern: { detail: { size: [{ numeric: ['>', 1] }] } },
    });
    expect(() => eventsHandlers(bus)['AWS::Events::Rule']?.(rule)).toThrow('numeric');
  });

  it('without local effect each have a reason and a name', async () => {
    for (const [type, reason] of Object.entries(reasons)) {
      expect(reason.length).toBeGreaterThan(10);
      const deployed = await withoutLocalEffect[type]?.(resource(type, {}));
      expect(deployed?.ref).not.toBe('');
    }
  });
});
