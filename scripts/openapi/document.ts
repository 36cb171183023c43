import { join } from 'node:path';
import { idempotencyKey } from '../../lambda/platform/request-parts';
import type { RouteContracts } from '../../lambda/platform/route.contract';
import { exportedNames, inlineSchema, NamedSchemas } from './named-schemas';
import { operationOf } from './operation';
import { ProblemResponses } from './problem-responses';

const problem = {
  type: 'object',
  description: 'RFC 9457. Some codes have members beside these; clients ignore those that they do not know.',
  required: ['type', 'title', 'status', 'code', 'detail', 'fix', 'ref'],
  properties: {
    type: { type: 'string', format: 'uri', description: '`urn:nmip:problem:` and the code.' },
    title: { type: 'string', description: 'What is wrong, the same for every problem of the code.' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Never changes its meaning.' },
    detail: { type: 'string', description: 'What is wrong this time.' },
    fix: { type: 'string', description: 'What the sender can do.' },
    ref: { type: 'string', description: 'The request, for questions to the platform team.' },
    errors: {
      type: 'array',
      description: 'Of `INVALID_REQUEST` and the like: every fault with its place.',
      items: { type: 'object' },
    },
  },
} as const;

const components = {
  securitySchemes: {
    accessToken: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description:
        'Access token (`at+jwt`, RFC 9068) of the OpenID Connect issuer that `GET /v1/sign-in` names. Roles stand in the ' +
        "register; the token's claims give none.",
    },
  },
  parameters: {
    IdempotencyKey: {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'The same request under the same key is done once, for a day.',
      schema: inlineSchema(idempotencyKey),
    },
    IfMatch: {
      name: 'If-Match',
      in: 'header',
      required: true,
      description: 'The `ETag` of the version that is to be changed.',
      schema: { type: 'string', pattern: '^"\\d{1,9}"$' },
    },
  },
  headers: {
    ETag: {
      description: 'The version of what is shown, for `If-Match`.',
      schema: { type: 'string', pattern: '^"\\d{1,9}"$' },
    },
    RetryAfter: { description: 'Seconds to wait (RFC 9110 §10.2.3).', schema: { type: 'integer' } },
  },
};

/** The description of the API in OpenAPI 3.1. */
export interface ApiDescription {
  readonly openapi: '3.1.1';
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, unknown>>;
    readonly responses: Readonly<Record<string, object>>;
  };
}

/**
 * Describes routes in OpenAPI 3.1.
 * @param contracts contracts by the function that serves them
 */
export function describeApi(contracts: Readonly<Record<string, RouteContracts>>): ApiDescription {
  const schemas = new NamedSchemas(exportedNames(join(__dirname, '../../lambda')));
  const problems = new ProblemResponses();
  const paths: Record<string, Record<string, object>> = {};
  for (const [tag, each] of Object.entries(contracts))
    for (const contract of Object.values(each)) {
      const method = contract.method.toLowerCase();
      paths[contract.path] = {
        ...paths[contract.path],
        [method]: operationOf(contract, tag, schemas, problems),
      };
    }
  const sorted = Object.fromEntries(Object.entries(paths).sort(([one], [other]) => (one < other ? -1 : 1)));
  const finished = schemas.finish(sorted);
  return {
    openapi: '3.1.1',
    info: {
      title: 'National Medical Imaging Platform',
      version: '1',
      summary: 'Submissions, quarantine, withdrawals, register, catalogue and credentials.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The address of the environment.' }],
    tags: Object.keys(contracts).map((name) => ({ name })),
    paths: finished.document,
    components: {
      schemas: { ...finished.schemas, Problem: problem },
      responses: problems.components(),
      ...components,
    },
  } as ApiDescription;
}
