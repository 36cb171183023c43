import type { APIGatewayProxyResult } from 'aws-lambda';
import fc from 'fast-check';
import * as z from 'zod';
import { HttpApi } from '../../../lambda/platform/http-api';
import type { Log } from '../../../lambda/platform/log';
import { PlatformError } from '../../../lambda/platform/platform-error';
import type { RouteContracts } from '../../../lambda/platform/route.contract';
import { type ApiCall, apiEvent } from '../fixtures/api-event';

const uploader = { subject: 'sub-1', person: JSON.stringify({ roles: ['uploader'], trust: 'RX1' }) };

const thing = z.object({ who: z.string(), id: z.string(), page: z.number().optional(), count: z.number() });

const noMore = { NO_MORE: { status: 422, title: 'No more.', fix: 'Stop.' } };

const contracts = {
  putThing: {
    id: 'putThing',
    method: 'PUT',
    path: '/v1/things/{id}',
    summary: 'Puts a thing.',
    roles: ['uploader'],
    params: z.object({ id: z.string().regex(/^t-/) }),
    query: z.object({ page: z.coerce.number().int().optional() }),
    body: z.strictObject({ count: z.number().int() }),
    bodyLimit: 64,
    answer: thing,
    status: [201, 200],
    refusals: {},
  },
  changeThing: {
    id: 'changeThing',
    method: 'POST',
    path: '/v1/things/{id}',
    summary: 'Changes a thing.',
    roles: 'everybody',
    params: z.object({ id: z.string() }),
    answer: z.object({ changed: z.number(), key: z.string().optional() }),
    ifMatch: true,
    entityTag: true,
    idempotencyKey: true,
    refusals: {},
  },
  fail: {
    id: 'fail',
    method: 'GET',
    path: '/v1/fails',
    summary: 'Fails.',
    roles: 'everybody',
    answer: z.object({}),
    refusals: {},
  },
  refuse: {
    id: 'refuse',
    method: 'GET',
    path: '/v1/refuses',
    summary: 'Refuses.',
    roles: 'everybody',
    answer: z.object({}),
    refusals: noMore,
  },
  stray: {
    id: 'stray',
    method: 'GET',
    path: '/v1/strays',
    summary: 'Answers something else than it says.',
    roles: 'everybody',
    answer: z.object({ count: z.number() }),
    refusals: {},
  },
  listKeys: {
    id: 'listKeys',
    method: 'GET',
    path: '/v1/keys',
    summary: 'Lists keys.',
    roles: 'public',
    open: 'They are public.',
    answer: z.object({ keys: z.array(z.string()) }),
    refusals: {},
  },
  tabulate: {
    id: 'tabulate',
    method: 'GET',
    path: '/v1/table',
    summary: 'Gives a table.',
    roles: 'everybody',
    answer: z.string(),
    media: 'text/csv',
    refusals: {},
  },
} as const satisfies RouteContracts;

interface Line {
  readonly message: string;
  readonly fields: unknown;
}

function exampleApi(lines: Line[] = []): HttpApi {
  const keep = (message: string, fields?: unknown) => void lines.push({ message, fields });
  const log: Log = { info: () => {}, warn: keep, error: keep };
  const api = new HttpApi(log);
  api.serve(contracts.putThing, async ({ person, params, query, body }) => ({
    body: { who: person.subject, ...params, ...query, ...body, secret: '9434765919' },
  }));
  api.serve(contracts.changeThing, async ({ version, idempotencyKey }) => ({
    version: version + 1,
    body: { changed: version, key: idempotencyKey },
  }));
  api.serve(contracts.fail, async () => {
    throw new Error('secret 9434765919');
  });
  api.serve(contracts.refuse, async () => {
    throw new PlatformError('NO_MORE', noMore.NO_MORE, {
      detail: 'Three are enough.',
      extensions: { ordinals: [3] },
    });
  });
  api.serve(contracts.stray, async () => {
    if (lines.length === 0) return { body: { count: JSON.parse('"9434765919"') } };
    throw new PlatformError('NO_MORE', noMore.NO_MORE);
  });
  api.serve(contracts.listKeys, async () => ({ body: { keys: [] } }));
  api.serve(contracts.tabulate, async () => ({ body: 'a,b\r\n' }));
  return api;
}

function send(call: ApiCall, api = exampleApi()): Promise<APIGatewayProxyResult> {
  return api.handler(apiEvent(call));
}

function putThing(call: Partial<ApiCall>, path = '/v1/things/t-1'): Promise<APIGatewayProxyResult> {
  return send({
    method: 'PUT',
    path,
    resource: '/v1/things/{id}',
    body: '{"count":2}',
    authorizer: uploader,
    ...call,
  });
}

const codeOf = (answer: APIGatewayProxyResult): string => JSON.parse(answer.body).code;

describe('a request', () => {
  it('reaches the work by its contract, and the answer holds what the contract names and nothing else', async () => {
    const answer = await putThing({ query: { page: '4' } });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers?.['content-type']).toBe('application/json');
    expect(answer.isBase64Encoded).toBe(false);
    expect(JSON.parse(answer.body)).toEqual({ who: 'sub-1', id: 't-1', page: 4, count: 2 });
  });

  it.each<[string, Partial<ApiCall>, number, string]>([
    ['a body of another shape', { body: '{"count":"2"}' }, 400, 'INVALID_REQUEST'],
    ['a member that the contract does not name', { body: '{"count":2,"more":1}' }, 400, 'INVALID_REQUEST'],
    ['a parameter that the contract does not name', { query: { next: 'x' } }, 400, 'INVALID_REQUEST'],
    ['a parameter given twice', { query: { page: ['1', '2'] } }, 400, 'INVALID_REQUEST'],
    ['a body that is not JSON', { body: '{' }, 400, 'BODY_NOT_JSON'],
    ['a missing body', { body: undefined }, 400, 'BODY_NOT_JSON'],
    ['a body above the limit', { body: `{"count":2${' '.repeat(64)}}` }, 413, 'BODY_TOO_LARGE'],
    ['a body nested deeply', { body: `${'['.repeat(30)}${']'.repeat(30)}` }, 400, 'BODY_NOT_PLAIN'],
    ['a prototype', { body: '{"count":2,"__proto__":{"admin":true}}' }, 400, 'BODY_NOT_PLAIN'],
    ['an escaped prototype', { body: '{"count":2,"\\u005f_proto__":{}}' }, 400, 'BODY_NOT_PLAIN'],
    ['an unpaired surrogate', { body: '{"count":"\\ud800"}' }, 400, 'BODY_NOT_PLAIN'],
    ['another content type', { headers: { 'Content-Type': 'text/plain' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'another character set',
      { headers: { 'content-type': 'application/json; charset=utf-16' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['a compressed body', { headers: { 'content-encoding': 'gzip' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['no authoriser context', { authorizer: undefined }, 401, 'NOT_SIGNED_IN'],
    [
      'a context whose person is not JSON',
      { authorizer: { subject: 's', person: '{' } },
      401,
      'NOT_SIGNED_IN',
    ],
    [
      'a person without the role',
      { authorizer: { subject: 's', person: '{"roles":["applicant"]}' } },
      403,
      'ROLE_REQUIRED',
    ],
  ])('is refused with %s', async (_name, call, status, code) => {
    const answer = await putThing(call);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers?.['content-type']).toBe('application/problem+json');
    expect(JSON.parse(answer.body)).toMatchObject({
      type: `urn:nmip:problem:${code}`,
      status,
      code,
      title: expect.any(String),
      detail: expect.any(String),
      fix: expect.any(String),
      ref: 'request-7',
    });
  });

  it('is taken with content type and character set of JSON', async () => {
    const answer = await putThing({ headers: { 'Content-Type': 'application/json; charset=UTF-8' } });
    expect(answer.statusCode).toBe(201);
  });

  it('has its path decoded once', async () => {
    expect(JSON.parse((await putThing({}, '/v1/things/t%2D%2541')).body).id).toBe('t-%41');
    expect(codeOf(await putThing({}, '/v1/things/t-%'))).toBe('INVALID_REQUEST');
  });

  it('has the path of each wrong field named', async () => {
    const answer = await putThing({}, '/v1/things/x');
    expect(JSON.parse(answer.body).errors).toEqual([{ path: 'path.id', message: expect.any(String) }]);
  });

  it('is answered ROUTE_NOT_FOUND at an unknown address and by an unknown method', async () => {
    for (const call of [
      { method: 'GET', path: '/v1/nothing' },
      { method: 'DELETE', path: '/v1/things/t-1', resource: '/v1/things/{id}' },
    ]) {
      const answer = await send(call);
      expect(answer.statusCode).toBe(404);
      expect(codeOf(answer)).toBe('ROUTE_NOT_FOUND');
    }
  });

  it('is answered by a code of ours, whatever its body is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), async (body) => {
        const { statusCode } = await putThing({ body });
        expect([201, 400, 413]).toContain(statusCode);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('needs no person where the route is public', async () => {
    expect((await send({ method: 'GET', path: '/v1/keys' })).statusCode).toBe(200);
  });
});

describe('a change', () => {
  const change = (headers: Record<string, string>) =>
    send({
      method: 'POST',
      path: '/v1/things/t-1',
      resource: '/v1/things/{id}',
      headers,
      authorizer: uploader,
    });

  it('hands over version and key, and answers with the tag of the new version', async () => {
    const answer = await change({ 'If-Match': '"3"', 'Idempotency-Key': 'key-1' });
    expect(answer.headers?.etag).toBe('"4"');
    expect(JSON.parse(answer.body)).toEqual({ changed: 3, key: 'key-1' });
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['no version', {}, 428, 'PRECONDITION_REQUIRED'],
    ['any version', { 'if-match': '*' }, 428, 'PRECONDITION_REQUIRED'],
    ['a weak tag', { 'if-match': 'W/"3"' }, 412, 'VERSION_DIFFERS'],
    ['several tags', { 'if-match': '"3", "4"' }, 412, 'VERSION_DIFFERS'],
    ['a bare number', { 'if-match': '3' }, 412, 'VERSION_DIFFERS'],
    ['an odd key', { 'if-match': '"3"', 'idempotency-key': 'a b' }, 400, 'IDEMPOTENCY_KEY_INVALID'],
  ])('is refused with %s', async (_name, headers, status, code) => {
    const answer = await change(headers);
    expect([answer.statusCode, codeOf(answer)]).toEqual([status, code]);
  });
});

describe('an answer', () => {
  it('of an unknown error is INTERNAL_ERROR and has nothing of its message', async () => {
    const answer = await send({ method: 'GET', path: '/v1/fails', authorizer: uploader });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('9434765919');
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'INTERNAL_ERROR', ref: 'request-7' });
  });

  it('of a refusal has its code, detail, fix and further members', async () => {
    const answer = await send({ method: 'GET', path: '/v1/refuses', authorizer: uploader });
    expect(JSON.parse(answer.body)).toEqual({
      type: 'urn:nmip:problem:NO_MORE',
      status: 422,
      code: 'NO_MORE',
      title: 'No more.',
      detail: 'Three are enough.',
      fix: 'Stop.',
      ordinals: [3],
      ref: 'request-7',
    });
  });

  it('that breaks its contract is not sent, and the log says which member, without its value', async () => {
    const lines: Line[] = [];
    const api = exampleApi(lines);
    const call = { method: 'GET', path: '/v1/strays', authorizer: uploader };
    const answer = await send(call, api);
    expect(answer.statusCode).toBe(500);
    expect(JSON.stringify([answer, lines])).not.toContain('9434765919');
    expect(lines).toEqual([
      {
        message: 'an answer breaks its contract',
        fields: { route: 'stray', faults: 'count: invalid_type' },
      },
    ]);
    expect(codeOf(await send(call, api))).toBe('NO_MORE');
    expect(lines[1]).toEqual({
      message: 'the contract does not name this refusal',
      fields: { route: 'stray', code: 'NO_MORE' },
    });
  });

  it('may be a table', async () => {
    const answer = await send({ method: 'GET', path: '/v1/table', authorizer: uploader });
    expect(answer.headers?.['content-type']).toBe('text/csv');
    expect(answer.body).toBe('a,b\r\n');
  });
});
