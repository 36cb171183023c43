import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { z } from 'zod';
import { HttpApi } from '../../../lambda/platform/http-api';
import { silentLog } from '../../../lambda/platform/log';
import { PlatformError } from '../../../lambda/platform/platform-error';
import { type ApiCall, apiEvent } from '../fixtures/api-event';

const uploader = { subject: 'sub-1', person: JSON.stringify({ roles: ['uploader'], trust: 'RX1' }) };

function send(api: HttpApi, call: ApiCall): Promise<APIGatewayProxyResult> {
  return api.handler(apiEvent(call), {} as Context);
}

function exampleApi(): HttpApi {
  const api = new HttpApi(silentLog);
  api.route(
    {
      method: 'PUT',
      path: '/v1/things/:id',
      roles: ['uploader'],
      params: z.object({ id: z.string().regex(/^t-/) }),
      query: z.object({ page: z.coerce.number().int().optional() }),
      body: z.object({ count: z.number().int() }),
    },
    async ({ person, params, query, body, requestId, sourceIp }) => ({
      status: 201,
      body: { who: person.subject, trust: person.trust, ...params, ...query, ...body, requestId, sourceIp },
    }),
  );
  api.route({ method: 'GET', path: '/v1/fails', roles: 'everybody' }, async () => {
    throw new Error('secret 9434765919');
  });
  api.route({ method: 'GET', path: '/v1/refuses', roles: 'everybody' }, async () => {
    throw new PlatformError(
      'NO_MORE',
      { status: 422, title: 'No more.', fix: 'Stop.' },
      { detail: 'Three are enough.', extensions: { ordinals: [3] } },
    );
  });
  api.publicRoute('/v1/keys', async () => ({ body: { keys: [] } }));
  return api;
}

describe('the HTTP API', () => {
  it('hands a route the validated request and the person of the authoriser', async () => {
    const answer = await send(exampleApi(), {
      method: 'PUT',
      path: '/v1/things/t-1',
      body: '{"count":2}',
      query: { page: '4' },
      authorizer: uploader,
    });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers?.['content-type']).toBe('application/json');
    expect(answer.isBase64Encoded).toBe(false);
    expect(JSON.parse(answer.body)).toEqual({
      who: 'sub-1',
      trust: 'RX1',
      id: 't-1',
      page: 4,
      count: 2,
      requestId: 'request-7',
      sourceIp: '192.0.2.7',
    });
  });

  it.each([
    ['a body of another shape', { body: '{"count":"2"}', authorizer: uploader }, 400, 'INVALID_REQUEST'],
    ['a body that is not JSON', { body: '{', authorizer: uploader }, 400, 'BODY_NOT_JSON'],
    ['a missing body', { authorizer: uploader }, 400, 'BODY_NOT_JSON'],
    ['no authoriser context', { body: '{"count":2}' }, 401, 'NOT_SIGNED_IN'],
    [
      'a context whose person is not JSON',
      { body: '{"count":2}', authorizer: { subject: 's', person: '{' } },
      401,
      'NOT_SIGNED_IN',
    ],
    [
      'a person without the role',
      { body: '{"count":2}', authorizer: { subject: 's', person: '{"roles":["applicant"]}' } },
      403,
      'ROLE_REQUIRED',
    ],
  ])('refuses %s', async (_name, call, status, code) => {
    const answer = await send(exampleApi(), { method: 'PUT', path: '/v1/things/t-1', ...call });
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

  it('names the path of each wrong field', async () => {
    const answer = await send(exampleApi(), {
      method: 'PUT',
      path: '/v1/things/x',
      body: '{"count":2}',
      authorizer: uploader,
    });
    expect(JSON.parse(answer.body).errors).toEqual([{ path: 'path.id', message: expect.any(String) }]);
  });

  it('answers an unknown address and an unknown method with ROUTE_NOT_FOUND', async () => {
    for (const call of [
      { method: 'GET', path: '/v1/nothing' },
      { method: 'DELETE', path: '/v1/things/t-1' },
    ]) {
      const answer = await send(exampleApi(), call);
      expect(answer.statusCode).toBe(404);
      expect(JSON.parse(answer.body).code).toBe('ROUTE_NOT_FOUND');
    }
  });

  it('answers an unknown error with INTERNAL_ERROR and nothing of its message', async () => {
    const answer = await send(exampleApi(), { method: 'GET', path: '/v1/fails', authorizer: uploader });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('9434765919');
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'INTERNAL_ERROR', ref: 'request-7' });
  });

  it('answers a refusal with its code, detail, fix and further members', async () => {
    const answer = await send(exampleApi(), { method: 'GET', path: '/v1/refuses', authorizer: uploader });
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

  it('answers a public route without a person', async () => {
    const answer = await send(exampleApi(), { method: 'GET', path: '/v1/keys' });
    expect(answer.statusCode).toBe(200);
  });
});
