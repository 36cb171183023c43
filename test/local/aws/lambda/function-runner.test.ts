import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionDefinition } from '../../../../local/aws/lambda/function-definition';
import { FunctionRunner } from '../../../../local/aws/lambda/function-runner';
import { AwsError, type Caller } from '../../../../local/aws/service';

const caller: Caller = {
  principalArn: 'arn:aws:sts::000000000000:assumed-role/test/session',
  accountId: '000000000000',
  roleArn: 'arn:aws:iam::000000000000:role/test',
  sessionTags: {},
  authorise: () => undefined,
};

const source = `
exports.echo = async (event, context) => ({ event, name: context.functionName, request: context.awsRequestId.length });
exports.callback = (event, context, done) => done(null, 'called back');
exports.environment = async () => process.env;
exports.fails = async () => { throw new RangeError('out of range'); };
exports.sleeps = async () => new Promise((resolve) => setTimeout(resolve, 60000));
exports.exits = async () => process.exit(3);
exports.hoards = async () => { const kept = []; for (;;) { kept.push(Buffer.alloc(8 << 20, 1)); await new Promise((r) => setTimeout(r, 5)); } };
exports.large = async () => 'x'.repeat(7000000);
exports.pid = async () => process.pid;
exports.flaky = async (event) => {
  const { existsSync, writeFileSync } = require('node:fs');
  if (existsSync(event.path)) { writeFileSync(event.path + '.done', 'done'); return; }
  writeFileSync(event.path, 'tried');
  throw new Error('first attempt');
};
`;

describe('FunctionRunner', () => {
  let folder: string;
  let runner: FunctionRunner;
  const queues: { queueArn: string; body: string }[] = [];

  const start = (firstStartMilliseconds?: number): FunctionRunner =>
    new FunctionRunner({
      dataFolder: join(folder, 'data'),
      endpoint: () => 'http://127.0.0.1:1',
      clock: { now: () => new Date() },
      issueCredentials: () => ({
        accessKeyId: 'ASIATEST',
        secretAccessKey: 'secret',
        sessionToken: 'token',
        expiration: new Date(Date.now() + 3_600_000),
      }),
      deliverToQueue: (queueArn, body) => queues.push({ queueArn, body }),
      processesPerFunction: 2,
      retryDelaysMilliseconds: [1, 1],
      firstStartMilliseconds,
    });

  const define = (name: string, change: Partial<FunctionDefinition> = {}): FunctionDefinition => {
    const definition: FunctionDefinition = {
      name,
      arn: `arn:aws:lambda:eu-west-2:000000000000:function:${name}`,
      region: 'eu-west-2',
      codeFolder: join(folder, 'code'),
      handler: `index.${name}`,
      runtime: 'nodejs24.x',
      roleArn: 'arn:aws:iam::000000000000:role/function',
      memoryMegabytes: 512,
      timeoutSeconds: 20,
      environment: { LEDGER_TABLE: 'ledger' },
      asynchronous: { maximumRetryAttempts: 2 },
      ...change,
    };
    runner.register(definition);
    return definition;
  };

  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'function-runner-'));
    mkdirSync(join(folder, 'code'));
    writeFileSync(join(folder, 'code', 'index.js'), source);
    queues.length = 0;
    runner = start();
  });

  afterEach(async () => {
    await runner.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('hands the event and a context to the handler and gives its result back', async () => {
    const { arn } = define('echo');
    const result = await runner.invoke(caller, `${arn}:$LATEST`, { a: [1, 'ä'] });
    expect(result).toEqual({ payload: { event: { a: [1, 'ä'] }, name: 'echo', request: 36 } });
  });

  it('goes on with a start that takes longer than the time of an initialisation, within that of the invocation', async () => {
    await runner.close();
    runner = start(0);
    expect((await runner.invoke(caller, define('callback').arn, {})).payload).toBe('called back');
    writeFileSync(join(folder, 'code', 'endless.js'), 'for (;;);');
    const endless = define('endless', { handler: 'endless.handler', timeoutSeconds: 1 });
    expect(await runner.invoke(caller, endless.arn, {})).toMatchObject({
      functionError: { errorType: 'Sandbox.Timedout', errorMessage: 'Init phase timed out' },
    });
  });

  it('takes the answer of a handler with a callback', async () => {
    expect((await runner.invoke(caller, define('callback').arn, {})).payload).toBe('called back');
  });

  it("gives a function its template's environment and what Lambda sets, and nothing of the platform's own", async () => {
    process.env.NMIP_TEST_LEAK = 'leaked';
    const { payload } = await runner.invoke(caller, define('environment').arn, {});
    delete process.env.NMIP_TEST_LEAK;
    expect(payload).toMatchObject({
      LEDGER_TABLE: 'ledger',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_REGION: 'eu-west-2',
      AWS_LAMBDA_FUNCTION_NAME: 'environment',
      LAMBDA_TASK_ROOT: join(folder, 'code'),
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_SESSION_TOKEN: 'token',
    });
    expect(payload).not.toHaveProperty('NMIP_TEST_LEAK');
  });

  it('reports the name of the error as its type', async () => {
    const result = await runner.invoke(caller, define('fails').arn, {});
    expect(result.functionError).toEqual({ errorType: 'RangeError', errorMessage: 'out of range' });
  });

  it('ends a function at its time limit', async () => {
    const result = await runner.invoke(caller, define('sleeps', { timeoutSeconds: 1 }).arn, {});
    expect(result.functionError?.errorType).toBe('Sandbox.Timedout');
    expect(result.functionError?.errorMessage).toContain('Task timed out after 1.00 seconds');
  });

  it('ends a function that takes more memory than it has', async () => {
    const result = await runner.invoke(caller, define('hoards', { memoryMegabytes: 192 }).arn, {});
    expect(result.functionError?.errorType).toBe('Runtime.OutOfMemory');
  });

  it('reports a process that left, and serves the next invocation with another', async () => {
    const { arn } = define('exits');
    const result = await runner.invoke(caller, arn, {});
    expect(result.functionError?.errorType).toBe('Runtime.ExitError');
    expect((await runner.invoke(caller, arn, {})).functionError?.errorMessage).toContain('exit status 3');
  });

  it('reports a bundle without the handler', async () => {
    const result = await runner.invoke(caller, define('nothing').arn, {});
    expect(result.functionError?.errorType).toBe('Runtime.HandlerNotFound');
  });

  it('refuses requests and answers above six megabytes', async () => {
    await expect(runner.invoke(caller, define('echo').arn, 'x'.repeat(7_000_000))).rejects.toThrow(
      'smaller than',
    );
    const result = await runner.invoke(caller, define('large').arn, {});
    expect(result.functionError?.errorType).toBe('Function.ResponseSizeTooLarge');
  });

  it('uses a warm process again', async () => {
    const { arn } = define('pid');
    const first = await runner.invoke(caller, arn, {});
    expect((await runner.invoke(caller, arn, {})).payload).toBe(first.payload);
  });

  it('warms the functions that it is told, and no other', async () => {
    const { arn } = define('echo');
    define('pid');
    await runner.warmUp([arn]);
    expect(runner.status().map(({ name, warm }) => [name, warm])).toEqual([
      ['echo', 1],
      ['pid', 0],
    ]);
  });

  it('throttles above the reserved concurrency', async () => {
    const { arn } = define('sleeps', { reservedConcurrency: 0 });
    await expect(runner.invoke(caller, arn, {})).rejects.toMatchObject({ code: 'TooManyRequestsException' });
  });

  it('asks for the permission of the caller and of the service', async () => {
    const { arn } = define('echo');
    const denied = {
      ...caller,
      authorise: () => {
        throw new AwsError('AccessDenied', 'no', 403);
      },
    };
    await expect(runner.invoke(denied, arn, {})).rejects.toMatchObject({ code: 'AccessDenied' });
    const rule = 'arn:aws:events:eu-west-2:000000000000:rule/finished';
    await expect(runner.invokeForService('events.amazonaws.com', rule, arn, {})).rejects.toMatchObject({
      code: 'AccessDeniedException',
    });
    runner.permit(arn, {
      principal: 'events.amazonaws.com',
      action: 'lambda:InvokeFunction',
      sourceArn: `${rule}*`,
    });
    await expect(runner.invokeForService('events.amazonaws.com', rule, arn, {})).resolves.toBeDefined();
  });

  it('tries an asynchronous invocation again', async () => {
    const { arn } = define('flaky');
    const path = join(folder, 'attempt');
    runner.acceptFrom(caller, arn, JSON.stringify({ path }));
    await until(() => textOf(`${path}.done`) === 'done');
    expect(queues).toEqual([]);
  });

  it('gives an event that fails for good to the dead-letter queue and the failure destination', async () => {
    const { arn } = define('fails', {
      asynchronous: { maximumRetryAttempts: 1, deadLetterQueueArn: 'dead', onFailureArn: 'failed' },
    });
    runner.acceptFrom(caller, arn, '{"id":7}');
    await until(() => queues.length === 2);
    expect(queues[0]).toEqual({ queueArn: 'dead', body: '{"id":7}' });
    expect(JSON.parse(queues[1]?.body ?? '')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
      requestPayload: { id: 7 },
      responsePayload: { errorType: 'RangeError' },
    });
  });

  it('delivers after a restart what an earlier run accepted', async () => {
    const path = join(folder, 'attempt');
    writeFileSync(path, '');
    const { arn } = define('flaky');
    runner.acceptFrom(caller, arn, JSON.stringify({ path }));
    await runner.close();
    runner = start();
    define('flaky');
    runner.resume();
    await until(() => textOf(`${path}.done`) === 'done');
  });

  it('writes the lines of a function and a report of each invocation to its log', async () => {
    await runner.invoke(caller, define('fails').arn, {});
    const log = join(folder, 'data', 'logs', 'fails.log');
    await until(() => textOf(log).split('\n').length > 2);
    const lines = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual(expect.objectContaining({ level: 'ERROR', errorType: 'RangeError' }));
    expect(lines).toContainEqual(expect.objectContaining({ type: 'platform.report' }));
  });
});

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
