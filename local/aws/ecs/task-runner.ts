import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { FunctionLog } from '../../aws/lambda/function-log';
import type { FunctionStatus } from '../../aws/lambda/function-runner';
import { bundleProgram } from '../bundle-program';
import { AwsError, type Caller, type Clock } from '../service';
import { ContainerProcess, containerEnvironment } from './container-process';
import { CredentialsEndpoint, type TaskCredentials } from './credentials-endpoint';
import type { RunTaskRequest, StoppedTask, TaskDefinition } from './task-definition';

export interface TaskRunnerOptions {
  readonly dataFolder: string;
  /** `http://127.0.0.1:<port>` of the AWS endpoint, asked when a task starts. */
  readonly endpoint: () => string;
  readonly clock: Clock;
  /** Credentials of a role that ECS tasks may assume. Throws `AccessDenied` where its trust policy does not say so. */
  readonly issueCredentials: (roleArn: string, taskId: string) => TaskCredentials;
  /** Tasks that run at once; others wait, where Fargate would say that it has no capacity. */
  readonly tasksAtOnce: number;
}

/** A task under way. */
export interface RunningTask {
  readonly taskArn: string;
  readonly family: string;
  readonly pid: number | undefined;
}

interface Registered {
  readonly definition: TaskDefinition;
  readonly log: FunctionLog;
  runs: number;
  failures: number;
}

/** Runs the containers of the synthesized app: Amazon ECS on Fargate, as far as Step Functions uses it here. */
export class TaskRunner {
  private readonly clusters = new Map<string, string>();
  private readonly families = new Map<string, Registered>();
  private readonly credentials = new CredentialsEndpoint();
  private readonly containers = new Map<string, { family: string; container: ContainerProcess }>();
  private readonly observers: ((task: RunningTask) => void)[] = [];
  private readonly waiting: (() => void)[] = [];
  private readonly watchFile: string;
  private places: number;
  private closed = false;

  constructor(private readonly options: TaskRunnerOptions) {
    this.places = options.tasksAtOnce;
    this.watchFile = buildWatch(join(options.dataFolder, 'ecs'));
  }

  registerCluster(name: string, arn: string): void {
    this.clusters.set(name, arn);
    this.clusters.set(arn, arn);
  }

  registerTaskDefinition(definition: TaskDefinition): void {
    const log = new FunctionLog(join(this.options.dataFolder, 'logs'), definition.family);
    const registered = { definition, log, runs: 0, failures: 0 };
    this.families.set(definition.family, registered);
    this.families.set(definition.arn, registered);
  }

  /** Adds somebody who is told of each task as it starts. */
  observe(observer: (task: RunningTask) => void): void {
    this.observers.push(observer);
  }

  running(): readonly RunningTask[] {
    return [...this.containers].map(
      ([
        taskArn,
        {
          family,
          container: { pid },
        },
      ]) => ({ taskArn, family, pid }),
    );
  }

  /** For the status page, beside the functions. */
  status(): readonly FunctionStatus[] {
    return [...new Set(this.families.values())].map(({ definition: { family }, runs, failures }) => ({
      name: `${family} (container)`,
      running: this.running().filter((task) => task.family === family).length,
      warm: 0,
      invocations: runs,
      errors: failures,
    }));
  }

  /**
   * RunTask and the wait for the end of the task; the signal stops it. The caller also needs `iam:PassRole` on both roles
   * of the definition.
   * @throws AwsError `AccessDenied`, `ClusterNotFoundException`, `ClientException`, and the signal's reason
   */
  async run(caller: Caller, request: RunTaskRequest, signal: AbortSignal): Promise<StoppedTask> {
    const clusterArn = this.clusters.get(request.cluster);
    if (clusterArn === undefined) throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
    const registered = this.families.get(request.taskDefinition);
    if (registered === undefined) throw new AwsError('ClientException', 'TaskDefinition not found.');
    const { definition } = registered;
    caller.authorise('ecs:RunTask', definition.arn, { 'ecs:cluster': clusterArn });
    for (const role of [definition.taskRoleArn, definition.executionRoleArn])
      caller.authorise('iam:PassRole', role, { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' });
    const unknown = Object.keys(request.environment).find((name) => name !== definition.container.name);
    if (unknown !== undefined)
      throw new AwsError(
        'InvalidParameterException',
        `Override for container named ${unknown} is not a container in the TaskDefinition.`,
      );
    await this.take(signal);
    try {
      return await this.runContainer(registered, clusterArn, request, signal);
    } finally {
      this.places += 1;
      this.waiting.shift()?.();
    }
  }

  /** Ends every task; the executions that wait for them run them again at the next start. */
  async close(): Promise<void> {
    this.closed = true;
    const ends = [...this.containers.values()].map(({ container }) => {
      container.kill('The platform stopped.');
      return container.ended;
    });
    await Promise.all(ends);
    await this.credentials.close();
    await Promise.all([...new Set(this.families.values())].map(({ log }) => log.close()));
  }

  private async take(signal: AbortSignal): Promise<void> {
    while (this.places === 0) {
      let wake = (): void => undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
        this.waiting.push(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
      signal.removeEventListener('abort', wake);
      // one that gives up must not be woken in the place of another
      if (signal.aborted && this.waiting.includes(wake)) this.waiting.splice(this.waiting.indexOf(wake), 1);
      else if (signal.aborted) this.waiting.shift()?.();
      signal.throwIfAborted();
    }
    this.places -= 1;
  }

  private async runContainer(
    registered: Registered,
    clusterArn: string,
    request: RunTaskRequest,
    signal: AbortSignal,
  ): Promise<StoppedTask> {
    if (this.closed) throw new AwsError('ServerException', 'The platform is stopping.', 500);
    const { definition, log } = registered;
    const id = randomUUID().replaceAll('-', '');
    const taskArn = `${clusterArn.replace(':cluster/', ':task/')}/${id}`;
    const place = await this.credentials.open(() =>
      this.options.issueCredentials(definition.taskRoleArn, id),
    );
    const environment = request.environment[definition.container.name] ?? {};
    const startedAt = this.options.clock.now().getTime();
    const container = new ContainerProcess(
      definition,
      {
        ...containerEnvironment(definition, environment, this.options.endpoint()),
        ...place.environment,
      },
      this.watchFile,
      log,
    );
    const stop = () => container.kill('Task stopped by user');
    this.containers.set(taskArn, { family: definition.family, container });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    for (const observer of this.observers)
      observer({ taskArn, family: definition.family, pid: container.pid });
    try {
      const end = await container.ended;
      registered.runs += 1;
      if (end.exitCode !== 0) registered.failures += 1;
      const stoppedAt = this.options.clock.now().getTime();
      log.platform('platform.report', {
        requestId: id,
        status: end.exitCode === 0 ? 'success' : 'error',
        ...end,
        metrics: { durationMs: stoppedAt - startedAt },
      });
      const { startedBy } = request;
      return { taskArn, clusterArn, definition, environment, startedBy, startedAt, stoppedAt, ...end };
    } finally {
      signal.removeEventListener('abort', stop);
      this.containers.delete(taskArn);
      place.close();
    }
  }
}

/** Bundles what is loaded before the program of a container. */
function buildWatch(folder: string): string {
  return bundleProgram(join(__dirname, 'container-watch.ts'), folder, 'container-watch.cjs');
}
