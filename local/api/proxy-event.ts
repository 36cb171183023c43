import type { IncomingMessage } from 'node:http';
import type { RestApi } from './rest-api-definition';
import type { Route } from './route';

/** A request as API Gateway has read it. */
export interface ApiRequest {
  readonly method: string;
  /** As the client sent it, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Name as sent → values, in the order sent. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly host: string;
  readonly requestId: string;
  readonly receivedAt: Date;
}

/** Headers by their name as sent; a name sent in two spellings counts as one, under the first. */
export function readHeaders(request: IncomingMessage): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  const spelling = new Map<string, string>();
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    const known = spelling.get(name.toLowerCase()) ?? name;
    spelling.set(name.toLowerCase(), known);
    headers.set(known, [...(headers.get(known) ?? []), request.rawHeaders[index + 1] ?? '']);
  }
  return headers;
}

/** Value of a header by its name in any case. */
export function headerOf(request: ApiRequest, name: string): string | undefined {
  for (const [sent, values] of request.headers) {
    if (sent.toLowerCase() === name.toLowerCase()) return values.at(-1);
  }
  return undefined;
}

function mediaTypeFits(pattern: string, contentType: string): boolean {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (pattern === '*/*') return true;
  return pattern.endsWith('/*') ? type.startsWith(pattern.slice(0, -1)) : pattern.toLowerCase() === type;
}

/** True where the API treats a content type as binary. */
export function isBinary(api: RestApi, contentType: string | undefined): boolean {
  return (
    contentType !== undefined && api.binaryMediaTypes.some((pattern) => mediaTypeFits(pattern, contentType))
  );
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `09/Apr/2026:12:34:56 +0000`. */
function logTime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${two(time.getUTCDate())}/${months[time.getUTCMonth()]}/${time.getUTCFullYear()}`;
  return `${day}:${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} +0000`;
}

function last(values: ReadonlyMap<string, readonly string[]>): Record<string, string> {
  return Object.fromEntries([...values].map(([name, all]) => [name, all.at(-1) ?? '']));
}

function queryValues(query: URLSearchParams): ReadonlyMap<string, readonly string[]> {
  return new Map([...new Set(query.keys())].map((name) => [name, query.getAll(name)]));
}

function orNull<T extends object>(value: T): T | null {
  return Object.keys(value).length === 0 ? null : value;
}

function requestContext(api: RestApi, request: ApiRequest, route: Route): Record<string, unknown> {
  return {
    resourceId: route.resource.id,
    resourcePath: route.resourcePath,
    httpMethod: request.method,
    extendedRequestId: request.requestId,
    requestTime: logTime(request.receivedAt),
    path: request.path,
    accountId: api.accountId,
    protocol: 'HTTP/1.1',
    stage: api.stage?.name,
    domainPrefix: api.id,
    requestTimeEpoch: request.receivedAt.getTime(),
    requestId: request.requestId,
    identity: {
      cognitoIdentityPoolId: null,
      accountId: null,
      cognitoIdentityId: null,
      caller: null,
      sourceIp: request.sourceIp,
      principalOrgId: null,
      accessKey: null,
      cognitoAuthenticationType: null,
      cognitoAuthenticationProvider: null,
      userArn: null,
      userAgent: headerOf(request, 'user-agent') ?? null,
      user: null,
    },
    domainName: request.host,
    apiId: api.id,
  };
}

function commonMembers(api: RestApi, request: ApiRequest, route: Route): Record<string, unknown> {
  const query = queryValues(request.query);
  return {
    resource: route.resourcePath,
    path: request.path,
    httpMethod: request.method,
    headers: last(request.headers),
    multiValueHeaders: Object.fromEntries(request.headers),
    queryStringParameters: orNull(last(query)),
    multiValueQueryStringParameters: orNull(Object.fromEntries(query)),
    pathParameters: orNull(route.pathParameters),
    stageVariables: orNull(api.stage?.variables ?? {}),
  };
}

/** Event of a Lambda proxy integration, payload version 1.0. `authorizer` is what the authoriser said of the caller. */
export function proxyEvent(
  api: RestApi,
  request: ApiRequest,
  route: Route,
  authorizer: Readonly<Record<string, unknown>> | undefined,
): Record<string, unknown> {
  const binary = isBinary(api, headerOf(request, 'content-type'));
  return {
    ...commonMembers(api, request, route),
    requestContext: { ...requestContext(api, request, route), ...(authorizer ? { authorizer } : {}) },
    body: request.body.length === 0 ? null : request.body.toString(binary ? 'base64' : 'utf8'),
    isBase64Encoded: binary && request.body.length > 0,
  };
}

/** Event of a Lambda authoriser of type REQUEST. */
export function requestAuthoriserEvent(
  api: RestApi,
  request: ApiRequest,
  route: Route,
  methodArn: string,
): Record<string, unknown> {
  return {
    type: 'REQUEST',
    methodArn,
    ...commonMembers(api, request, route),
    requestContext: requestContext(api, request, route),
  };
}
