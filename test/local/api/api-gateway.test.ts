import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiGateway } from '../../../local/api/api-gateway';
import { type ApiMethod, newRestApi, type RestApi } from '../../../local/api/rest-api-definition';
import type { InvocationResult } from '../../../local/aws/service';

type Event = Record<string, unknown> & { requestContext: Record<string, unknown> };

const functionArn = 'arn:aws:lambda:eu-west-2:000000000000:function:api';

function makeApi(): RestApi {
  const api = newRestApi({
    id: 'api1',
    region: 'eu-west-2',
    accountId: '000000000000',
    rootResourceId: 'root',
    binaryMediaTypes: ['application/dicom'],
  });
  api.stage = { name: 'local', variables: {}, throttles: new Map() };
  const add = (id: string, parentId: string, pathPart: string) =>
    api.resources.set(id, { id, parentId, pathPart });
  add('submissions', 'root', 'submissions');
  add('one', 'submissions', '{id}');
  add('files', 'one', 'files');
  add('fixed', 'submissions', 'mine');
  add('keys', 'root', 'receipt-keys');
  add('rest', 'root', '{path+}');
  const method = (resourceId: string, httpMethod: string, change: Partial<ApiMethod> = {}) =>
    api.methods.push({
      resourceId,
      httpMethod,
      authorisation: 'CUSTOM',
      authoriserId: 'tokens',
      integration: { kind: 'lambda-proxy', functionArn, timeoutMilliseconds: 29_000 },
      validatorId: undefined,
      requiredParameters: [],
      ...change,
    });
  method('submissions', 'POST', { validatorId: 'parameters' });
  method('submissions', 'GET', {
    validatorId: 'parameters',
    requiredParameters: ['method.request.querystring.page'],
  });
  method('one', 'GET');
  method('files', 'ANY');
  method('fixed', 'GET', { authorisation: 'NONE', authoriserId: undefined });
  method('keys', 'GET', { authorisation: 'NONE', authoriserId: undefined });
  method('rest', 'GET', { authorisation: 'NONE', authoriserId: undefined });
  method('submissions', 'OPTIONS', {
    authorisation: 'NONE',
    authoriserId: undefined,
    integration: {
      kind: 'mock',
      response: {
        statusCode: '204',
        headers: { 'Access-Control-Allow-Origin': 'http://127.0.0.1:8080' },
      },
    },
  });
  api.authorisers.set('tokens', {
    id: 'tokens',
    type: 'REQUEST',
    functionArn: 'authoriser',
    identitySources: ['method.request.header.Authorization'],
    identityValidation: undefined,
    resultTtlSeconds: 60,
    credentialsRoleArn: undefined,
  });
  api.validators.set('parameters', { parameters: true });
  return api;
}

describe('ApiGateway', () => {
  let server: Server;
  let address: string;
  let api: RestApi;
  let now: Date;
  let answer: (event: Event) => InvocationResult | Promise<InvocationResult>;
  let authorise: (event: Record<string, unknown>) => InvocationResult;
  const calls: { sourceArn: string; event: Event }[] = [];
  let asked = 0;

  const policy = (Effect: string, Resource: string) => ({
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }],
  });
  const allowed = {
    principalId: 'p-1',
    policyDocument: policy('Allow', '*'),
    context: { subject: 's', level: 2 },
  };

  const listen = async (): Promise<void> => {
    const gateway = new ApiGateway(api, {
      clock: { now: () => now },
      invokeFunction: async (sourceArn, _arn, event) => {
        calls.push({ sourceArn, event: event as Event });
        return answer(event as Event);
      },
      invokeAuthoriser: async (_authoriser, _sourceArn, event) => {
        asked += 1;
        return authorise(event as Record<string, unknown>);
      },
    });
    server = createServer((request, response) => void gateway.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  beforeEach(async () => {
    calls.length = 0;
    asked = 0;
    now = new Date('2026-11-03T04:05:06Z');
    api = makeApi();
    answer = () => ({ payload: { statusCode: 200, body: '{"ok":true}' } });
    authorise = () => ({ payload: allowed });
    await listen();
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const signedIn = { authorization: 'Bearer token' };

  it('gives the function the event that API Gateway gives', async () => {
    await fetch(`${address}/submissions/s%2D1/files?outcome=a&outcome=b&x=1`, {
      method: 'PUT',
      body: 'text',
      headers: { ...signedIn, 'Content-Type': 'text/plain', 'X-Two': 'one' },
    });
    expect(calls[0]?.sourceArn).toBe(
      'arn:aws:execute-api:eu-west-2:000000000000:api1/local/PUT/submissions/{id}/files',
    );
    expect(calls[0]?.event).toMatchObject({
      resource: '/submissions/{id}/files',
      path: '/submissions/s%2D1/files',
      httpMethod: 'PUT',
      queryStringParameters: { outcome: 'b', x: '1' },
      multiValueQueryStringParameters: { outcome: ['a', 'b'], x: ['1'] },
      pathParameters: { id: 's%2D1' },
      stageVariables: null,
      body: 'text',
      isBase64Encoded: false,
      requestContext: {
        stage: 'local',
        path: '/submissions/s%2D1/files',
        resourcePath: '/submissions/{id}/files',
        requestTime: '03/Nov/2026:04:05:06 +0000',
        requestTimeEpoch: now.getTime(),
        authorizer: { principalId: 'p-1', subject: 's', level: '2' },
      },
    });
  });

  it('hands a binary body over in base64, and an absent one as null', async () => {
    const body = Buffer.from([0, 255, 1]);
    const headers = { ...signedIn, 'content-type': 'application/dicom' };
    await fetch(`${address}/submissions/1/files`, { method: 'POST', body, headers });
    expect(calls[0]?.event).toMatchObject({ body: body.toString('base64'), isBase64Encoded: true });
    await fetch(`${address}/submissions/1`, { headers: signedIn });
    expect(calls[1]?.event).toMatchObject({ body: null, isBase64Encoded: false });
  });

  it('prefers a fixed segment to a variable one, and that to the rest of the path', async () => {
    await fetch(`${address}/submissions/mine`);
    await fetch(`${address}/elsewhere/a/b`);
    expect(calls.map(({ event }) => event.resource)).toEqual(['/submissions/mine', '/{path+}']);
    expect(calls[1]?.event.pathParameters).toEqual({ path: 'elsewhere/a/b' });
  });

  it("returns the function's status, headers and body", async () => {
    answer = () => ({
      payload: {
        statusCode: 201,
        headers: { 'X-One': 'a', 'Content-Type': 'application/problem+json' },
        multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
        body: Buffer.from('bytes').toString('base64'),
        isBase64Encoded: true,
      },
    });
    const response = await fetch(`${address}/receipt-keys`);
    expect(response.status).toBe(201);
    expect(response.headers.get('x-one')).toBe('a');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('bytes');
  });

  it.each([
    ['an error', { payload: {}, functionError: { errorType: 'Error', errorMessage: 'x' } }],
    ['no status', { payload: { body: 'x' } }],
    ['a body that is no text', { payload: { statusCode: 200, body: { a: 1 } } }],
  ])('answers 502 when the function gives %s', async (_what, result) => {
    answer = () => result;
    const response = await fetch(`${address}/receipt-keys`);
    expect(response.status).toBe(502);
    expect(await response.json()).toEqual({ message: 'Internal server error' });
  });

  it('answers 504 when the function takes longer than the integration waits', async () => {
    for (const method of api.methods) {
      if (method.resourceId === 'keys') {
        Object.assign(method, { integration: { kind: 'lambda-proxy', functionArn, timeoutMilliseconds: 1 } });
      }
    }
    answer = () => new Promise((resolve) => setTimeout(() => resolve({ payload: {} }), 100));
    expect((await fetch(`${address}/receipt-keys`)).status).toBe(504);
  });

  it('answers 403 for a path or method that the API does not have', async () => {
    const response = await fetch(`${address}/receipt-keys`, { method: 'DELETE' });
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ message: 'Missing Authentication Token' });
  });

  describe('authoriser', () => {
    it('is not asked when the identity source is missing', async () => {
      expect((await fetch(`${address}/submissions/1`)).status).toBe(401);
      expect(asked).toBe(0);
    });

    it('refuses by an explicit deny, by silence, by Unauthorized and by failing', async () => {
      const status = async (token: string) =>
        (await fetch(`${address}/submissions/1`, { headers: { authorization: token } })).status;
      authorise = () => ({ payload: { ...allowed, policyDocument: policy('Deny', '*') } });
      expect(await status('a')).toBe(403);
      authorise = () => ({ payload: { ...allowed, policyDocument: policy('Allow', '*/POST/*') } });
      expect(await status('b')).toBe(403);
      authorise = () => ({
        payload: {},
        functionError: { errorType: 'Error', errorMessage: 'Unauthorized' },
      });
      expect(await status('c')).toBe(401);
      authorise = () => ({ payload: {}, functionError: { errorType: 'Error', errorMessage: 'broken' } });
      expect(await status('d')).toBe(500);
    });

    it('is asked once for a token until its answer is too old', async () => {
      await fetch(`${address}/submissions/1`, { headers: signedIn });
      await fetch(`${address}/submissions/2`, { headers: signedIn });
      expect(asked).toBe(1);
      now = new Date(now.getTime() + 60_000);
      await fetch(`${address}/submissions/2`, { headers: signedIn });
      expect(asked).toBe(2);
      await fetch(`${address}/submissions/2`, { headers: { authorization: 'Bearer other' } });
      expect(asked).toBe(3);
    });

    it('gets an event of type REQUEST', async () => {
      let seen: Record<string, unknown> = {};
      authorise = (event) => {
        seen = event;
        return { payload: allowed };
      };
      await fetch(`${address}/submissions/1`, { headers: signedIn });
      expect(seen).toMatchObject({
        type: 'REQUEST',
        methodArn: 'arn:aws:execute-api:eu-west-2:000000000000:api1/local/GET/submissions/1',
        pathParameters: { id: '1' },
      });
    });
  });

  it('asks for required parameters before the function is asked', async () => {
    const response = await fetch(`${address}/submissions`, { headers: signedIn });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ message: 'Missing required request parameters: [page]' });
    expect(calls).toHaveLength(0);
  });

  it('answers a preflight request as the template says', async () => {
    const response = await fetch(`${address}/submissions`, { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('http://127.0.0.1:8080');
  });

  it('changes its own responses as the template says', async () => {
    api.gatewayResponses.set('DEFAULT_4XX', {
      statusCode: undefined,
      headers: { 'Access-Control-Allow-Origin': '*' },
      templates: {
        'application/problem+json': '{"title":$context.error.messageString,"ref":"$context.requestId"}',
      },
    });
    const response = await fetch(`${address}/submissions/1`);
    expect(response.status).toBe(401);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({
      title: 'Unauthorized',
      ref: response.headers.get('x-amzn-requestid'),
    });
  });

  it('refuses a body above ten megabytes', async () => {
    const body = Buffer.alloc(10 * 1024 * 1024 + 1);
    const send = fetch(`${address}/submissions/1/files`, { method: 'POST', body, headers: signedIn });
    expect((await send).status).toBe(413);
    expect(calls).toHaveLength(0);
  });

  it('throttles at the rate of the stage', async () => {
    server.close();
    if (api.stage) api.stage = { ...api.stage, throttles: new Map([['* /*', { rate: 1, burst: 2 }]]) };
    await listen();
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await fetch(`${address}/receipt-keys`)).status);
    expect(statuses).toEqual([200, 200, 429]);
    now = new Date(now.getTime() + 1000);
    expect((await fetch(`${address}/receipt-keys`)).status).toBe(200);
  });

  it('throttles a method at its own rate, and others at that of the stage', async () => {
    server.close();
    const throttles = new Map([
      ['* /*', { rate: 1, burst: 2 }],
      ['GET /receipt-keys', { rate: 1, burst: 1 }],
    ]);
    if (api.stage) api.stage = { ...api.stage, throttles };
    await listen();
    const statuses = [];
    for (let n = 0; n < 2; n += 1) statuses.push((await fetch(`${address}/receipt-keys`)).status);
    expect(statuses).toEqual([200, 429]);
    const other = await fetch(`${address}/submissions/1/files`, { headers: signedIn });
    expect(other.status).not.toBe(429);
  });
});
