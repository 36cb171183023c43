import type * as z from 'zod';
import type { RefusalTable } from '../../lambda/platform/platform-error';
import {
  DEFAULT_BODY_LIMIT,
  parametersOf,
  type RouteContract,
  refusalsOf,
  statusesOf,
} from '../../lambda/platform/route.contract';
import { inlineSchema, type NamedSchemas } from './named-schemas';

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

/** Answers that are problems, a status each, with the codes that it may have. */
function problemResponses(refusals: RefusalTable): Record<string, object> {
  const statuses = [...new Set(Object.values(refusals).map(({ status }) => status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const codes = Object.entries(refusals).filter(([, refusal]) => refusal.status === status);
      const schema = {
        allOf: [
          { $ref: '#/components/schemas/Problem' },
          { properties: { status: { const: status }, code: { enum: codes.map(([code]) => code) } } },
        ],
      };
      return [
        String(status),
        {
          description: codes.map(([code, { title }]) => `\`${code}\`: ${title}`).join('\n\n'),
          ...(status === 429 && { headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } }),
          content: { 'application/problem+json': { schema } },
        },
      ];
    }),
  );
}

function whoMay({ roles, open }: RouteContract): string {
  if (roles === 'public') return `Needs no token. ${open}`;
  return roles === 'everybody' ? 'For everybody who is signed in.' : `For the roles: ${roles.join(', ')}.`;
}

/** An operation of the description, from its contract. */
export function operationOf(contract: RouteContract, tag: string, schemas: NamedSchemas): object {
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
    responses: { ...Object.fromEntries(successes), ...problemResponses(refusalsOf(contract)) },
    'x-roles': contract.roles,
    'x-body-limit': contract.bodyLimit ?? DEFAULT_BODY_LIMIT,
  };
}
