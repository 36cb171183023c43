import * as z from 'zod';
import { refuseRequest } from './http-errors';
import { type BodyEvent, headerValues } from './request-body';

/** What this needs of API Gateway's event. */
export interface PartsEvent extends BodyEvent {
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null;
}

/** Problems listed in one answer; more would not help a person. */
const listedProblems = 20;

/** Characters of a problem's text: it may quote what was sent. */
const longestMessage = 200;

interface Problem {
  readonly path: string;
  readonly message: string;
}

function refuseProblems(errors: readonly Problem[]): never {
  throw refuseRequest('INVALID_REQUEST', {
    detail: errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
    extensions: { errors },
  });
}

/**
 * What `input` holds by `schema`.
 * @param where part of the request, for the paths in the refusal
 * @throws PlatformError INVALID_REQUEST with all problems in `errors`
 */
export function validate<Value>(schema: z.ZodType<Value>, input: unknown, where: string): Value {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  return refuseProblems(
    parsed.error.issues.slice(0, listedProblems).map((issue) => ({
      path: [where, ...issue.path].join('.').slice(0, longestMessage),
      message: issue.message.slice(0, longestMessage),
    })),
  );
}

/**
 * The parameters of the path. API Gateway hands them over as they were sent, so they are percent-decoded here, once.
 * @throws PlatformError INVALID_REQUEST
 */
export function readParams(event: PartsEvent, schema: z.ZodObject): Record<string, unknown> {
  const sent = Object.entries(event.pathParameters ?? {}).map(([name, value = '']) => {
    try {
      return [name, decodeURIComponent(value)] as const;
    } catch {
      return refuseProblems([{ path: `path.${name}`, message: 'Invalid input: not percent-encoded text' }]);
    }
  });
  return validate(schema, Object.fromEntries(sent), 'path');
}

/**
 * The parameters of the query, each of them known and given once.
 * @throws PlatformError INVALID_REQUEST
 */
export function readQuery(event: PartsEvent, schema: z.ZodObject): Record<string, unknown> {
  const several = event.multiValueQueryStringParameters ?? {};
  const sent = { ...several, ...event.queryStringParameters };
  const problems = Object.keys(sent).flatMap((name): Problem[] => {
    const path = `query.${name}`.slice(0, longestMessage);
    if (!Object.hasOwn(schema.shape, name)) return [{ path, message: 'Unrecognized parameter' }];
    return (several[name]?.length ?? 1) > 1 ? [{ path, message: 'Invalid input: given more than once' }] : [];
  });
  if (problems.length > 0) refuseProblems(problems.slice(0, listedProblems));
  return validate(schema, event.queryStringParameters ?? {}, 'query');
}

/**
 * The version that a change is meant for: one strong entity tag (RFC 9110 §13.1.1). `*` and weak tags name none.
 * @throws PlatformError PRECONDITION_REQUIRED, VERSION_DIFFERS where it is the tag of no version
 */
export function readExpectedVersion(event: BodyEvent): number {
  const values = headerValues(event, 'if-match');
  const [value = '*'] = values;
  if (value.trim() === '*') throw refuseRequest('PRECONDITION_REQUIRED');
  const version = values.length === 1 ? /^\s*"(\d{1,9})"\s*$/.exec(value)?.[1] : undefined;
  if (version === undefined) throw refuseRequest('VERSION_DIFFERS');
  return Number(version);
}

/** An `Idempotency-Key`: a UUID, say. */
export const idempotencyKey = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/**
 * The `Idempotency-Key` of a request, if it has one.
 * @throws PlatformError IDEMPOTENCY_KEY_INVALID
 */
export function readIdempotencyKey(event: BodyEvent): string | undefined {
  const values = headerValues(event, 'idempotency-key');
  const [value] = values;
  if (value === undefined) return undefined;
  if (values.length > 1 || !idempotencyKey.safeParse(value).success)
    throw refuseRequest('IDEMPOTENCY_KEY_INVALID');
  return value;
}
