import { AwsError, type Clock } from '../service';
import type { FunctionDefinition, IssueFunctionCredentials } from './function-definition';
import type { FunctionLog } from './function-log';
import { Worker, type WorkerResult, type WorkerSettings } from './worker';

export interface PoolSettings extends WorkerSettings {
  /** Processes of one function that run at once; further invocations wait. */
  readonly processesPerFunction: number;
  readonly clock: Clock;
  readonly issueCredentials: IssueFunctionCredentials;
}

/**
 * An invocation waits this long for a busy process before another is started, which takes longer than most invocations.
 */
const startDelayMilliseconds = 150;

export interface DrilledInvocation {
  /** The process is killed when it has done its work and before it says so. */
  readonly dies: boolean;
  began(accessKeyId: string): void;
  ended(accessKeyId: string): void;
}

interface Waiting {
  resolve(worker: Worker): void;
  reject(error: unknown): void;
  readonly timer: NodeJS.Timeout;
}

/** Warm processes of one function. */
export class WorkerPool {
  private readonly idle: Worker[] = [];
  private readonly busy = new Set<Worker>();
  private readonly waiting: Waiting[] = [];
  private inFlight = 0;
  private closed = false;

  constructor(
    readonly definition: FunctionDefinition,
    private readonly settings: PoolSettings,
    private readonly log: FunctionLog,
  ) {}

  get running(): number {
    return this.busy.size;
  }

  get warm(): number {
    return this.idle.length;
  }

  /**
   * Runs one invocation.
   * @param drilled what a drill does with it
   * @throws AwsError `TooManyRequestsException` where the function's reserved concurrency is used up
   */
  async invoke(requestId: string, payload: string, drilled?: DrilledInvocation): Promise<WorkerResult> {
    const reserved = this.definition.reservedConcurrency;
    if (reserved !== undefined && this.inFlight >= reserved) {
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, {
        Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      });
    }
    this.inFlight += 1;
    try {
      const worker = await this.take();
      const began = performance.now();
      drilled?.began(worker.accessKeyId);
      const done = await worker.invoke(requestId, payload);
      drilled?.ended(worker.accessKeyId);
      const result = drilled?.dies === true ? worker.dieReturning(requestId) : done;
      this.log.platform('platform.report', {
        requestId,
        status: result.kind === 'result' ? 'success' : 'error',
        ...(result.kind === 'error' ? { errorType: result.error.errorType } : {}),
        metrics: { durationMs: Math.round((performance.now() - began) * 10) / 10 },
      });
      this.giveBack(worker);
      return result;
    } finally {
      this.inFlight -= 1;
    }
  }

  /** Kills the process that was given these credentials; false where no process of this function was. */
  kill(accessKeyId: string): boolean {
    const worker = [...this.busy, ...this.idle].find((each) => each.accessKeyId === accessKeyId);
    worker?.end();
    return worker !== undefined;
  }

  /** Starts a process ahead of the first invocation. */
  async warmUp(): Promise<void> {
    if (this.closed || this.idle.length + this.busy.size > 0) return;
    const worker = this.startBusy();
    await worker.ready();
    this.giveBack(worker);
  }

  /** Ends processes that have been idle since before the given time (milliseconds since 1970). */
  endIdleSince(time: number): void {
    for (const worker of this.idle.filter((candidate) => candidate.lastUsed < time)) {
      this.idle.splice(this.idle.indexOf(worker), 1);
      worker.end();
    }
  }

  close(): Promise<void> {
    this.closed = true;
    for (const worker of [...this.idle, ...this.busy]) worker.end();
    for (const waiter of this.waiting) {
      clearTimeout(waiter.timer);
      waiter.reject(new AwsError('ServiceException', 'The platform is stopping.', 500));
    }
    this.idle.length = 0;
    this.waiting.length = 0;
    return this.log.close();
  }

  private start(): Worker {
    const credentials = this.settings.issueCredentials(this.definition.roleArn, this.definition.name);
    return new Worker(this.definition, credentials, this.settings, this.log);
  }

  private async take(): Promise<Worker> {
    const now = this.settings.clock.now();
    for (let worker = this.idle.pop(); worker; worker = this.idle.pop()) {
      if (!worker.ended && worker.credentialsLast(now)) {
        this.busy.add(worker);
        return worker;
      }
      worker.end();
    }
    if (this.busy.size === 0) return this.startBusy();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.startFor(waiting), startDelayMilliseconds);
      const waiting: Waiting = { resolve, reject, timer };
      this.waiting.push(waiting);
    });
  }

  /** Starts a process for an invocation that has waited long enough; at the limit of processes it waits on. */
  private startFor(waiting: Waiting): void {
    if (this.busy.size >= this.settings.processesPerFunction) return;
    const place = this.waiting.indexOf(waiting);
    if (place < 0) return;
    this.waiting.splice(place, 1);
    try {
      waiting.resolve(this.startBusy());
    } catch (error) {
      waiting.reject(error);
    }
  }

  private startBusy(): Worker {
    const worker = this.start();
    this.busy.add(worker);
    return worker;
  }

  private giveBack(worker: Worker): void {
    this.busy.delete(worker);
    if (this.closed) {
      worker.end();
      return;
    }
    worker.lastUsed = Date.now();
    if (!worker.ended) this.idle.push(worker);
    const next = this.waiting.shift();
    if (!next) return;
    clearTimeout(next.timer);
    this.take().then(next.resolve, next.reject);
  }
}
