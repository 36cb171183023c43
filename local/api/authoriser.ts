import { z } from 'zod';
import { AwsError, type Clock, type InvocationResult } from '../aws/service';
import { GatewayRefusal } from './gateway-response';
import { type ApiRequest, headerOf, requestAuthoriserEvent } from './proxy-event';
import type { ApiAuthoriser, RestApi } from './rest-api-definition';
import type { Route } from './route';

const oneOrMany = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

/** What a Lambda authoriser answers. */
const authoriserResult = z.object({
  principalId: z.string(),
  policyDocument: z.object({
    Version: z.string().optional(),
    Statement: z.array(
      z.object({ Effect: z.enum(['Allow', 'Deny']), Action: oneOrMany, Resource: oneOrMany }),
    ),
  }),
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
});

type AuthoriserResult = z.infer<typeof authoriserResult>;

/** Invokes the authoriser's function for API Gateway. */
export type InvokeAuthoriser = (
  authoriser: ApiAuthoriser,
  sourceArn: string,
  event: Readonly<Record<string, unknown>>,
) => Promise<InvocationResult>;

function wildcard(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${expression}$`, 's').test(text);
}

/** Decides by the returned policy: an explicit deny goes before an allow, and nothing said is a refusal. */
function allows(result: AuthoriserResult, methodArn: string): boolean {
  const fitting = result.policyDocument.Statement.filter(
    (statement) =>
      statement.Action.some((action) => wildcard(action.toLowerCase(), 'execute-api:invoke')) &&
      statement.Resource.some((resource) => wildcard(resource, methodArn)),
  );
  if (fitting.some(({ Effect }) => Effect === 'Deny')) return false;
  return fitting.some(({ Effect }) => Effect === 'Allow');
}

function identityValue(api: RestApi, request: ApiRequest, route: Route, source: string): string | undefined {
  const header = /^method\.request\.header\.(.+)$/.exec(source)?.[1];
  if (header !== undefined) return headerOf(request, header);
  const parameter = /^method\.request\.querystring\.(.+)$/.exec(source)?.[1];
  if (parameter !== undefined) return request.query.get(parameter) ?? undefined;
  if (source.startsWith('stageVariables.'))
    return api.stage?.variables[source.slice('stageVariables.'.length)];
  if (source === 'context.httpMethod') return request.method;
  if (source === 'context.path') return request.path;
  if (source === 'context.resourcePath') return route.resourcePath;
  throw new GatewayRefusal('AUTHORIZER_CONFIGURATION_ERROR');
}

interface CachedResult {
  readonly result: AuthoriserResult;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Results kept at once; the oldest goes first. */
const mostCached = 1000;

/** The authorisers of one API, with their caches. */
export class AuthoriserGate {
  private readonly cache = new Map<string, CachedResult>();

  constructor(
    private readonly invoke: InvokeAuthoriser,
    private readonly clock: Clock,
  ) {}

  /**
   * Lets a request pass or refuses it.
   * @returns what the function behind the API sees as `requestContext.authorizer`
   * @throws GatewayRefusal `UNAUTHORIZED`, `ACCESS_DENIED`, `AUTHORIZER_FAILURE`
   */
  async admit(
    api: RestApi,
    authoriser: ApiAuthoriser,
    request: ApiRequest,
    route: Route,
    methodArn: string,
  ): Promise<Record<string, unknown>> {
    const identity = authoriser.identitySources.map((source) => identityValue(api, request, route, source));
    if (identity.some((value) => value === undefined || value === ''))
      throw new GatewayRefusal('UNAUTHORIZED');
    const [token = ''] = identity;
    if (authoriser.type === 'TOKEN' && authoriser.identityValidation?.test(token ?? '') === false) {
      throw new GatewayRefusal('UNAUTHORIZED');
    }
    const cacheKey = JSON.stringify([authoriser.id, ...identity]);
    const event =
      authoriser.type === 'TOKEN'
        ? { type: 'TOKEN', methodArn, authorizationToken: token }
        : requestAuthoriserEvent(api, request, route, methodArn);
    const result = this.cached(cacheKey) ?? (await this.ask(api, authoriser, event, cacheKey));
    if (!allows(result, methodArn)) throw new GatewayRefusal('ACCESS_DENIED');
    const context = Object.entries(result.context ?? {}).map(([name, value]) => [name, String(value)]);
    return { ...Object.fromEntries(context), principalId: result.principalId, integrationLatency: 0 };
  }

  private cached(key: string): AuthoriserResult | undefined {
    const known = this.cache.get(key);
    return known && known.until > this.clock.now().getTime() ? known.result : undefined;
  }

  private async ask(
    api: RestApi,
    authoriser: ApiAuthoriser,
    event: Readonly<Record<string, unknown>>,
    cacheKey: string,
  ): Promise<AuthoriserResult> {
    const sourceArn = `arn:aws:execute-api:${api.region}:${api.accountId}:${api.id}/authorizers/${authoriser.id}`;
    // What the function's service refuses, throttling included, is a failure of the authoriser to the client.
    const { payload, functionError } = await this.invoke(authoriser, sourceArn, event).catch(
      (error: unknown) => {
        if (error instanceof AwsError) throw new GatewayRefusal('AUTHORIZER_FAILURE');
        throw error;
      },
    );
    if (functionError?.errorMessage === 'Unauthorized') throw new GatewayRefusal('UNAUTHORIZED');
    if (functionError) throw new GatewayRefusal('AUTHORIZER_FAILURE');
    const parsed = authoriserResult.safeParse(payload);
    if (!parsed.success) throw new GatewayRefusal('AUTHORIZER_CONFIGURATION_ERROR');
    if (authoriser.resultTtlSeconds > 0) {
      const oldest = this.cache.size >= mostCached ? this.cache.keys().next().value : undefined;
      if (oldest !== undefined) this.cache.delete(oldest);
      const until = this.clock.now().getTime() + authoriser.resultTtlSeconds * 1000;
      this.cache.set(cacheKey, { result: parsed.data, until });
    }
    return parsed.data;
  }
}
