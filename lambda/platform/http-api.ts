import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import * as z from 'zod';
import { problemAnswer, proxyAnswer } from './http-answer';
import { refuseRequest } from './http-errors';
import type { Log } from './log';
import { PlatformError } from './platform-error';
import { checkBodySize, readJsonBody } from './request-body';
import { readExpectedVersion, readIdempotencyKey, readParams, readQuery, validate } from './request-parts';
import { type RequestPerson, readRequestPerson, refuseRoles } from './request-person';
import type { Role } from './roles.contract';
import {
  DEFAULT_BODY_LIMIT,
  type RouteContract,
  refusalsOf,
  type SuccessStatus,
  statusesOf,
} from './route.contract';

type OutputOf<Contract, Member extends string> = Contract extends { readonly [Name in Member]: infer Schema }
  ? Schema extends z.ZodType
    ? z.output<Schema>
    : undefined
  : undefined;

/** A request that fits its contract. */
export interface ContractRequest<Contract extends RouteContract> {
  readonly person: Contract extends { readonly roles: 'public' } ? undefined : RequestPerson;
  readonly params: OutputOf<Contract, 'params'>;
  readonly query: OutputOf<Contract, 'query'>;
  readonly body: OutputOf<Contract, 'body'>;
  /** Version that the sender wants to change, of `If-Match`. */
  readonly version: Contract extends { readonly ifMatch: true } ? number : undefined;
  readonly idempotencyKey: Contract extends { readonly idempotencyKey: true }
    ? string | undefined
    : undefined;
  /** API Gateway's id of the request: the `ref` of an error. */
  readonly requestId: string;
  /** Address of the caller as API Gateway saw it, null where it gave none. */
  readonly sourceIp: string | null;
}

/** What a route answers; with `entityTag` in its contract, with the version of what it shows. */
export type ContractAnswer<Contract extends RouteContract> = {
  /** The first of the contract where not given. */
  readonly status?: SuccessStatus;
  readonly body: z.input<Contract['answer']>;
  readonly headers?: Readonly<Record<string, string>>;
} & (Contract extends { readonly entityTag: true } ? { readonly version: number } : unknown);

type ApiHandler = (event: APIGatewayProxyEvent, context?: Context) => Promise<APIGatewayProxyResult>;

type Work = (event: APIGatewayProxyEvent, requestId: string) => Promise<APIGatewayProxyResult>;

function signedInPerson(event: APIGatewayProxyEvent, roles: readonly Role[] | 'everybody'): RequestPerson {
  const person = readRequestPerson(event.requestContext?.authorizer);
  if (roles !== 'everybody' && !roles.some((role) => person.roles.includes(role)))
    throw refuseRoles(person, roles);
  return person;
}

const noParameters = z.strictObject({});

/** Person, precondition and parts of a request, in this order: who may not ask learns nothing of the rest. */
function readRequest(contract: RouteContract, event: APIGatewayProxyEvent, requestId: string) {
  checkBodySize(event, contract.bodyLimit ?? DEFAULT_BODY_LIMIT);
  return {
    person: contract.roles === 'public' ? undefined : signedInPerson(event, contract.roles),
    version: contract.ifMatch ? readExpectedVersion(event) : undefined,
    idempotencyKey: contract.idempotencyKey ? readIdempotencyKey(event) : undefined,
    params: readParams(event, contract.params ?? noParameters),
    query: readQuery(event, contract.query ?? noParameters),
    body: contract.body ? validate(contract.body, readJsonBody(event), 'body') : undefined,
    requestId,
    sourceIp: event.requestContext?.identity?.sourceIp ?? null,
  };
}

/** Names of members and kinds of faults; values may be of people. */
function faultsOf(error: z.ZodError): string {
  const faults = error.issues.map(({ code, path: [member] }) => `${String(member ?? 'answer')}: ${code}`);
  return [...new Set(faults)].slice(0, 10).join(', ');
}

/**
 * The routes of one function behind the REST API. API Gateway has found the method; here the request is checked by its
 * contract, the person is read from the authoriser's context, refusals are answered as problem+json, and anything else
 * as an INTERNAL_ERROR without detail.
 */
export class HttpApi {
  private readonly routes = new Map<string, Work>();

  constructor(private readonly log: Log) {}

  /** Adds a route by its contract. */
  serve<const Contract extends RouteContract>(
    contract: Contract,
    work: (request: ContractRequest<Contract>) => Promise<ContractAnswer<Contract>>,
  ): void {
    const codes = refusalsOf(contract);
    this.routes.set(`${contract.method} ${contract.path}`, async (event, requestId) => {
      try {
        // the types of its parts follow from the schemas that have just parsed them
        const request = readRequest(contract, event, requestId) as unknown as ContractRequest<Contract>;
        const { status, body, headers, version }: ContractAnswer<RouteContract> & { version?: number } =
          await work(request);
        return proxyAnswer(
          {
            status: status ?? statusesOf(contract)[0] ?? 200,
            contentType: contract.media ?? 'application/json',
            body: this.bodyByContract(contract, body),
            headers: { ...(version !== undefined && { etag: `"${version}"` }), ...headers },
          },
          requestId,
        );
      } catch (error) {
        if (error instanceof PlatformError && !Object.hasOwn(codes, error.code))
          this.log.error('the contract does not name this refusal', { route: contract.id, code: error.code });
        throw error;
      }
    });
  }

  /** The Lambda handler over the routes added so far and later. */
  readonly handler: ApiHandler = async (event) => {
    const requestId = event.requestContext?.requestId ?? 'unknown';
    try {
      const work = this.routes.get(`${event.httpMethod} ${event.resource}`);
      if (work === undefined) throw refuseRequest('ROUTE_NOT_FOUND');
      return await work(event, requestId);
    } catch (error) {
      return this.problem(error, requestId);
    }
  };

  /**
   * The answer as its schema has it. Members that the contract does not name are left out, and what does not fit is not
   * sent at all: nothing leaves the platform that nobody has described.
   */
  private bodyByContract({ id, answer, media }: RouteContract, body: unknown): string {
    const parsed = answer.safeParse(body);
    if (!parsed.success) {
      this.log.error('an answer breaks its contract', { route: id, faults: faultsOf(parsed.error) });
      throw refuseRequest('INTERNAL_ERROR');
    }
    return media === undefined ? JSON.stringify(parsed.data) : z.string().parse(parsed.data);
  }

  private problem(error: unknown, requestId: string): APIGatewayProxyResult {
    if (error instanceof PlatformError) {
      this.log.info('request refused', { requestId, code: error.code, status: error.status });
      return problemAnswer(error, requestId);
    }
    this.log.error('request failed', { requestId }, error);
    return problemAnswer(refuseRequest('INTERNAL_ERROR'), requestId);
  }
}
