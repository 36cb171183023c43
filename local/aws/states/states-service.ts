import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import {
  AwsError,
  type AwsService,
  type Caller,
  type Clock,
  type EventPublisher,
  type FunctionInvoker,
  type ObjectStorage,
  type RoleSessions,
  type SignedRequest,
} from '../service';
import { runTaskSync, type TaskActions } from './ecs-integration';
import { ExecutionManager, type StateMachine, type StateMachineRequest } from './execution-manager';
import { readHistory } from './history';
import { knownResources } from './integration';
import { invokedFunctions } from './invoked-functions';
import type { ExecutionCounts } from './journal';
import { TemplateEvaluator } from './jsonata-template';
import { lambdaInvoke } from './lambda-integration';
import { type ImportJobActions, medicalImagingIntegrations } from './medical-imaging-integration';
import { exceedsPayloadLimit, type Json } from './payload-limits';
import { type OperationName, type OperationRequest, requests } from './requests';
import { systemTimer, type Timer } from './timer';

/** What Step Functions needs of the rest of the embedded platform. */
export interface StatesDependencies {
  /** Folder for state machines, executions and their histories. */
  readonly folder: string;
  readonly region: string;
  readonly objects: ObjectStorage;
  readonly functions: FunctionInvoker;
  readonly roles: RoleSessions;
  readonly events: EventPublisher;
  readonly clock: Clock;
  readonly importJobs: ImportJobActions;
  readonly tasks: TaskActions;
  readonly timer?: Timer;
  /** Yields numbers in [0, 1). */
  readonly random?: () => number;
  /** Function calls at the same time, over all executions. */
  readonly functionConcurrency?: number;
}

/** Enough that the function runner, not this queue, is what work waits for. */
const defaultFunctionConcurrency = 64;

/** Requests of the API are small: a payload of 256 KiB, escaped. */
const bodyLimitBytes = 2_097_152;

const targetPrefix = 'AWSStepFunctions.';

/** AWS Step Functions, as far as NMIP uses it: Standard state machines in JSONata. Protocol: AWS JSON 1.0. */
export class StatesService implements AwsService {
  readonly signingName = 'states';
  readonly #manager: ExecutionManager;

  constructor(dependencies: StatesDependencies) {
    const { functions, importJobs, tasks, region, random = Math.random } = dependencies;
    const integrations = [
      lambdaInvoke(functions, dependencies.functionConcurrency ?? defaultFunctionConcurrency),
      ...medicalImagingIntegrations(importJobs),
      runTaskSync(tasks, region),
    ];
    this.#manager = new ExecutionManager(
      join(dependencies.folder),
      {
        evaluator: new TemplateEvaluator(random),
        integrations: new Map(integrations.map((integration) => [integration.resource, integration])),
        objects: dependencies.objects,
        roles: dependencies.roles,
        timer: dependencies.timer ?? systemTimer,
        clock: dependencies.clock,
        random,
        region,
      },
      dependencies.events,
      knownResources(integrations),
    );
  }

  /**
   * Deploys a state machine, or its new definition; executions under way keep the one that they began with.
   * @throws AwsError `InvalidDefinition` that names every fault
   */
  createStateMachine(request: StateMachineRequest): { readonly stateMachineArn: string } {
    return { stateMachineArn: this.#manager.createStateMachine(request).arn };
  }

  /**
   * Goes on with the executions that the end of the process broke off, and returns how many. To be called once after
   * the deployment, before HealthImaging and the event bus go on with their own work.
   */
  resumeExecutions(): number {
    return this.#manager.resume();
  }

  /** What ended executions used, for the capacity report. */
  executionCounts(): readonly { readonly executionArn: string; readonly counts: ExecutionCounts }[] {
    return this.#manager.executionCounts();
  }

  /** ARNs of the functions that a state machine invokes. Throws AwsError `StateMachineDoesNotExist`. */
  functionsOf(stateMachineArn: string): readonly string[] {
    return invokedFunctions(this.#manager.machine(stateMachineArn).definition);
  }

  /** Starts an execution in process, as somebody who may (an event target, a test). */
  startExecution(
    caller: Caller,
    request: { readonly stateMachineArn: string; readonly name?: string; readonly input: string },
  ): { readonly executionArn: string; readonly startDate: number } {
    return this.#startExecution(caller, requests.StartExecution.parse(request));
  }

  /** Resolves when an execution that runs in this process has ended. */
  ended(executionArn: string): Promise<void> {
    return this.#manager.ended(executionArn);
  }

  async handle(request: SignedRequest, response: ServerResponse): Promise<void> {
    response.setHeader('x-amzn-RequestId', request.requestId);
    const result = await this.#dispatch(request);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(result));
  }

  close(): Promise<void> {
    return this.#manager.close();
  }

  async #dispatch(request: SignedRequest): Promise<unknown> {
    const target = String(request.headers['x-amz-target'] ?? '');
    const operation = target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : '';
    if (!Object.hasOwn(requests, operation)) {
      throw new AwsError(
        'UnknownOperationException',
        `The embedded platform does not offer '${operation || target}' of Step Functions.`,
      );
    }
    const name = operation as OperationName;
    const body = await bodyOf(request.body);
    const read = requests[name].safeParse(body);
    if (!read.success) {
      const [issue] = read.error.issues;
      const code = issue?.path[0] === 'name' ? 'InvalidName' : 'ValidationException';
      throw new AwsError(code, `Value at '${issue?.path.join('.') ?? ''}': ${issue?.message ?? 'invalid'}`);
    }
    return this.#operations[name](request.caller, read.data as never);
  }

  readonly #operations: {
    [Name in OperationName]: (caller: Caller, request: OperationRequest<Name>) => unknown;
  } = {
    StartExecution: (caller, request) => this.#startExecution(caller, request),
    DescribeExecution: (caller, request) => this.#describeExecution(caller, request),
    GetExecutionHistory: (caller, request) => this.#getExecutionHistory(caller, request),
    ListExecutions: (caller, request) => this.#listExecutions(caller, request),
    StopExecution: async (caller, { executionArn, error, cause }) => {
      caller.authorise('states:StopExecution', executionArn);
      return { stopDate: seconds(await this.#manager.stop(executionArn, error, cause)) };
    },
    RedriveExecution: (caller, { executionArn }) => {
      caller.authorise('states:RedriveExecution', executionArn);
      return { redriveDate: seconds(this.#manager.redrive(executionArn)) };
    },
    SendTaskSuccess: (caller, { taskToken, output }) => {
      const value = jsonOf(output, 'InvalidOutput', 'Invalid Output');
      this.#authoriseToken(caller, 'states:SendTaskSuccess', taskToken);
      this.#manager.answer(taskToken, { kind: 'succeeded', output: value });
      return {};
    },
    SendTaskFailure: (caller, { taskToken, error = '', cause = '' }) => {
      this.#authoriseToken(caller, 'states:SendTaskFailure', taskToken);
      this.#manager.answer(taskToken, { kind: 'failed', error, cause });
      return {};
    },
    SendTaskHeartbeat: (caller, { taskToken }) => {
      this.#authoriseToken(caller, 'states:SendTaskHeartbeat', taskToken);
      this.#manager.heartbeat(taskToken);
      return {};
    },
  };

  /** Task tokens are authorised on the state machine that issued them. */
  #authoriseToken(caller: Caller, action: string, token: string): void {
    const { executionArn } = this.#manager.tokens.ownerOf(token);
    let machine: StateMachine;
    try {
      machine = this.#manager.locate(executionArn).machine;
    } catch {
      throw new AwsError('TaskDoesNotExist', 'Task does not exist');
    }
    caller.authorise(action, machine.arn);
  }

  #startExecution(caller: Caller, request: OperationRequest<'StartExecution'>) {
    caller.authorise('states:StartExecution', request.stateMachineArn);
    const machine = this.#manager.machine(request.stateMachineArn);
    if (exceedsPayloadLimit(request.input)) {
      throw new AwsError('InvalidExecutionInput', "Invalid State Machine Execution Input: 'input too long'");
    }
    const input = jsonOf(request.input, 'InvalidExecutionInput', 'Invalid State Machine Execution Input');
    const { executionArn, startedAt } = this.#manager.start(machine, request.name ?? randomUUID(), input);
    return { executionArn, startDate: seconds(startedAt) };
  }

  #describeExecution(caller: Caller, { executionArn }: OperationRequest<'DescribeExecution'>) {
    caller.authorise('states:DescribeExecution', executionArn);
    const summary = this.#manager.summary(executionArn);
    const { machine } = this.#manager.locate(executionArn);
    const { input, end } = this.#manager.details(executionArn);
    const refusal = this.#manager.redriveRefusal(summary);
    return {
      executionArn,
      stateMachineArn: machine.arn,
      name: summary.name,
      status: summary.status,
      startDate: seconds(summary.startedAt),
      ...(summary.stoppedAt === undefined ? {} : { stopDate: seconds(summary.stoppedAt) }),
      input: JSON.stringify(input),
      inputDetails: { included: true },
      ...(end?.output === undefined
        ? {}
        : { output: JSON.stringify(end.output), outputDetails: { included: true } }),
      ...(end?.error === undefined ? {} : { error: end.error }),
      ...(end?.cause === undefined ? {} : { cause: end.cause }),
      redriveCount: summary.redriveCount,
      redriveStatus: refusal === undefined ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
      ...(refusal === undefined ? {} : { redriveStatusReason: refusal }),
    };
  }

  #getExecutionHistory(caller: Caller, request: OperationRequest<'GetExecutionHistory'>) {
    caller.authorise('states:GetExecutionHistory', request.executionArn);
    const { name } = this.#manager.summary(request.executionArn);
    const { machine } = this.#manager.locate(request.executionArn);
    const events = readHistory(machine.store.historyPath(name)).map((event) => ({
      ...event,
      timestamp: seconds(event.timestamp),
    }));
    if (request.reverseOrder) events.reverse();
    const { items, nextToken } = pageOf(events, request);
    return { events: items, ...nextToken };
  }

  #listExecutions(caller: Caller, request: OperationRequest<'ListExecutions'>) {
    caller.authorise('states:ListExecutions', request.stateMachineArn);
    const machine = this.#manager.machine(request.stateMachineArn);
    const summaries = machine.store
      .summaries()
      .filter(({ status }) => request.statusFilter === undefined || status === request.statusFilter)
      .reverse();
    const { items, nextToken } = pageOf(summaries, request);
    return {
      executions: items.map(({ name, status, startedAt, stoppedAt, redriveCount }) => ({
        executionArn: `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`,
        stateMachineArn: machine.arn,
        name,
        status,
        startDate: seconds(startedAt),
        ...(stoppedAt === undefined ? {} : { stopDate: seconds(stoppedAt) }),
        redriveCount,
      })),
      ...nextToken,
    };
  }
}

/** Timestamps of the protocol: seconds since 1970 with a fraction. */
function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}

function pageOf<Item>(
  items: readonly Item[],
  { maxResults, nextToken }: { readonly maxResults: number; readonly nextToken?: string | undefined },
): { items: Item[]; nextToken: { nextToken?: string } } {
  const first = nextToken === undefined ? 0 : Number(nextToken);
  if (!Number.isInteger(first) || first < 0) throw new AwsError('InvalidToken', 'Invalid Token');
  const end = first + (maxResults || 100);
  return {
    items: items.slice(first, end),
    nextToken: end < items.length ? { nextToken: String(end) } : {},
  };
}

function jsonOf(text: string, code: string, words: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new AwsError(code, `${words}: 'not JSON'`);
  }
}

async function bodyOf(body: AsyncIterable<Buffer>): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > bodyLimitBytes) throw new AwsError('ValidationException', 'The request is too long.');
    chunks.push(chunk);
  }
  return jsonOf(Buffer.concat(chunks).toString('utf8') || '{}', 'SerializationException', 'Invalid body');
}
