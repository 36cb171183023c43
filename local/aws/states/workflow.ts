import type { Clock, ObjectStorage, RoleSessions } from '../service';
import type { AppendFile } from './append-file';
import type { State } from './definition-schema';
import type { History } from './history';
import type { Integration } from './integration';
import { childStep, type FrameRecord, type JournalLine } from './journal';
import type { EvaluationScope, TemplateEvaluator } from './jsonata-template';
import type { Json } from './payload-limits';
import { withinPayloadLimit } from './payload-limits';
import type { TaskTokens } from './task-tokens';
import type { Timer } from './timer';

/** What running a workflow needs from outside. */
export interface Engine {
  readonly evaluator: TemplateEvaluator;
  /** By `Resource` without `.waitForTaskToken`. */
  readonly integrations: ReadonlyMap<string, Integration>;
  readonly objects: ObjectStorage;
  readonly roles: RoleSessions;
  readonly tokens: TaskTokens;
  readonly timer: Timer;
  readonly clock: Clock;
  /** Yields numbers in [0, 1). */
  readonly random: () => number;
  readonly region: string;
}

/** Counts of a run, growing. */
export interface RunningCounts {
  stateTransitions: number;
  expressTransitions: number;
  functionCalls: number;
  mapItems: number;
}

/** One run of a state machine: an execution, or a child workflow of a Distributed Map. */
export interface Workflow {
  readonly engine: Engine;
  readonly arn: string;
  readonly name: string;
  readonly input: Json;
  readonly startedAt: number;
  readonly roleArn: string;
  readonly machine: { readonly arn: string; readonly name: string };
  readonly redriveCount: number;
  readonly history: History;
  /** None in Express child workflows, which run again as a whole. */
  readonly journal: AppendFile<JournalLine> | undefined;
  readonly signal: AbortSignal;
  readonly counts: RunningCounts;
  /** Execution that task tokens belong to. */
  readonly tokenOwnerArn: string;
  /** Path of a file for the history of a child workflow with its own history. */
  childHistoryPath(mapRunId: string, name: string): string;
}

/** A state that has been entered. */
export type Checkpoint = Extract<JournalLine, { kind: 'enter' }>;

/** A run of states one after the other: a workflow, an iteration, a branch. */
export class Frame {
  variables: Readonly<Record<string, Json>>;
  lastEvent: number;
  #count = 0;
  #record: FrameRecord | undefined;

  /**
   * @param path see `JournalLine`
   * @param mapItem `$states.context.Map.Item` of an inline iteration
   * @param record where the frame stood when the process ended
   */
  constructor(
    readonly workflow: Workflow,
    readonly path: string,
    start: {
      readonly variables: Readonly<Record<string, Json>>;
      readonly event: number;
      readonly mapItem?: Json;
      readonly record?: FrameRecord | undefined;
      /** Ends the frame alone, where its siblings go on; without it the workflow's. */
      readonly signal?: AbortSignal;
    },
  ) {
    this.signal = start.signal ?? workflow.signal;
    this.variables = start.variables;
    this.lastEvent = start.event;
    this.mapItem = start.mapItem;
    this.#record = start.record;
  }

  readonly signal: AbortSignal;
  private readonly mapItem: Json | undefined;

  /** The state that the frame was in when the process ended. */
  resume(): Checkpoint | undefined {
    const checkpoint = this.#record?.checkpoint;
    if (!checkpoint) return undefined;
    this.#count = checkpoint.count;
    this.variables = checkpoint.variables;
    this.lastEvent = checkpoint.event;
    return checkpoint;
  }

  /** What is known of the attempt that the process's end broke off; nothing from the next attempt on. */
  get record(): FrameRecord | undefined {
    return this.#record;
  }

  forgetRecord(): void {
    this.#record = undefined;
  }

  /** Enters a state: an event, a line in the journal. */
  enter(name: string, state: State, input: Json): Checkpoint {
    this.#record = undefined;
    this.#count += 1;
    const text = withinPayloadLimit(input, `input of the state '${name}'`);
    this.note(`${state.Type}StateEntered`, {
      stateEnteredEventDetails: { name, input: text, inputDetails: { truncated: false } },
    });
    const checkpoint: Checkpoint = {
      kind: 'enter',
      path: this.path,
      count: this.#count,
      state: name,
      input,
      variables: this.variables,
      at: this.workflow.engine.clock.now().getTime(),
      event: this.lastEvent,
    };
    this.workflow.counts.stateTransitions += 1;
    this.workflow.journal?.append(checkpoint);
    return checkpoint;
  }

  /** Leaves a state. */
  exit(name: string, state: State, output: Json): void {
    const text = withinPayloadLimit(output, `output of the state '${name}'`);
    this.note(`${state.Type}StateExited`, {
      stateExitedEventDetails: { name, output: text, outputDetails: { truncated: false } },
    });
  }

  /** Adds an event to the history, after the frame's last one. */
  note(type: string, details?: Readonly<Record<string, Json>>): void {
    this.lastEvent = this.workflow.history.record(type, this.lastEvent, details);
  }

  /** The frame of an iteration or branch of the state that the frame is in. */
  child(index: number, start: { readonly mapItem?: Json; readonly signal: AbortSignal }): Frame {
    const step = childStep(this.#count, index);
    return new Frame(this.workflow, `${this.path}/${step}`, {
      variables: this.variables,
      signal: start.signal,
      ...withItem(start.mapItem ?? this.mapItem),
      event: this.lastEvent,
      record: this.#record?.children.get(step),
    });
  }

  /** Path and record for the child workflow of an item. */
  childWorkflow(index: number): { readonly path: string; readonly record: FrameRecord | undefined } {
    const step = childStep(this.#count, index);
    return { path: `${this.path}/${step}`, record: this.#record?.children.get(step) };
  }

  /** What expressions of a state see. */
  scope(checkpoint: Checkpoint, retryCount: number): EvaluationScope {
    const { workflow } = this;
    const context = {
      Execution: {
        Id: workflow.arn,
        Input: workflow.input,
        Name: workflow.name,
        RoleArn: workflow.roleArn,
        StartTime: new Date(workflow.startedAt).toISOString(),
        RedriveCount: workflow.redriveCount,
      },
      StateMachine: { Id: workflow.machine.arn, Name: workflow.machine.name },
      State: {
        Name: checkpoint.state,
        EnteredTime: new Date(checkpoint.at).toISOString(),
        RetryCount: retryCount,
      },
      ...(this.mapItem === undefined ? {} : { Map: { Item: this.mapItem } }),
    };
    return { states: { input: checkpoint.input, context }, variables: this.variables };
  }
}

function withItem(mapItem: Json | undefined): { mapItem?: Json } {
  return mapItem === undefined ? {} : { mapItem };
}
