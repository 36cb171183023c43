import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, InvocationResult } from '../aws/service';
import { AuthoriserGate, type InvokeAuthoriser } from './authoriser';
import { GatewayRefusal, gatewayResponse } from './gateway-response';
import { type ApiRequest, headerOf, proxyEvent, readHeaders } from './proxy-event';
import { type ApiResponse, readProxyResult } from './proxy-result';
import type { RestApi } from './rest-api-definition';
import { findRoute, type Route } from './route';
import { TokenBucket } from './throttle';

/** API Gateway takes bodies of 10 MB at most. */
const largestBody = 10 * 1024 * 1024;

export interface ApiGatewayOptions {
  readonly clock: Clock;
  /** Invokes the function of a method, by its resource policy. */
  invokeFunction(sourceArn: string, functionArn: string, event: unknown): Promise<InvocationResult>;
  readonly invokeAuthoriser: InvokeAuthoriser;
}

/** A connection that is closed while bytes wait in it is reset, and the client may never see the answer. */
const mostDropped = 512 * 1024 * 1024;

/** Reads the body. What is too much of it is read and dropped, within reason, so that the refusal reaches the client. */
function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const refuse = (): void => reject(new GatewayRefusal('REQUEST_TOO_LARGE'));
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= largestBody) chunks.push(chunk);
      else if (bytes > mostDropped) {
        request.pause();
        request.removeAllListeners('data');
        refuse();
      }
    });
    request.on('end', () => (bytes > largestBody ? refuse() : resolve(Buffer.concat(chunks))));
    request.on('error', reject);
  });
}

/** Serves one stage of a REST API at the root of the front door, as a custom domain mapped to the stage does. */
export class ApiGateway {
  private readonly gate: AuthoriserGate;
  private readonly buckets: ReadonlyMap<string, TokenBucket>;

  constructor(
    private readonly api: RestApi,
    private readonly options: ApiGatewayOptions,
  ) {
    this.gate = new AuthoriserGate(options.invokeAuthoriser, options.clock);
    this.buckets = new Map(
      [...(api.stage?.throttles ?? [])].map(([name, throttle]) => [
        name,
        new TokenBucket(throttle, options.clock),
      ]),
    );
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    let answer: ApiResponse;
    try {
      answer = await this.answer(request, requestId);
    } catch (error) {
      if (!(error instanceof GatewayRefusal)) throw error;
      answer = gatewayResponse(this.api, error, requestId);
    }
    for (const [name, values] of answer.headers)
      response.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
    response.setHeader('x-amzn-RequestId', requestId);
    if (answer.statusCode !== 204) response.setHeader('content-length', answer.body.length);
    // An unread rest of the body would be taken for the next request of the connection.
    if (!request.complete) response.setHeader('connection', 'close');
    response.writeHead(answer.statusCode);
    response.end(answer.statusCode === 204 || request.method === 'HEAD' ? undefined : answer.body);
  }

  private async answer(message: IncomingMessage, requestId: string): Promise<ApiResponse> {
    const url = new URL(message.url ?? '/', 'http://localhost');
    const route = findRoute(this.api, message.method ?? 'GET', url.pathname);
    if (!route) throw new GatewayRefusal('MISSING_AUTHENTICATION_TOKEN');
    const limited = `${route.method.httpMethod} ${route.resourcePath}`;
    const bucket = this.buckets.get(limited) ?? this.buckets.get('* /*');
    if (bucket?.take() === false) throw new GatewayRefusal('THROTTLED');
    const request: ApiRequest = {
      method: message.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: readHeaders(message),
      body: await readBody(message),
      sourceIp: message.socket.remoteAddress ?? '127.0.0.1',
      host: message.headers.host ?? '',
      requestId,
      receivedAt: this.options.clock.now(),
    };
    return this.dispatch(request, route);
  }

  private async dispatch(request: ApiRequest, route: Route): Promise<ApiResponse> {
    const { method } = route;
    const authorizer = method.authorisation === 'CUSTOM' ? await this.authorise(request, route) : undefined;
    this.validate(request, route);
    if (method.integration.kind === 'mock') {
      const { statusCode, headers } = method.integration.response;
      const all = Object.entries(headers).map(([name, value]) => [name, [value]] as const);
      return { statusCode: Number(statusCode), headers: new Map(all), body: Buffer.alloc(0) };
    }
    const event = proxyEvent(this.api, request, route, authorizer);
    const { functionArn, timeoutMilliseconds } = method.integration;
    const result = await withinTime(
      this.options.invokeFunction(this.executeArn(request.method, route), functionArn, event),
      timeoutMilliseconds,
    );
    const response = result.functionError ? undefined : readProxyResult(result.payload);
    if (!response) throw new GatewayRefusal('INTEGRATION_FAILURE');
    return response;
  }

  /** ARN that permissions and an authoriser's policy name. */
  private executeArn(method: string, route: Route, path = route.resourcePath): string {
    const { region, accountId, id, stage } = this.api;
    return `arn:aws:execute-api:${region}:${accountId}:${id}/${stage?.name ?? ''}/${method}${path}`;
  }

  private authorise(request: ApiRequest, route: Route): Promise<Record<string, unknown>> {
    const authoriser = this.api.authorisers.get(route.method.authoriserId ?? '');
    if (!authoriser) throw new GatewayRefusal('AUTHORIZER_CONFIGURATION_ERROR');
    const methodArn = this.executeArn(request.method, route, request.path);
    return this.gate.admit(this.api, authoriser, request, route, methodArn);
  }

  private validate(request: ApiRequest, { method }: Route): void {
    const validator = this.api.validators.get(method.validatorId ?? '');
    if (validator?.parameters) {
      const missing = method.requiredParameters.filter((name) => !hasParameter(request, name));
      if (missing.length > 0) {
        const names = missing.map((name) => name.split('.').slice(3).join('.'));
        throw new GatewayRefusal(
          'BAD_REQUEST_PARAMETERS',
          `Missing required request parameters: [${names.join(', ')}]`,
        );
      }
    }
  }
}

function hasParameter(request: ApiRequest, name: string): boolean {
  const [, , place, ...rest] = name.split('.');
  const parameter = rest.join('.');
  if (place === 'header') return headerOf(request, parameter) !== undefined;
  if (place === 'querystring') return request.query.has(parameter);
  return true;
}

async function withinTime<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new GatewayRefusal('INTEGRATION_TIMEOUT')), milliseconds);
  });
  try {
    return await Promise.race([promise, limit]);
  } catch (error) {
    // What the function's service refuses, throttling included, reaches the client as an internal error.
    throw error instanceof GatewayRefusal ? error : new GatewayRefusal('INTEGRATION_FAILURE');
  } finally {
    clearTimeout(timer);
  }
}
