import type * as z from 'zod';
import {
  DEFAULT_BODY_LIMIT,
  parametersOf,
  type RouteContract,
  refusalsOf,
  statusesOf,
} from '../../lambda/platform/route.contract';
import { inlineSchema, type NamedSchemas } from './named-schemas';
import type { ProblemResponses } from './problem-responses';

const descriptions = { 200: 'Done.', 201: 'Made.', 202: 'Begun.' } as const;

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

function parameter(place: 'path' | 'query', name: string, schema: z.ZodType) {
  const required = place === 'path' || !schema.safeParse(undefined).success;
  return { name, in: place, required, schema: inlineSchema(schema) };
}

function parametersOfContract(contract: RouteContract): object[] {
  const { params, query, idempotencyKey, ifMatch } = contract;
  return [
    ...parametersOf(contract.path).map((name) => {
      const schema = params?.shape[name];
      if (schema === undefined) throw new Error(`${contract.id} has no schema for {${name}}`);
      return parameter('path', name, schema as z.ZodType);
    }),
    ...Object.entries(query?.shape ?? {}).map(([name, schema]) =>
      parameter('query', name, schema as z.ZodType),
    ),
    ...(idempotencyKey ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
    ...(ifMatch ? [{ $ref: '#/components/parameters/IfMatch' }] : []),
  ];
}

function whoMay({ roles, open }: RouteContract): string {
  if (roles === 'public') return `Needs no token. ${open}`;
  return roles === 'everybody' ? 'For everybody who is signed in.' : `For the roles: ${roles.join(', ')}.`;
}

/** An operation of the description, from its contract. */
export function operationOf(
  contract: RouteContract,
  tag: string,
  schemas: NamedSchemas,
  problems: ProblemResponses,
): object {
  const { id, body, answer, media = 'application/json' } = contract;
  const parameters = parametersOfContract(contract);
  const headers = contract.entityTag && { ETag: { $ref: '#/components/headers/ETag' } };
  const successes = statusesOf(contract).map((status) => [
    String(status),
    {
      description: descriptions[status],
      ...(headers && { headers }),
      content: { [media]: { schema: schemas.add(answer, `${capitalised(id)}Answer`, 'output') } },
    },
  ]);
  return {
    operationId: id,
    summary: contract.summary,
    description: whoMay(contract),
    tags: [tag],
    security: contract.roles === 'public' ? [] : [{ accessToken: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        description: `At most ${contract.bodyLimit ?? DEFAULT_BODY_LIMIT} bytes.`,
        content: { 'application/json': { schema: schemas.add(body, `${capitalised(id)}Body`, 'input') } },
      },
    }),
    responses: { ...Object.fromEntries(successes), ...problems.of(refusalsOf(contract)) },
    'x-roles': contract.roles,
    'x-body-limit': contract.bodyLimit ?? DEFAULT_BODY_LIMIT,
    ...(contract.rateLimit && { 'x-rate-limit': contract.rateLimit }),
  };
}
