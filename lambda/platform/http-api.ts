import { Router } from '@aws-lambda-powertools/event-handler/http';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type * as z from 'zod';
import { refuseRequest } from './http-errors';
import type { Log } from './log';
import { PlatformError } from './platform-error';
import { type RequestPerson, readRequestPerson } from './request-person';
import type { Role } from './roles.contract';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface RouteDefinition<Path, Query, Body> {
  readonly method: Method;
  /** With parameters as `:name`. */
  readonly path: `/v1/${string}`;
  /** Roles of which the person must hold one; `everybody` who is signed in. */
  readonly roles: readonly Role[] | 'everybody';
  readonly params?: z.ZodType<Path>;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
}

export interface ApiRequest<Path, Query, Body> {
  readonly person: RequestPerson;
  readonly params: Path;
  readonly query: Query;
  readonly body: Body;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** API Gateway's id of the request: the `ref` of an error. */
  readonly requestId: string;
  /** Address of the caller as API Gateway saw it, null where it gave none. */
  readonly sourceIp: string | null;
}

export interface ApiResponse {
  /** 200 where not given. */
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type ApiHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** Problems listed in one answer; more would not help a person. */
const listedProblems = 20;

const defaultHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

function respond(response: ApiResponse, requestId: string): Response {
  return new Response(JSON.stringify(response.body), {
    status: response.status ?? 200,
    headers: {
      'content-type': 'application/json',
      ...defaultHeaders,
      'x-request-id': requestId,
      ...response.headers,
    },
  });
}

/** The answer to a refusal (RFC 9457). */
function respondProblem(error: PlatformError, requestId: string): Response {
  const problem = {
    ...error.extensions,
    type: `urn:nmip:problem:${error.code}`,
    title: error.title,
    status: error.status,
    code: error.code,
    detail: error.detail,
    fix: error.fix,
    ref: requestId,
  };
  return new Response(JSON.stringify(problem), {
    status: error.status,
    headers: { 'content-type': 'application/problem+json', ...defaultHeaders, 'x-request-id': requestId },
  });
}

function validate<Value>(schema: z.ZodType<Value>, input: unknown, where: string): Value {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues
    .slice(0, listedProblems)
    .map((issue) => ({ path: [where, ...issue.path].join('.'), message: issue.message }));
  throw refuseRequest('INVALID_REQUEST', {
    detail: errors.map((entry) => `${entry.path}: ${entry.message}`).join('; '),
    extensions: { errors },
  });
}

function readBody(event: { body?: string | null; isBase64Encoded?: boolean }): unknown {
  const text =
    event.isBase64Encoded === true
      ? Buffer.from(event.body ?? '', 'base64').toString('utf8')
      : (event.body ?? '');
  try {
    return JSON.parse(text);
  } catch {
    throw refuseRequest('BODY_NOT_JSON');
  }
}

/**
 * The routes of one function behind the REST API: request checked by zod schemas, person read from the authoriser's
 * context, refusals as problem+json, anything else an INTERNAL_ERROR without detail.
 */
export class HttpApi {
  private readonly router: Router;

  constructor(private readonly log: Log) {
    this.router = new Router({
      logger: { trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    });
    this.router.notFound(async (_error, context) =>
      respondProblem(refuseRequest('ROUTE_NOT_FOUND'), requestIdOf(context.event)),
    );
    this.router.errorHandler(Error, async (error, context) =>
      this.problem(error, requestIdOf(context.event)),
    );
  }

  /** Adds a route for people who are signed in. */
  route<Path, Query, Body>(
    definition: RouteDefinition<Path, Query, Body>,
    work: (request: ApiRequest<Path, Query, Body>) => Promise<ApiResponse>,
  ): void {
    this.router.route(
      async ({ event, params }) => {
        const requestId = requestIdOf(event);
        return this.answer(requestId, async () => {
          const context = event.requestContext;
          const person = readRequestPerson('authorizer' in context ? context.authorizer : undefined);
          const { roles } = definition;
          if (roles !== 'everybody' && !roles.some((role) => person.roles.includes(role)))
            throw refuseRequest('ROLE_REQUIRED', {
              detail: `This needs the role ${roles.join(' or ')}.`,
            });
          return work({
            person,
            params: validated(definition.params, () => params, 'path'),
            query: validated(definition.query, () => event.queryStringParameters ?? {}, 'query'),
            body: validated(definition.body, () => readBody(event), 'body'),
            headers: headersOf(event),
            requestId,
            sourceIp: sourceIpOf(event),
          });
        });
      },
      { method: definition.method, path: definition.path },
    );
  }

  /** Adds a GET route that needs no token. */
  publicRoute(path: `/v1/${string}`, work: () => Promise<ApiResponse>): void {
    this.router.route(async ({ event }) => this.answer(requestIdOf(event), work), { method: 'GET', path });
  }

  /** The Lambda handler over the routes added so far and later. */
  readonly handler: ApiHandler = (event, context) => this.router.resolve(event, context);

  private async answer(requestId: string, work: () => Promise<ApiResponse>): Promise<Response> {
    try {
      return respond(await work(), requestId);
    } catch (error) {
      return this.problem(error, requestId);
    }
  }

  private problem(error: unknown, requestId: string): Response {
    if (error instanceof PlatformError) {
      this.log.info('request refused', { requestId, code: error.code, status: error.status });
      return respondProblem(error, requestId);
    }
    this.log.error('request failed', { requestId }, error);
    return respondProblem(refuseRequest('INTERNAL_ERROR'), requestId);
  }
}

function validated<Value>(schema: z.ZodType<Value> | undefined, read: () => unknown, where: string): Value {
  // A route without a schema for a part has type `unknown` for it and cannot use it.
  return schema === undefined ? (undefined as Value) : validate(schema, read(), where);
}

function requestIdOf(event: { requestContext?: unknown }): string {
  const context = event.requestContext;
  const id: unknown =
    typeof context === 'object' && context !== null ? Reflect.get(context, 'requestId') : undefined;
  return typeof id === 'string' ? id : 'unknown';
}

function headersOf(event: { headers?: Record<string, string | undefined> | null }): Record<string, string> {
  return Object.fromEntries(
    Object.entries(event.headers ?? {}).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), value]],
    ),
  );
}

function sourceIpOf(event: { requestContext?: unknown }): string | null {
  const context = event.requestContext;
  const identity: unknown =
    typeof context === 'object' && context !== null ? Reflect.get(context, 'identity') : undefined;
  const address: unknown =
    typeof identity === 'object' && identity !== null ? Reflect.get(identity, 'sourceIp') : undefined;
  return typeof address === 'string' ? address : null;
}
