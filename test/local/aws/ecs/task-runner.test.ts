import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromHttp } from '@aws-sdk/credential-provider-http';
import type { RunTaskRequest } from '../../../../local/aws/ecs/task-definition';
import { type RunningTask, TaskRunner } from '../../../../local/aws/ecs/task-runner';
import { AwsError, type Caller } from '../../../../local/aws/service';

const cluster = 'arn:aws:ecs:eu-west-2:000000000000:cluster/one';
const [taskRole, executionRole] = ['task', 'execution'].map(
  (name) => `arn:aws:iam::000000000000:role/${name}`,
);

/** A container that does what its variable TODO says. */
const program = `
const { writeFileSync } = require('node:fs');
const todo = process.env.TODO;
if (todo === 'say') writeFileSync(process.env.OUTPUT, JSON.stringify({ environment: process.env, parameters: process.argv.slice(2) }));
if (todo === 'fail') process.exit(3);
if (todo === 'wait') setTimeout(() => undefined, 600_000);
if (todo === 'hoard') { const kept = []; setInterval(() => kept.push(Buffer.alloc(16 << 20, 1)), 5); }
console.log('did ' + todo);
`;

describe('a task', () => {
  let folder: string;
  let runner: TaskRunner;
  const issued: string[] = [];
  let denied: string | undefined;

  const caller: Caller = {
    principalArn: 'arn:aws:sts::000000000000:assumed-role/states/one',
    accountId: '000000000000',
    roleArn: 'arn:aws:iam::000000000000:role/states',
    sessionTags: {},
    authorise: (action, resource) => {
      if (`${action} ${resource}` === denied) throw new AwsError('AccessDenied', 'no', 403);
    },
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nmip-ecs-'));
    writeFileSync(join(folder, 'index.js'), program);
    denied = undefined;
    issued.length = 0;
    runner = new TaskRunner({
      dataFolder: folder,
      endpoint: () => 'http://127.0.0.1:1',
      clock: { now: () => new Date() },
      issueCredentials: (roleArn) => {
        issued.push(roleArn);
        return {
          accessKeyId: `ASIA${issued.length}`,
          secretAccessKey: 'secret',
          sessionToken: 'token',
          expiration: new Date('2026-11-23T18:00:00Z'),
        };
      },
      tasksAtOnce: 1,
    });
    runner.registerCluster('one', cluster);
    runner.registerTaskDefinition({
      arn: 'arn:aws:ecs:eu-west-2:000000000000:task-definition/family:1',
      family: 'family',
      region: 'eu-west-2',
      cpu: 2048,
      memoryMegabytes: 200,
      taskRoleArn: taskRole as string,
      executionRoleArn: executionRole as string,
      container: {
        name: 'task',
        image: 'repository:tag',
        imageFolder: folder,
        command: ['index.js', 'more'],
        environment: { BUCKET: 'work', TODO: 'nothing' },
      },
    });
  });
  afterEach(async () => {
    await runner.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const asking = (environment: Record<string, string>): RunTaskRequest => ({
    cluster,
    taskDefinition: 'family',
    startedBy: 'test',
    environment: { task: environment },
  });
  const run = (environment: Record<string, string>, signal = new AbortController().signal) =>
    runner.run(caller, asking(environment), signal);
  const nextTask = () => new Promise<RunningTask>((resolve) => runner.observe(resolve));

  it('has its own variables, those of the call and of the agent, and none of the platform’s', async () => {
    const output = join(folder, 'said.json');
    const ended = await run({ TODO: 'say', OUTPUT: output });
    expect(ended).toMatchObject({ exitCode: 0, startedBy: 'test', clusterArn: cluster });
    expect(ended.taskArn).toMatch(/^arn:aws:ecs:eu-west-2:000000000000:task\/one\/[0-9a-f]{32}$/);
    const { environment, parameters } = JSON.parse(readFileSync(output, 'utf8'));
    expect(parameters).toEqual(['more']);
    expect(environment).toMatchObject({
      BUCKET: 'work',
      TODO: 'say',
      AWS_REGION: 'eu-west-2',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    });
    expect(Object.keys(environment)).not.toContain('HOME');
    expect(Object.keys(environment)).not.toContain('AWS_SECRET_ACCESS_KEY');
    await runner.close();
    expect(readFileSync(join(folder, 'logs', 'family.log'), 'utf8')).toContain('did say');
  });

  it('is given credentials of its role as often as it asks, by its own secret, while it runs', async () => {
    const output = join(folder, 'said.json');
    await run({ TODO: 'say', OUTPUT: output });
    const ended = JSON.parse(readFileSync(output, 'utf8')).environment;
    const started = nextTask();
    const stopping = new AbortController();
    const waiting = run({ TODO: 'wait' }, stopping.signal);
    const { pid } = await started;
    const variables = Object.fromEntries(
      readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const [full, token] = [
      String(variables.AWS_CONTAINER_CREDENTIALS_FULL_URI),
      String(variables.AWS_CONTAINER_AUTHORIZATION_TOKEN),
    ];
    const ask = (awsContainerAuthorizationToken: string, awsContainerCredentialsFullUri = full) =>
      fromHttp({ awsContainerCredentialsFullUri, awsContainerAuthorizationToken, maxRetries: 0 })();
    expect(await ask(token)).toMatchObject({ accessKeyId: 'ASIA1', sessionToken: 'token' });
    expect((await ask(token)).accessKeyId).toBe('ASIA2');
    expect(issued).toEqual([taskRole, taskRole]);
    await expect(ask('another')).rejects.toThrow('401');
    await expect(
      ask(String(ended.AWS_CONTAINER_AUTHORIZATION_TOKEN), String(ended.AWS_CONTAINER_CREDENTIALS_FULL_URI)),
    ).rejects.toThrow('404');
    stopping.abort();
    await waiting;
  });

  it('ends with the exit code of its program', async () => {
    expect(await run({ TODO: 'fail' })).toMatchObject({ exitCode: 3 });
    expect(runner.status()).toMatchObject([{ invocations: 1, errors: 1, running: 0 }]);
  });

  it('is killed above the memory of its definition', async () => {
    expect(await run({ TODO: 'hoard' })).toMatchObject({
      exitCode: 137,
      reason: expect.stringContaining('OutOfMemoryError'),
    });
  }, 30_000);

  it('is stopped by the signal, and when the platform stops', async () => {
    const started = nextTask();
    const stopping = new AbortController();
    const stopped = run({ TODO: 'wait' }, stopping.signal);
    await started;
    stopping.abort();
    expect(await stopped).toMatchObject({ exitCode: 137 });
    const again = nextTask();
    const closed = run({ TODO: 'wait' });
    await again;
    await runner.close();
    expect(await closed).toMatchObject({ exitCode: 137 });
  });

  it('ends with the platform, however that ended', async () => {
    const child = fork(join(folder, 'index.js'), [], {
      env: { TODO: 'wait' },
      execArgv: ['--require', join(folder, 'ecs', 'container-watch.cjs')],
      stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    // the channel closes when its other end is killed
    child.disconnect();
    expect(await ended).toBe(137);
  });

  it('waits for a place, and gives it up when it is no longer wanted', async () => {
    const started = nextTask();
    const [first, second] = [new AbortController(), new AbortController()];
    const running = run({ TODO: 'wait' }, first.signal);
    await started;
    const waiting = run({ TODO: 'nothing' }, second.signal);
    const refused = expect(waiting).rejects.toThrow();
    const third = run({ TODO: 'nothing' });
    second.abort();
    await refused;
    expect(runner.running()).toHaveLength(1);
    first.abort();
    await running;
    expect(await third).toMatchObject({ exitCode: 0 });
  });

  it.each([
    ['an unknown cluster', { cluster: 'two' }, 'ClusterNotFoundException'],
    ['an unknown family', { taskDefinition: 'other' }, 'ClientException'],
    ['an unknown container', { environment: { other: {} } }, 'InvalidParameterException'],
  ])('is refused of %s', async (_, change, code) => {
    const request = { ...asking({}), ...change };
    await expect(runner.run(caller, request, new AbortController().signal)).rejects.toMatchObject({ code });
  });

  it.each([
    'ecs:RunTask arn:aws:ecs:eu-west-2:000000000000:task-definition/family:1',
    `iam:PassRole ${taskRole}`,
    `iam:PassRole ${executionRole}`,
  ])('is refused without %s', async (permission) => {
    denied = permission;
    await expect(run({})).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(runner.status()).toMatchObject([{ invocations: 0 }]);
  });
});
