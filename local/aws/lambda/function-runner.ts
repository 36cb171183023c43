import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultPoints } from '../../faults/fault-points';
import { AwsError, type Caller, type Clock, type FunctionInvoker, type InvocationResult } from '../service';
import { type AcceptedInvocation, AsynchronousQueue } from './asynchronous-queue';
import {
  type AsynchronousConfiguration,
  type FunctionDefinition,
  type FunctionPermission,
  type IssueFunctionCredentials,
  unqualifiedArn,
} from './function-definition';
import { FunctionLog } from './function-log';
import { buildRuntime } from './runtime-bundle';
import { asynchronousPayloadLimit, type ReportedError, synchronousPayloadLimit } from './runtime-protocol';
import { type DrilledInvocation, type PoolSettings, WorkerPool } from './worker-pool';

export interface FunctionRunnerOptions {
  readonly dataFolder: string;
  /** `http://127.0.0.1:<port>` of the AWS endpoint, for the functions' AWS_ENDPOINT_URL; asked when a process starts. */
  readonly endpoint: () => string;
  readonly clock: Clock;
  readonly issueCredentials: IssueFunctionCredentials;
  /** Takes what failed for good, by queue ARN. */
  deliverToQueue(queueArn: string, body: string): void;
  /** Processes of one function that run at once. */
  readonly processesPerFunction: number;
  /** Waits before the second and third attempt of an asynchronous invocation; AWS waits one and two minutes. */
  readonly retryDelaysMilliseconds?: readonly [number, number];
  /** An idle process ends after this long. */
  readonly idleMilliseconds?: number;
  /** What a drill does to invocations; absent: nothing. */
  readonly drill?: FaultPoints | undefined;
  /** See `WorkerSettings`. */
  readonly nodeArguments?: readonly string[] | undefined;
  /** See `WorkerSettings`. */
  readonly firstStartMilliseconds?: number | undefined;
}

/** What the status page shows of a function. */
export interface FunctionStatus {
  readonly name: string;
  readonly running: number;
  readonly warm: number;
  readonly invocations: number;
  readonly errors: number;
}

/** `*` in a source ARN stands for any characters, as in ArnLike. */
function arnMatches(pattern: string, arn: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${expression}$`).test(arn);
}

interface Registered {
  readonly pool: WorkerPool;
  readonly permissions: FunctionPermission[];
  asynchronous: AsynchronousConfiguration;
  invocations: number;
  errors: number;
}

/** @throws AwsError where the drill refuses the invocation */
function drilledInvocation(drill: FaultPoints, functionName: string, payload: string): DrilledInvocation {
  const fault = drill.invocation(functionName, payload);
  if (fault?.kind === 'refuse') throw fault.error;
  return {
    dies: fault?.kind === 'die-returning',
    began: (accessKeyId) => drill.invocationBegan(payload, accessKeyId),
    ended: (accessKeyId) => drill.invocationEnded(accessKeyId),
  };
}

/** Runs the functions of the synthesized app, each in processes of its own, as Lambda would. */
export class FunctionRunner implements FunctionInvoker {
  private readonly functions = new Map<string, Registered>();
  private readonly queue: AsynchronousQueue;
  private readonly settings: PoolSettings;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly sweep: NodeJS.Timeout;
  private closed = false;

  constructor(private readonly options: FunctionRunnerOptions) {
    const temporaryFolder = join(options.dataFolder, 'lambda', 'tmp');
    mkdirSync(temporaryFolder, { recursive: true });
    this.settings = {
      runtimeFile: buildRuntime(join(options.dataFolder, 'lambda')),
      endpoint: options.endpoint,
      temporaryFolder,
      processesPerFunction: options.processesPerFunction,
      clock: options.clock,
      issueCredentials: options.issueCredentials,
      nodeArguments: options.nodeArguments,
      firstStartMilliseconds: options.firstStartMilliseconds,
    };
    this.queue = new AsynchronousQueue(join(options.dataFolder, 'lambda', 'asynchronous.jsonl'));
    const idle = options.idleMilliseconds ?? 300_000;
    this.sweep = setInterval(
      () => {
        for (const { pool } of this.functions.values()) pool.endIdleSince(Date.now() - idle);
      },
      Math.min(idle, 30_000),
    );
    this.sweep.unref();
  }

  register(definition: FunctionDefinition): void {
    const log = new FunctionLog(join(this.options.dataFolder, 'logs'), definition.name);
    const pool = new WorkerPool(definition, this.settings, log);
    const { asynchronous } = definition;
    this.functions.set(definition.arn, { pool, permissions: [], asynchronous, invocations: 0, errors: 0 });
  }

  /** Changes what becomes of asynchronous invocations that fail. */
  configureAsynchronous(functionArn: string, change: Partial<AsynchronousConfiguration>): void {
    const registered = this.find(functionArn);
    registered.asynchronous = { ...registered.asynchronous, ...change };
  }

  /** Invokes for the deployment itself, which needs no permission. */
  invokeForDeployment(functionArn: string, payload: unknown): Promise<InvocationResult> {
    return this.run(unqualifiedArn(functionArn), JSON.stringify(payload));
  }

  /** Adds a statement to the function's resource policy. */
  permit(functionArn: string, permission: FunctionPermission): void {
    this.find(functionArn).permissions.push(permission);
  }

  definition(functionArn: string): FunctionDefinition {
    return this.find(functionArn).pool.definition;
  }

  /** Value of an environment variable that functions have in common; `undefined` where none has it. */
  variable(name: string): string | undefined {
    for (const { pool } of this.functions.values()) {
      const value = pool.definition.environment[name];
      if (value !== undefined) return value;
    }
    return undefined;
  }

  status(): readonly FunctionStatus[] {
    return [...this.functions.values()].map(({ pool, invocations, errors }) => ({
      name: pool.definition.name,
      running: pool.running,
      warm: pool.warm,
      invocations,
      errors,
    }));
  }

  /** Kills the process that was given these credentials, whatever it does. */
  killProcess(accessKeyId: string): void {
    for (const { pool } of this.functions.values()) if (pool.kill(accessKeyId)) return;
  }

  /** Starts one process of each of these functions, one after the other, so that the first invocation does not wait for it. */
  async warmUp(functionArns: readonly string[]): Promise<void> {
    for (const functionArn of functionArns) {
      if (this.closed) return;
      await this.find(functionArn).pool.warmUp();
    }
  }

  /** Delivers what an earlier run accepted and did not finish. Called once, when every function is registered. */
  resume(): void {
    for (const invocation of this.queue.pending()) this.schedule(invocation, 0, 0);
  }

  async invoke(caller: Caller, functionArn: string, payload: unknown): Promise<InvocationResult> {
    caller.authorise('lambda:InvokeFunction', functionArn);
    return this.run(unqualifiedArn(functionArn), JSON.stringify(payload) ?? 'null');
  }

  /**
   * Invokes for a service, by the function's resource policy.
   * @throws AwsError `AccessDeniedException` where no permission names the service and the source
   */
  async invokeForService(
    principal: string,
    sourceArn: string,
    functionArn: string,
    payload: unknown,
  ): Promise<InvocationResult> {
    this.checkPermission(principal, sourceArn, functionArn);
    return this.run(unqualifiedArn(functionArn), JSON.stringify(payload) ?? 'null');
  }

  /**
   * Accepts an event for asynchronous invocation: it is kept until the function has taken it or has failed for good.
   * @throws AwsError `AccessDeniedException`, `RequestEntityTooLargeException`
   */
  acceptForService(principal: string, sourceArn: string, functionArn: string, payload: unknown): void {
    this.checkPermission(principal, sourceArn, functionArn);
    this.accept(unqualifiedArn(functionArn), JSON.stringify(payload));
  }

  /** Accepts an event for asynchronous invocation from a signed caller. */
  acceptFrom(caller: Caller, functionArn: string, payload: string): void {
    caller.authorise('lambda:InvokeFunction', functionArn);
    this.accept(unqualifiedArn(functionArn), payload);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.sweep);
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.all([...this.functions.values()].map(({ pool }) => pool.close()));
    this.queue.close();
  }

  private find(functionArn: string): Registered {
    const registered = this.functions.get(unqualifiedArn(functionArn));
    if (!registered)
      throw new AwsError('ResourceNotFoundException', `Function not found: ${functionArn}`, 404);
    return registered;
  }

  private checkPermission(principal: string, sourceArn: string, functionArn: string): void {
    const allowed = this.find(functionArn).permissions.some(
      (permission) =>
        permission.principal === principal &&
        ['lambda:InvokeFunction', 'lambda:*'].includes(permission.action) &&
        (permission.sourceArn === undefined || arnMatches(permission.sourceArn, sourceArn)) &&
        (permission.sourceAccount === undefined || sourceArn.split(':')[4] === permission.sourceAccount),
    );
    if (!allowed) {
      const message = `${principal} for ${sourceArn} has no permission to invoke ${functionArn}`;
      throw new AwsError('AccessDeniedException', message, 403);
    }
  }

  private async run(functionArn: string, payload: string): Promise<InvocationResult> {
    const registered = this.find(functionArn);
    if (Buffer.byteLength(payload) > synchronousPayloadLimit) {
      const message = `Request must be smaller than ${synchronousPayloadLimit} bytes for the InvokeFunction operation`;
      throw new AwsError('RequestEntityTooLargeException', message, 413);
    }
    const { drill } = this.options;
    const drilled = drill && drilledInvocation(drill, registered.pool.definition.name, payload);
    const result = await registered.pool.invoke(randomUUID(), payload, drilled);
    registered.invocations += 1;
    if (result.kind === 'result') return { payload: JSON.parse(result.payload) as unknown };
    registered.errors += 1;
    const { errorType, errorMessage } = result.error;
    return { payload: result.error, functionError: { errorType, errorMessage } };
  }

  private accept(functionArn: string, payload: string): void {
    this.find(functionArn);
    if (Buffer.byteLength(payload) > asynchronousPayloadLimit) {
      const message = `Event must be at most ${asynchronousPayloadLimit} bytes`;
      throw new AwsError('RequestEntityTooLargeException', message, 413);
    }
    this.schedule(this.queue.accept(functionArn, payload, this.options.clock.now()), 0, 0);
  }

  private schedule(invocation: AcceptedInvocation, attempt: number, delay: number): void {
    if (this.closed) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.attempt(invocation, attempt);
    }, delay);
    this.timers.add(timer);
  }

  private async attempt(invocation: AcceptedInvocation, attempt: number): Promise<void> {
    let error: ReportedError | undefined;
    try {
      const result = await this.run(invocation.functionArn, invocation.payload);
      if (result.functionError) error = { ...result.functionError, trace: [] };
    } catch (thrown) {
      const failure = thrown as Error;
      error = { errorType: failure.name, errorMessage: failure.message, trace: [] };
    }
    if (this.closed) return;
    const registered = this.functions.get(invocation.functionArn);
    const attempts = registered?.asynchronous.maximumRetryAttempts ?? 0;
    if (error && registered && attempt < attempts) {
      const delays = this.options.retryDelaysMilliseconds ?? [1000, 5000];
      this.schedule(invocation, attempt + 1, delays[Math.min(attempt, 1)] ?? 0);
      return;
    }
    if (error) this.giveUp(invocation, attempt + 1, error);
    this.queue.ended(invocation.id);
  }

  private giveUp(invocation: AcceptedInvocation, attempts: number, error: ReportedError): void {
    const configuration = this.functions.get(invocation.functionArn)?.asynchronous;
    if (configuration?.deadLetterQueueArn !== undefined) {
      this.options.deliverToQueue(configuration.deadLetterQueueArn, invocation.payload);
    }
    if (configuration?.onFailureArn !== undefined) {
      const record = {
        version: '1.0',
        timestamp: this.options.clock.now().toISOString(),
        requestContext: {
          requestId: invocation.id,
          functionArn: `${invocation.functionArn}:$LATEST`,
          condition: 'RetriesExhausted',
          approximateInvokeCount: attempts,
        },
        requestPayload: JSON.parse(invocation.payload) as unknown,
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        responsePayload: { errorType: error.errorType, errorMessage: error.errorMessage },
      };
      this.options.deliverToQueue(configuration.onFailureArn, JSON.stringify(record));
    }
  }
}
