import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  AwsError,
  type BusEvent,
  type Caller,
  type InvocationResult,
  type ObjectStorage,
} from '../../../../local/aws/service';
import type { TaskActions } from '../../../../local/aws/states/ecs-integration';
import type { ImportJobActions } from '../../../../local/aws/states/medical-imaging-integration';
import type { Json } from '../../../../local/aws/states/payload-limits';
import { StatesService } from '../../../../local/aws/states/states-service';
import type { Timer } from '../../../../local/aws/states/timer';

export const account = '111122223333';
export const machineArn = `arn:aws:states:eu-west-2:${account}:stateMachine:pipeline`;
export const roleArn = `arn:aws:iam::${account}:role/pipeline`;
export const functionArn = (name: string) => `arn:aws:lambda:eu-west-2:${account}:function:${name}`;

/** A caller that may do everything but what is named. */
export function callerWithout(denied: readonly string[] = [], asked: string[] = []): Caller {
  return {
    principalArn: `arn:aws:sts::${account}:assumed-role/test/session`,
    accountId: account,
    roleArn: `arn:aws:iam::${account}:role/test`,
    sessionTags: {},
    authorise(action, resource) {
      asked.push(`${action} ${resource}`);
      if (denied.includes(action))
        throw new AwsError('AccessDenied', `not authorized to perform: ${action}`, 403);
    },
  };
}

/** Objects in memory that ask for `s3:GetObject` and `s3:PutObject`. */
export class MemoryObjects implements ObjectStorage {
  readonly objects = new Map<string, Buffer>();

  async getObject(caller: Caller, bucket: string, key: string) {
    caller.authorise('s3:GetObject', `arn:aws:s3:::${bucket}/${key}`);
    const bytes = this.objects.get(`${bucket}/${key}`);
    if (!bytes) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
    return { body: Readable.from([bytes]), bytes: bytes.length, etag: '"etag"' };
  }

  async putObject(caller: Caller, bucket: string, key: string, body: Buffer) {
    caller.authorise('s3:PutObject', `arn:aws:s3:::${bucket}/${key}`);
    this.objects.set(`${bucket}/${key}`, body);
  }

  async listKeys() {
    return [];
  }

  json(bucketAndKey: string): Json {
    return JSON.parse(this.objects.get(bucketAndKey)?.toString('utf8') ?? 'null') as Json;
  }
}

type Handler = (payload: never, attempt: number) => Promise<unknown> | unknown;

/** A Step Functions service with functions, objects and a clock in memory. */
export class MachineRoom {
  readonly folder: string;
  readonly objects = new MemoryObjects();
  readonly events: BusEvent[] = [];
  readonly calls: { name: string; payload: unknown }[] = [];
  readonly slept: number[] = [];
  readonly asked: string[] = [];
  denied: string[] = [];
  now = Date.parse('2026-11-23T09:00:00Z');
  handlers: Record<string, Handler> = {};
  importJobs: ImportJobActions = {
    startDicomImportJob: async () => ({}),
    getDicomImportJob: async () => ({ jobProperties: {} }),
  };
  tasks: TaskActions = { run: () => Promise.reject(new Error('no task was expected')) };
  /** Waits longer than this many milliseconds never end by themselves. */
  patience = Number.POSITIVE_INFINITY;
  service: StatesService;

  constructor(folder = mkdtempSync(join(tmpdir(), 'nmip-states-'))) {
    this.folder = folder;
    this.service = this.start();
  }

  /** A new service on the same folder, as after a restart. */
  start(): StatesService {
    const caller = () => callerWithout(this.denied, this.asked);
    const timer: Timer = {
      sleep: (milliseconds, signal) =>
        new Promise((resolve, reject) => {
          if (signal.aborted) {
            reject(signal.reason);
            return;
          }
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          if (milliseconds > this.patience) return;
          this.slept.push(milliseconds);
          this.now += Math.max(0, milliseconds);
          setImmediate(resolve);
        }),
    };
    this.service = new StatesService({
      folder: this.folder,
      region: 'eu-west-2',
      objects: this.objects,
      functions: { invoke: (_caller, arn, payload) => this.#invoke(arn, payload) },
      roles: { callerForService: caller },
      events: { publish: (event) => this.events.push(event) },
      clock: { now: () => new Date(this.now) },
      importJobs: {
        startDicomImportJob: (given, request) => this.importJobs.startDicomImportJob(given, request),
        getDicomImportJob: (given, request) => this.importJobs.getDicomImportJob(given, request),
      },
      tasks: { run: (given, request, signal) => this.tasks.run(given, request, signal) },
      timer,
      random: () => 0.5,
    });
    return this.service;
  }

  deploy(definition: object): void {
    this.service.createStateMachine({
      name: 'pipeline',
      arn: machineArn,
      definition: JSON.stringify(definition),
      roleArn,
      type: 'STANDARD',
    });
  }

  begin(input: Json, name = 'one'): string {
    return this.service.startExecution(callerWithout(), {
      stateMachineArn: machineArn,
      name,
      input: JSON.stringify(input),
    }).executionArn;
  }

  /** Deploys, runs to the end and describes. */
  async run(definition: object, input: Json = {}, name = 'one'): Promise<Described> {
    this.deploy(definition);
    const executionArn = this.begin(input, name);
    await this.service.ended(executionArn);
    return this.describe(executionArn);
  }

  async describe(executionArn: string): Promise<Described> {
    const described = (await this.call('DescribeExecution', { executionArn })) as Record<string, string>;
    const { status = '', output, error, cause } = described;
    return {
      status,
      ...(output === undefined ? {} : { output: JSON.parse(output) as Json }),
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    };
  }

  /** Types of the events of an execution, in order. */
  async history(executionArn: string): Promise<string[]> {
    const { events } = (await this.call('GetExecutionHistory', { executionArn, maxResults: 1000 })) as {
      events: { type: string }[];
    };
    return events.map(({ type }) => type);
  }

  /** Calls an operation over the JSON protocol. Throws what the gateway would write as the error. */
  async call(operation: string, body: object, caller = callerWithout()): Promise<unknown> {
    let status = 0;
    let text = '';
    const response = {
      setHeader: () => undefined,
      writeHead(code: number) {
        status = code;
        return this;
      },
      end(content: string) {
        text = content;
      },
    };
    await this.service.handle(
      {
        method: 'POST',
        rawPath: '/',
        query: new URLSearchParams(),
        headers: { 'x-amz-target': `AWSStepFunctions.${operation}` },
        body: Readable.from([Buffer.from(JSON.stringify(body))]),
        caller,
        requestId: 'request',
      },
      response as never,
    );
    if (status !== 200) throw new Error(`status ${status}`);
    return JSON.parse(text) as unknown;
  }

  async #invoke(arn: string, payload: unknown): Promise<InvocationResult> {
    const name = arn.slice(arn.lastIndexOf(':') + 1);
    this.calls.push({ name, payload });
    const attempt = this.calls.filter((call) => call.name === name).length;
    const handler = this.handlers[name];
    if (!handler) throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
    try {
      return { payload: await handler(payload as never, attempt) };
    } catch (error) {
      if (error instanceof AwsError) throw error;
      const { name: errorType, message: errorMessage } = error as Error;
      return { payload: null, functionError: { errorType, errorMessage } };
    }
  }

  /** The task token that the first function call was given. */
  handedOutToken(): string {
    const [call] = this.calls;
    if (!call) throw new Error('no function was called');
    return (call.payload as { token: string }).token;
  }

  async close(): Promise<void> {
    await this.service.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Described {
  readonly status: string;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
}

/** A definition whose states follow one another, the last one ending. */
export function sequence(states: Record<string, object>): object {
  const names = Object.keys(states);
  return {
    QueryLanguage: 'JSONata',
    StartAt: names[0],
    States: Object.fromEntries(
      Object.entries(states).map(([name, state], index) => {
        const next = names[index + 1];
        return [name, next === undefined ? { ...state, End: true } : { Next: next, ...state }];
      }),
    ),
  };
}

/** A Task that invokes a function. */
export function invoke(name: string, more: object = {}): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: functionArn(name), Payload: '{% $states.input %}' },
    Output: '{% $states.result.Payload %}',
    ...more,
  };
}
