import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { AwsError, type AwsService, type SignedRequest } from '../service';
import type { FunctionRunner } from './function-runner';

/** `POST /2015-03-31/functions/<name or ARN>/invocations`: the one operation of Lambda's API that is served. */
const invocationPath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Lambda's HTTP API: Invoke, in its modes RequestResponse, Event and DryRun. */
export class LambdaService implements AwsService {
  readonly signingName = 'lambda';

  constructor(
    private readonly functions: FunctionRunner,
    private readonly region: string,
  ) {}

  async handle(request: SignedRequest, response: ServerResponse): Promise<void> {
    const name = invocationPath.exec(request.rawPath)?.[1];
    if (name === undefined || request.method !== 'POST') {
      throw new AwsError(
        'UnknownOperationException',
        'The embedded platform serves Lambda Invoke only.',
        404,
      );
    }
    const functionArn = this.arnOf(decodeURIComponent(name), request.caller.accountId);
    const body = (await buffer(request.body)).toString('utf8');
    const payload = parsePayload(body === '' ? '{}' : body);
    const mode = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
    if (mode === 'DryRun') {
      request.caller.authorise('lambda:InvokeFunction', functionArn);
      response.writeHead(204).end();
    } else if (mode === 'Event') {
      this.functions.acceptFrom(request.caller, functionArn, JSON.stringify(payload));
      response.writeHead(202).end();
    } else {
      const result = await this.functions.invoke(request.caller, functionArn, payload);
      const headers = result.functionError ? { 'x-amz-function-error': 'Unhandled' } : {};
      response.writeHead(200, {
        'content-type': 'application/json',
        'x-amz-executed-version': '$LATEST',
        ...headers,
      });
      response.end(JSON.stringify(result.payload));
    }
  }

  private arnOf(name: string, accountId: string): string {
    return name.startsWith('arn:') ? name : `arn:aws:lambda:${this.region}:${accountId}:function:${name}`;
  }
}

function parsePayload(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json', 400);
  }
}
