import { setMaxListeners } from 'node:events';
import type { AppendFile } from './append-file';
import type { StateMachineDefinition } from './definition-schema';
import { HistoryFile } from './history';
import { runBranch } from './interpreter';
import type { ExecutionCounts, ExecutionStatus, FrameRecord, JournalLine } from './journal';
import type { MachineStore } from './machine-store';
import type { Json } from './payload-limits';
import { Interruption, type InterruptionReason, StateError } from './state-error';
import { type Engine, Frame, type RunningCounts, type Workflow } from './workflow';

/** How an execution ended. */
export interface ExecutionEnd {
  readonly status: Exclude<ExecutionStatus, 'RUNNING'>;
  readonly stoppedAt: number;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  readonly counts: ExecutionCounts;
}

/** What an execution is. */
export interface ExecutionIdentity {
  readonly arn: string;
  readonly name: string;
  readonly machine: { readonly arn: string; readonly name: string };
  readonly roleArn: string;
  readonly input: Json;
  readonly startedAt: number;
  readonly redriveCount: number;
}

/** What is known of an execution that goes on. */
export interface ExecutionRecord {
  readonly root: FrameRecord;
  readonly counts: ExecutionCounts;
}

/** An execution that runs in this process. */
export class Execution {
  readonly #controller = new AbortController();
  readonly #journal: AppendFile<JournalLine>;
  readonly #history: HistoryFile;
  readonly #counts: RunningCounts;
  #done: Promise<ExecutionEnd | undefined> = Promise.resolve(undefined);

  constructor(
    readonly identity: ExecutionIdentity,
    private readonly definition: StateMachineDefinition,
    private readonly engine: Engine,
    private readonly store: MachineStore,
  ) {
    setMaxListeners(0, this.#controller.signal);
    this.#journal = store.journal(identity.name);
    this.#history = new HistoryFile(store.historyPath(identity.name), () => engine.clock.now().getTime());
    this.#counts = { stateTransitions: 0, expressTransitions: 0, functionCalls: 0, mapItems: 0 };
  }

  /** Writes the first line of the journal: from here on the execution outlives the process. */
  begin(definitionDigest: string): void {
    const { input, roleArn, startedAt } = this.identity;
    this.#write({ kind: 'start', input, definition: definitionDigest, roleArn, at: startedAt });
    this.#history.record('ExecutionStarted', 0, {
      executionStartedEventDetails: {
        input: JSON.stringify(input),
        inputDetails: { truncated: false },
        roleArn,
      },
    });
  }

  /** Marks that an ended execution goes on (RedriveExecution). */
  redrive(at: number): void {
    this.#write({ kind: 'redrive', at });
    this.#history.record('ExecutionRedriven', 0, {
      executionRedrivenEventDetails: { redriveCount: this.identity.redriveCount },
    });
  }

  /**
   * Runs the states. Nothing is thrown.
   * @param ended is told before `done` resolves
   */
  run(record: ExecutionRecord | undefined, ended: (end: ExecutionEnd) => void): void {
    if (record) Object.assign(this.#counts, record.counts);
    this.#done = this.#run(record?.root).then(
      (end) => {
        if (end) ended(end);
        return end;
      },
      // Even the end could not be written (a full disk): the execution goes on at the next start.
      () => undefined,
    );
  }

  /** How it ended; undefined where the service went down first. */
  get done(): Promise<ExecutionEnd | undefined> {
    return this.#done;
  }

  /** Ends the execution from outside and waits until it has unwound. */
  async interrupt(reason: InterruptionReason): Promise<void> {
    this.#controller.abort(new Interruption(reason));
    await this.#done;
  }

  async #run(record: FrameRecord | undefined): Promise<ExecutionEnd | undefined> {
    const { engine, identity, store } = this;
    const workflow: Workflow = {
      ...identity,
      engine,
      history: this.#history,
      journal: this.#journal,
      signal: this.#controller.signal,
      counts: this.#counts,
      tokenOwnerArn: identity.arn,
      childHistoryPath: (mapRunId, child) => store.childHistoryPath(identity.name, mapRunId, child),
    };
    const frame = new Frame(workflow, '', { variables: {}, event: 1, ...(record ? { record } : {}) });
    const finished = new AbortController();
    this.#watchTimeLimit(finished.signal);
    try {
      const output = await runBranch(this.definition, frame, identity.input);
      return this.#end('SUCCEEDED', frame, { output });
    } catch (thrown) {
      if (thrown instanceof Interruption) return this.#interrupted(thrown.reason, frame);
      const { error, errorCause: cause } =
        thrown instanceof StateError ? thrown : new StateError('States.Runtime', String(thrown));
      return this.#end('FAILED', frame, { error, cause });
    } finally {
      finished.abort();
      this.#journal.close();
      this.#history.close();
    }
  }

  #watchTimeLimit(finished: AbortSignal): void {
    const limit = this.definition.TimeoutSeconds;
    if (limit === undefined) return;
    const left = this.identity.startedAt + limit * 1000 - this.engine.clock.now().getTime();
    this.engine.timer.sleep(left, finished, 'limit').then(
      () => this.#controller.abort(new Interruption({ kind: 'timed-out' })),
      () => undefined,
    );
  }

  #interrupted(reason: InterruptionReason, frame: Frame): ExecutionEnd | undefined {
    switch (reason.kind) {
      case 'suspended':
        return undefined;
      case 'timed-out':
        return this.#end('TIMED_OUT', frame, { error: 'States.Timeout', cause: '' });
      case 'stopped': {
        const { error, cause } = reason;
        return this.#end('ABORTED', frame, {
          ...(error === undefined ? {} : { error }),
          ...(cause === undefined ? {} : { cause }),
        });
      }
      case 'sibling-failed':
        return this.#end('FAILED', frame, { error: 'States.Runtime', cause: 'interrupted from within' });
    }
  }

  #end(
    status: ExecutionEnd['status'],
    frame: Frame,
    result: { readonly output?: Json; readonly error?: string; readonly cause?: string },
  ): ExecutionEnd {
    const stoppedAt = this.engine.clock.now().getTime();
    const counts = { ...this.#counts };
    const { output, ...failure } = result;
    const details = output === undefined ? failure : { output: JSON.stringify(output) };
    const type = endingEvents[status];
    frame.note(type, { [`${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`]: details });
    this.#write({ kind: 'end', status, at: stoppedAt, ...result, counts });
    return { status, stoppedAt, ...result, counts };
  }

  #write(line: JournalLine): void {
    this.#journal.append(line);
  }
}

const endingEvents: Readonly<Record<ExecutionEnd['status'], string>> = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
};
