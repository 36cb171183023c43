import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { FunctionCredentials, FunctionDefinition } from './function-definition';
import type { FunctionLog } from './function-log';
import type { FromRuntime, ReportedError, ToRuntime } from './runtime-protocol';

/** How often a running function's resident memory is looked at. */
const memoryWatchMilliseconds = 200;
/**
 * Lambda gives a function's initialisation ten seconds, and where they are not enough, begins it again as part of the
 * invocation, with the time of that. Here one initialisation has both.
 */
const firstStartMilliseconds = 10_000;
/** Bytes of a memory page in /proc/<pid>/statm. */
const pageBytes = 4096;

export interface WorkerSettings {
  readonly runtimeFile: string;
  readonly endpoint: () => string;
  readonly temporaryFolder: string;
  /** More arguments of Node.js for every process. */
  readonly nodeArguments?: readonly string[] | undefined;
  /** Time of an initialisation before that of the invocation counts, in milliseconds; Lambda's where absent. */
  readonly firstStartMilliseconds?: number | undefined;
}

/** Outcome of one invocation: JSON text, or the error. */
export type WorkerResult =
  | { readonly kind: 'result'; readonly payload: string }
  | { readonly kind: 'error'; readonly error: ReportedError };

/** The environment of a function: its template's variables and what Lambda sets, and nothing of the platform's own. */
export function workerEnvironment(
  definition: FunctionDefinition,
  credentials: FunctionCredentials,
  settings: WorkerSettings,
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    TMPDIR: settings.temporaryFolder,
    ...definition.environment,
    _HANDLER: definition.handler,
    AWS_ENDPOINT_URL: settings.endpoint(),
    AWS_REGION: definition.region,
    AWS_DEFAULT_REGION: definition.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${definition.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '$LATEST',
    LAMBDA_TASK_ROOT: definition.codeFolder,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  };
}

/** Read in one turn: the kernel has the line ready, and a trip to the thread pool would cost many times as much. */
function residentMegabytes(pid: number): number {
  try {
    const [, resident] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
    return (Number(resident) * pageBytes) / 1024 / 1024;
  } catch {
    return 0;
  }
}

/** One process that runs one function, one invocation at a time. A process that failed to answer is never used again. */
export class Worker {
  private readonly child: ChildProcess;
  private readonly started: Promise<ReportedError | undefined>;
  private settle: ((result: WorkerResult) => void) | undefined;
  private exitError: ReportedError | undefined;
  private heapExhausted = false;
  ended = false;
  lastUsed = 0;

  constructor(
    private readonly definition: FunctionDefinition,
    private readonly credentials: FunctionCredentials,
    settings: WorkerSettings,
    log: FunctionLog,
  ) {
    this.child = fork(settings.runtimeFile, [], {
      cwd: definition.codeFolder,
      env: workerEnvironment(definition, credentials, settings),
      execArgv: [`--max-old-space-size=${definition.memoryMegabytes}`, ...(settings.nodeArguments ?? [])],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    if (this.child.stdout) log.follow(this.child.stdout);
    if (this.child.stderr) {
      log.follow(this.child.stderr);
      this.child.stderr.on('data', (text: string) => {
        if (text.includes('heap out of memory')) this.heapExhausted = true;
      });
    }
    this.started = this.awaitStart(
      (settings.firstStartMilliseconds ?? firstStartMilliseconds) + definition.timeoutSeconds * 1000,
    );
    this.child.on('exit', (code, signal) => this.onExit(code, signal));
    this.child.on('error', () => this.end());
    this.child.on('message', (message: FromRuntime) => {
      if (message.kind === 'result') this.finish({ kind: 'result', payload: message.payload });
      else if (message.kind === 'error') this.finish({ kind: 'error', error: message.error });
    });
    this.send({ kind: 'start', codeFolder: definition.codeFolder, handler: definition.handler });
  }

  get accessKeyId(): string {
    return this.credentials.accessKeyId;
  }

  /** True while the credentials outlive another invocation of full length. */
  credentialsLast(now: Date): boolean {
    return (
      this.credentials.expiration.getTime() - now.getTime() > (this.definition.timeoutSeconds + 60) * 1000
    );
  }

  /** Resolves when the handler is loaded, or with the error that kept it from loading. */
  ready(): Promise<ReportedError | undefined> {
    return this.started;
  }

  /** Runs one invocation to its result, its error, its time limit or its memory limit. */
  async invoke(requestId: string, payload: string): Promise<WorkerResult> {
    const startError = await this.started;
    if (startError) {
      this.end();
      return { kind: 'error', error: startError };
    }
    if (this.ended)
      return { kind: 'error', error: this.exitError ?? exitedWith(requestId, 'before the invocation') };
    const limit = this.definition.timeoutSeconds * 1000;
    const result = new Promise<WorkerResult>((resolve) => {
      this.settle = resolve;
    });
    const timer = setTimeout(() => this.fail(timedOut(requestId, this.definition.timeoutSeconds)), limit);
    const watch = setInterval(() => this.watchMemory(requestId), memoryWatchMilliseconds);
    this.requestId = requestId;
    this.send({
      kind: 'invoke',
      requestId,
      payload,
      deadline: Date.now() + limit,
      functionArn: this.definition.arn,
    });
    try {
      return await result;
    } finally {
      clearTimeout(timer);
      clearInterval(watch);
    }
  }

  /** Kills the process after its work, and gives what Lambda then says of the invocation. */
  dieReturning(requestId: string): WorkerResult {
    this.end();
    return { kind: 'error', error: exitedWith(requestId, 'signal: SIGKILL') };
  }

  /** Ends the process at once. */
  end(): void {
    this.ended = true;
    this.child.kill('SIGKILL');
  }

  private requestId = '';

  private send(message: ToRuntime): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  private awaitStart(limitMilliseconds: number): Promise<ReportedError | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => resolve({ errorType: 'Sandbox.Timedout', errorMessage: 'Init phase timed out', trace: [] }),
        limitMilliseconds,
      );
      this.child.once('message', (message: FromRuntime) => {
        clearTimeout(timer);
        resolve(message.kind === 'start-failed' ? message.error : undefined);
      });
      this.child.once('exit', () => {
        clearTimeout(timer);
        resolve(exitedWith('', 'during initialisation'));
      });
    });
  }

  private watchMemory(requestId: string): void {
    if (this.child.pid === undefined) return;
    if (residentMegabytes(this.child.pid) > this.definition.memoryMegabytes)
      this.fail(outOfMemory(requestId));
  }

  private fail(error: ReportedError): void {
    this.end();
    this.finish({ kind: 'error', error });
  }

  private finish(result: WorkerResult): void {
    const settle = this.settle;
    this.settle = undefined;
    settle?.(result);
  }

  private onExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.ended = true;
    this.exitError = this.heapExhausted
      ? outOfMemory(this.requestId)
      : exitedWith(this.requestId, signal ? `signal: ${signal}` : `exit status ${code}`);
    this.finish({ kind: 'error', error: this.exitError });
  }
}

function timedOut(requestId: string, seconds: number): ReportedError {
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`;
  return { errorType: 'Sandbox.Timedout', errorMessage, trace: [] };
}

function outOfMemory(requestId: string): ReportedError {
  const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`;
  return { errorType: 'Runtime.OutOfMemory', errorMessage, trace: [] };
}

function exitedWith(requestId: string, how: string): ReportedError {
  const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: ${how}`;
  return { errorType: 'Runtime.ExitError', errorMessage, trace: [] };
}
