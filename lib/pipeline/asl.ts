/** The part of Amazon States Language (JSONata) that the pipeline uses. */

/** A JSONata expression between `{%` and `%}`, or a literal. */
export type Jsonata = string;

export interface Retry {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: 'FULL';
}

export interface Catch {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Output?: unknown;
}

interface Transition {
  readonly Comment?: string;
  readonly Next?: string;
  readonly End?: true;
  readonly Output?: unknown;
}

export interface Task extends Transition {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Arguments: Readonly<Record<string, unknown>>;
  /** A number, or an expression that yields one. */
  readonly TimeoutSeconds?: number | string;
  readonly Retry?: readonly Retry[];
  readonly Catch?: readonly Catch[];
}

export interface Choice {
  readonly Type: 'Choice';
  readonly Comment?: string;
  readonly Choices: readonly { readonly Condition: Jsonata; readonly Next: string }[];
  readonly Default: string;
}

export interface Wait {
  readonly Type: 'Wait';
  readonly Comment?: string;
  readonly Seconds: number | Jsonata;
  readonly Next: string;
}

export interface Pass extends Transition {
  readonly Type: 'Pass';
}

export interface Succeed {
  readonly Type: 'Succeed';
  readonly Comment?: string;
}

export interface Fail {
  readonly Type: 'Fail';
  readonly Comment?: string;
  readonly Error: Jsonata;
  readonly Cause: Jsonata;
}

interface MapState extends Transition {
  readonly Type: 'Map';
  readonly MaxConcurrency: number;
  readonly Retry?: readonly Retry[];
  readonly Catch?: readonly Catch[];
}

export interface InlineMap extends MapState {
  readonly Items: Jsonata;
  readonly ItemSelector?: Readonly<Record<string, unknown>>;
  readonly ItemProcessor: { readonly ProcessorConfig: { readonly Mode: 'INLINE' } } & States;
}

export interface DistributedMap extends MapState {
  /** Part of the ARN of each run. */
  readonly Label: string;
  readonly ItemReader: {
    readonly Resource: string;
    readonly ReaderConfig: { readonly InputType: 'JSON' };
    readonly Arguments: { readonly Bucket: Jsonata; readonly Key: Jsonata };
  };
  readonly ItemProcessor: {
    readonly ProcessorConfig: {
      readonly Mode: 'DISTRIBUTED';
      readonly ExecutionType: 'EXPRESS' | 'STANDARD';
    };
  } & States;
  readonly ResultWriter: {
    readonly Resource: string;
    readonly Arguments: { readonly Bucket: Jsonata; readonly Prefix: Jsonata };
  };
}

export type State = Task | Choice | Wait | Pass | Succeed | Fail | InlineMap | DistributedMap;

export interface States {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface Definition extends States {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
}
