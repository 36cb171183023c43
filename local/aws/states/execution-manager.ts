import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AwsError, type EventPublisher } from '../service';
import { readDefinition } from './definition';
import type { StateMachineDefinition } from './definition-schema';
import { Execution, type ExecutionEnd, type ExecutionIdentity } from './execution';
import { statusChangeEvent } from './execution-events';
import { type ExecutionCounts, type Outcome, replayJournal } from './journal';
import { type ExecutionSummary, MachineStore } from './machine-store';
import type { Json } from './payload-limits';
import { TaskTokens } from './task-tokens';
import type { Engine } from './workflow';

/** What the deployer gives for a state machine. */
export interface StateMachineRequest {
  readonly name: string;
  readonly arn: string;
  /** Amazon States Language as JSON text. */
  readonly definition: string;
  readonly roleArn: string;
  readonly type: string;
}

/** A state machine that is deployed. */
export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: StateMachineDefinition;
  readonly definitionDigest: string;
  readonly store: MachineStore;
}

/** RedriveExecution works for 14 days. */
const redrivableMilliseconds = 14 * 24 * 3600 * 1000;

/** Keeps state machines and runs their executions. */
export class ExecutionManager {
  readonly #machines = new Map<string, StateMachine>();
  readonly #running = new Map<string, Execution>();
  readonly tokens: TaskTokens;

  /** @param folder where machines and executions are kept */
  constructor(
    private readonly folder: string,
    private readonly engineParts: Omit<Engine, 'tokens'>,
    private readonly events: EventPublisher,
    private readonly resources: ReadonlySet<string>,
  ) {
    this.tokens = new TaskTokens(tokenKey(folder));
  }

  /**
   * Deploys a state machine, or its new definition.
   * @throws AwsError `InvalidDefinition`; `StateMachineTypeNotSupported`
   */
  createStateMachine(request: StateMachineRequest): StateMachine {
    if (request.type !== 'STANDARD') {
      throw new AwsError(
        'StateMachineTypeNotSupported',
        `State machine '${request.name}' has the type ${request.type}; the embedded platform runs STANDARD.`,
      );
    }
    const definition = readDefinition(request.definition, this.resources);
    const store =
      this.#machines.get(request.arn)?.store ?? new MachineStore(join(this.folder, 'machines', request.name));
    const machine: StateMachine = {
      arn: request.arn,
      name: request.name,
      roleArn: request.roleArn,
      definition,
      definitionDigest: store.keepDefinition(request.definition),
      store,
    };
    this.#machines.set(request.arn, machine);
    return machine;
  }

  machine(arn: string): StateMachine {
    const machine = this.#machines.get(arn);
    if (!machine) {
      throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    }
    return machine;
  }

  /** State machine and name of an execution by its ARN; the execution itself may not exist. */
  locate(executionArn: string): { readonly machine: StateMachine; readonly name: string } {
    const parts = executionArn.split(':');
    const machine = this.#machines.get(
      [...parts.slice(0, 5), 'stateMachine', ...parts.slice(6, 7)].join(':'),
    );
    if (parts.length !== 8 || parts[5] !== 'execution' || !machine) throw executionMissing(executionArn);
    return { machine, name: parts[7] ?? '' };
  }

  summary(executionArn: string): ExecutionSummary {
    const { machine, name } = this.locate(executionArn);
    const summary = machine.store.summary(name);
    if (!summary) throw executionMissing(executionArn);
    return summary;
  }

  /**
   * Starts an execution. A name that runs already with the same input yields that execution again.
   * @throws AwsError `ExecutionAlreadyExists` for a name with another input or an ended execution
   */
  start(machine: StateMachine, name: string, input: Json): { executionArn: string; startedAt: number } {
    const executionArn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const known = machine.store.summary(name);
    if (known) {
      const same = isDeepStrictEqual(this.#running.get(executionArn)?.identity.input, input);
      if (known.status === 'RUNNING' && same) return { executionArn, startedAt: known.startedAt };
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
    }
    const startedAt = this.engineParts.clock.now().getTime();
    machine.store.clearExecution(name);
    const execution = this.#execution(machine, machine.definition, {
      name,
      input,
      startedAt,
      roleArn: machine.roleArn,
      redriveCount: 0,
    });
    execution.begin(machine.definitionDigest);
    machine.store.keepSummary({ name, status: 'RUNNING', startedAt, redriveCount: 0 });
    this.#run(machine, execution, undefined);
    this.events.publish(statusChangeEvent(execution.identity, machine.arn));
    return { executionArn, startedAt };
  }

  /** Ends an execution; one that has ended stays as it is. */
  async stop(executionArn: string, error: string | undefined, cause: string | undefined): Promise<number> {
    const summary = this.summary(executionArn);
    const execution = this.#running.get(executionArn);
    if (!execution) return summary.stoppedAt ?? summary.startedAt;
    await execution.interrupt({
      kind: 'stopped',
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    });
    return this.summary(executionArn).stoppedAt ?? summary.startedAt;
  }

  /** Why an execution cannot be redriven, or undefined. */
  redriveRefusal(summary: ExecutionSummary): string | undefined {
    if (summary.status === 'RUNNING' || summary.status === 'SUCCEEDED') {
      return `Execution is ${summary.status} and cannot be redriven`;
    }
    const age = this.engineParts.clock.now().getTime() - (summary.stoppedAt ?? 0);
    return age > redrivableMilliseconds ? 'Execution has exceeded the redrivable period' : undefined;
  }

  /**
   * Goes on with an unsuccessful execution from the state that did not succeed.
   * @throws AwsError `ExecutionNotRedrivable`
   */
  redrive(executionArn: string): number {
    const { machine, name } = this.locate(executionArn);
    const summary = this.summary(executionArn);
    const refusal = this.redriveRefusal(summary);
    if (refusal !== undefined) throw new AwsError('ExecutionNotRedrivable', refusal);
    const at = this.engineParts.clock.now().getTime();
    const redriveCount = summary.redriveCount + 1;
    const { execution } = this.#reopen(machine, name, redriveCount);
    execution.redrive(at);
    machine.store.keepSummary({ name, status: 'RUNNING', startedAt: summary.startedAt, redriveCount });
    this.#run(machine, execution, this.#read(machine, name));
    this.events.publish(statusChangeEvent(execution.identity, machine.arn));
    return at;
  }

  /**
   * Goes on with the executions that the end of the process broke off. To be called once, when functions and gateway
   * are ready and before anything else can answer a task token.
   */
  resume(): number {
    let resumed = 0;
    for (const machine of this.#machines.values()) {
      for (const summary of machine.store.summaries()) {
        const arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${summary.name}`;
        if (summary.status !== 'RUNNING' || this.#running.has(arn)) continue;
        const state = this.#read(machine, summary.name);
        if (state.end) {
          machine.store.keepSummary({
            ...summary,
            status: state.end.status,
            stoppedAt: state.end.at,
            counts: state.end.counts,
          });
          continue;
        }
        const { execution } = this.#reopen(machine, summary.name, summary.redriveCount);
        this.#run(machine, execution, state);
        resumed += 1;
      }
    }
    return resumed;
  }

  /** Input and end of an execution. */
  details(executionArn: string): { readonly input: Json; readonly end?: Omit<ExecutionEnd, 'stoppedAt'> } {
    const running = this.#running.get(executionArn);
    if (running) return { input: running.identity.input };
    const { machine, name } = this.locate(executionArn);
    const { start, end } = this.#read(machine, name);
    if (!end) return { input: start.input };
    const { kind: _kind, at: _at, status, ...rest } = end;
    return { input: start.input, end: { ...rest, status: status as ExecutionEnd['status'] } };
  }

  /**
   * Brings the answer of a task token to its task.
   * @throws AwsError `TaskTimedOut`, `TaskDoesNotExist`
   */
  answer(token: string, outcome: Outcome): void {
    this.#waiter(token).answer(outcome);
  }

  heartbeat(token: string): void {
    this.#waiter(token).heartbeat();
  }

  /** What the executions of all machines used, ended ones only, by ARN. */
  executionCounts(): { readonly executionArn: string; readonly counts: ExecutionCounts }[] {
    return [...this.#machines.values()].flatMap(({ arn, store }) =>
      store
        .summaries()
        .flatMap(({ name, counts }) =>
          counts ? [{ executionArn: `${arn.replace(':stateMachine:', ':execution:')}:${name}`, counts }] : [],
        ),
    );
  }

  /** Resolves when an execution of this process has ended. */
  async ended(executionArn: string): Promise<void> {
    await this.#running.get(executionArn)?.done;
  }

  /** Leaves the executions under way where they are; they go on at the next start. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#running.values()].map((execution) => execution.interrupt({ kind: 'suspended' })),
    );
    for (const { store } of this.#machines.values()) store.close();
  }

  #waiter(token: string) {
    const { executionArn } = this.tokens.ownerOf(token);
    try {
      this.summary(executionArn);
    } catch {
      throw new AwsError('TaskDoesNotExist', 'Task does not exist');
    }
    return this.tokens.waiterOf(token);
  }

  #read(machine: StateMachine, name: string) {
    const state = replayJournal(machine.store.readJournal(name));
    if (!state) throw new Error(`The journal of an execution of ${machine.name} has no beginning`);
    return state;
  }

  #reopen(machine: StateMachine, name: string, redriveCount: number) {
    const { start } = this.#read(machine, name);
    const definition =
      start.definition === machine.definitionDigest
        ? machine.definition
        : readDefinition(machine.store.definition(start.definition), this.resources);
    const execution = this.#execution(machine, definition, {
      name,
      input: start.input,
      startedAt: start.at,
      roleArn: start.roleArn,
      redriveCount,
    });
    return { execution };
  }

  #execution(
    machine: StateMachine,
    definition: StateMachineDefinition,
    parts: Omit<ExecutionIdentity, 'arn' | 'machine'>,
  ): Execution {
    const identity: ExecutionIdentity = {
      ...parts,
      arn: `${machine.arn.replace(':stateMachine:', ':execution:')}:${parts.name}`,
      machine: { arn: machine.arn, name: machine.name },
    };
    return new Execution(identity, definition, { ...this.engineParts, tokens: this.tokens }, machine.store);
  }

  #run(machine: StateMachine, execution: Execution, record: ReturnType<typeof replayJournal>): void {
    const { identity } = execution;
    this.#running.set(identity.arn, execution);
    execution.run(record, (end) => {
      this.#running.delete(identity.arn);
      machine.store.keepSummary({
        name: identity.name,
        status: end.status,
        startedAt: identity.startedAt,
        stoppedAt: end.stoppedAt,
        redriveCount: identity.redriveCount,
        counts: end.counts,
      });
      this.events.publish(statusChangeEvent(identity, machine.arn, end));
    });
  }
}

function executionMissing(arn: string): AwsError {
  return new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
}

/** The key that signs task tokens, made at the first start. */
function tokenKey(folder: string): Buffer {
  const path = join(folder, 'task-token.key');
  try {
    return readFileSync(path);
  } catch {
    const key = randomBytes(32);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, key, { mode: 0o600 });
    return key;
  }
}
