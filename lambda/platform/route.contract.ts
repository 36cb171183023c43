import type * as z from 'zod';
import { strongRoles } from './assurance.contract';
import { httpRefusals } from './http-refusals.contract';
import { type RefusalTable, selectRefusals } from './platform-error';
import type { Role } from './roles.contract';

/**
 * The one source of a route of the HTTP API: requests are checked by it, answers leave through it, the deployed methods
 * and `openapi.json` are made of it (docs/adr/0032).
 */

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export type SuccessStatus = 200 | 201 | 202;

/** Bytes of a JSON body where a contract says nothing else. */
export const DEFAULT_BODY_LIMIT = 262_144;

interface CommonContract {
  /** The `operationId` of the API description, and the name of the contract in its record. */
  readonly id: string;
  readonly method: Method;
  /** With parameters as `{name}`; `params` has exactly these. */
  readonly path: `/v1/${string}`;
  /** One sentence for people. */
  readonly summary: string;
  /** Parameters of the path. They come as text, percent-decoded once. */
  readonly params?: z.ZodObject;
  /** Parameters of the query, each at most once. One that is not named here is refused. They come as text. */
  readonly query?: z.ZodObject;
  /** JSON body; objects in it are strict. */
  readonly body?: z.ZodType;
  /** Largest body in bytes; DEFAULT_BODY_LIMIT where not given. */
  readonly bodyLimit?: number;
  /** What the answer holds. Members that it does not name never leave the platform. */
  readonly answer: z.ZodType;
  /** Status of the answer, 200 where not given; where there are several, the first is the usual one. */
  readonly status?: SuccessStatus | readonly SuccessStatus[];
  /** Type of an answer that is not JSON: `answer` is a string then. */
  readonly media?: 'text/csv';
  /** Refusals of the capability that it may give, beside those that follow from the other members. */
  readonly refusals: RefusalTable;
  /** Takes an `Idempotency-Key`: the same request under the same key is done once. */
  readonly idempotencyKey?: true;
  /** Demands the version to change in `If-Match`. */
  readonly ifMatch?: true;
  /** Answers with the version as `ETag`. */
  readonly entityTag?: true;
  /** Requests of all callers together, where they are limited more strictly than the API as a whole. */
  readonly rateLimit?: { readonly perSecond: number; readonly burst: number };
}

/** A route that answers without a token. */
interface PublicContract extends CommonContract {
  readonly roles: 'public';
  /** Why it does. */
  readonly open: string;
}

interface SignedInContract extends CommonContract {
  /** Roles of which the person must hold one; `everybody` who is signed in. */
  readonly roles: readonly Role[] | 'everybody';
  readonly open?: never;
}

export type RouteContract = PublicContract | SignedInContract;

/** The contracts of one API, by their ids. */
export type RouteContracts = Readonly<Record<string, RouteContract>>;

/** Statuses with which a route answers where it does not refuse, the usual one first. */
export function statusesOf({ status = 200 }: Pick<RouteContract, 'status'>): readonly SuccessStatus[] {
  return typeof status === 'number' ? [status] : status;
}

/** Names of the parameters in a path, in order. */
export function parametersOf(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/** Every refusal that a route may give: those of its capability, and those that any route of its kind may give. */
export function refusalsOf(contract: RouteContract): RefusalTable {
  const { roles } = contract;
  return {
    ...selectRefusals(
      httpRefusals,
      'INVALID_REQUEST',
      'BODY_TOO_LARGE',
      'REQUEST_BLOCKED',
      'TOO_MANY_REQUESTS',
      'INTERNAL_ERROR',
    ),
    ...(roles !== 'public' && selectRefusals(httpRefusals, 'NOT_SIGNED_IN', 'ACCESS_DENIED')),
    ...(typeof roles !== 'string' && selectRefusals(httpRefusals, 'ROLE_REQUIRED')),
    ...(typeof roles !== 'string' &&
      roles.some((role) => strongRoles.includes(role)) &&
      selectRefusals(httpRefusals, 'SIGN_IN_TOO_WEAK')),
    ...(contract.body &&
      selectRefusals(httpRefusals, 'BODY_NOT_JSON', 'BODY_NOT_PLAIN', 'UNSUPPORTED_MEDIA_TYPE')),
    ...(contract.query?.shape.next && selectRefusals(httpRefusals, 'INVALID_PAGE_TOKEN')),
    ...(contract.idempotencyKey && selectRefusals(httpRefusals, 'IDEMPOTENCY_KEY_INVALID')),
    ...(contract.ifMatch && selectRefusals(httpRefusals, 'PRECONDITION_REQUIRED', 'VERSION_DIFFERS')),
    ...contract.refusals,
  };
}
