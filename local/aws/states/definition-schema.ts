import { z } from 'zod';
import type { Json } from './payload-limits';

/**
 * Amazon States Language with the query language JSONata, as far as the embedded platform runs it. Every object is
 * strict, so that a field that is not known here (or belongs to JSONPath) is refused by name and not skipped.
 */

const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;
const expression = z.string().regex(/^\{%[\s\S]*%\}$/, 'a JSONata expression between {% and %}');
const stateName = z.string().min(1).max(80);
const variables = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable name'), json);
const queryLanguage = z.literal('JSONata');
const seconds = (least: number) => z.union([z.number().int().min(least).max(99_999_999), expression]);

/** Retry with AWS's defaults filled in. */
const retrier = z.strictObject({
  ErrorEquals: z.array(z.string()).min(1),
  IntervalSeconds: z.number().int().min(1).max(99_999_999).default(1),
  MaxAttempts: z.number().int().min(0).max(99_999_999).default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: z.number().int().min(1).max(31_622_400).optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).default('NONE'),
  Comment: z.string().optional(),
});

const catcher = z.strictObject({
  ErrorEquals: z.array(z.string()).min(1),
  Next: stateName,
  Output: json.optional(),
  Assign: variables.optional(),
  Comment: z.string().optional(),
});

const common = {
  Comment: z.string().optional(),
  QueryLanguage: queryLanguage.optional(),
};
const going = { Next: stateName.optional(), End: z.literal(true).optional() };
const yielding = { Output: json.optional(), Assign: variables.optional() };
const failing = { Retry: z.array(retrier).default([]), Catch: z.array(catcher).default([]) };

/** States that run one after the other: a machine, a branch of Parallel, the processor of a Map. */
export interface Branch {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const state: z.ZodType<State> = z.lazy(() => states) as z.ZodType<State>;
const branchFields = {
  Comment: z.string().optional(),
  QueryLanguage: queryLanguage.optional(),
  StartAt: stateName,
  States: z.record(stateName, state),
};
const branch: z.ZodType<Branch> = z.strictObject(branchFields);

const task = z.strictObject({
  Type: z.literal('Task'),
  ...common,
  ...going,
  ...yielding,
  ...failing,
  Resource: z.string().min(1),
  Arguments: json.optional(),
  TimeoutSeconds: seconds(1).optional(),
  HeartbeatSeconds: seconds(1).optional(),
});

const pass = z.strictObject({ Type: z.literal('Pass'), ...common, ...going, ...yielding });

const choice = z.strictObject({
  Type: z.literal('Choice'),
  ...common,
  ...yielding,
  Choices: z
    .array(
      z.strictObject({
        Condition: z.union([expression, z.boolean()]),
        Next: stateName,
        Output: json.optional(),
        Assign: variables.optional(),
        Comment: z.string().optional(),
      }),
    )
    .min(1),
  Default: stateName.optional(),
});

const wait = z.strictObject({
  Type: z.literal('Wait'),
  ...common,
  ...going,
  ...yielding,
  Seconds: seconds(0).optional(),
  Timestamp: z.string().optional(),
});

const succeed = z.strictObject({ Type: z.literal('Succeed'), ...common, Output: json.optional() });

const fail = z.strictObject({
  Type: z.literal('Fail'),
  ...common,
  Error: z.string().optional(),
  Cause: z.string().optional(),
});

const parallel = z.strictObject({
  Type: z.literal('Parallel'),
  ...common,
  ...going,
  ...yielding,
  ...failing,
  Arguments: json.optional(),
  Branches: z.array(z.lazy(() => branch)).min(1),
});

const itemReader = z.strictObject({
  Resource: z.string(),
  ReaderConfig: z
    .strictObject({
      InputType: z.enum(['JSON', 'JSONL']).default('JSON'),
      MaxItems: z.union([z.number().int().min(1), expression]).optional(),
    })
    .default({ InputType: 'JSON' }),
  Arguments: z.union([expression, z.strictObject({ Bucket: z.string(), Key: z.string() })]),
});

const resultWriter = z.strictObject({
  Resource: z.string().optional(),
  Arguments: z
    .union([expression, z.strictObject({ Bucket: z.string(), Prefix: z.string().default('') })])
    .optional(),
  WriterConfig: z
    .strictObject({
      Transformation: z.enum(['NONE', 'COMPACT', 'FLATTEN']).default('NONE'),
      OutputType: z.enum(['JSON', 'JSONL']).default('JSON'),
    })
    .optional(),
});

const count = z.union([z.number().int().min(0), expression]);

const map = z.strictObject({
  Type: z.literal('Map'),
  ...common,
  ...going,
  ...yielding,
  ...failing,
  Items: z.union([z.array(json), expression]).optional(),
  ItemReader: itemReader.optional(),
  ItemSelector: json.optional(),
  ItemBatcher: z
    .strictObject({
      MaxItemsPerBatch: z.union([z.number().int().min(1), expression]).optional(),
      MaxInputBytesPerBatch: z.union([z.number().int().min(1).max(262_144), expression]).optional(),
      BatchInput: json.optional(),
    })
    .optional(),
  MaxConcurrency: count.optional(),
  ToleratedFailurePercentage: z.union([z.number().min(0).max(100), expression]).optional(),
  ToleratedFailureCount: count.optional(),
  ResultWriter: resultWriter.optional(),
  Label: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/)
    .optional(),
  ItemProcessor: z.strictObject({
    ProcessorConfig: z
      .strictObject({
        Mode: z.enum(['INLINE', 'DISTRIBUTED']).default('INLINE'),
        ExecutionType: z.enum(['STANDARD', 'EXPRESS']).optional(),
      })
      .default({ Mode: 'INLINE' }),
    ...branchFields,
  }),
});

const states = z.discriminatedUnion('Type', [task, pass, choice, wait, succeed, fail, parallel, map]);

/** A whole state machine. */
export const stateMachineDefinition = z.strictObject({
  ...branchFields,
  Version: z.literal('1.0').optional(),
  TimeoutSeconds: z.number().int().min(1).max(99_999_999).optional(),
});

export type StateMachineDefinition = z.infer<typeof stateMachineDefinition>;
export type TaskState = z.infer<typeof task>;
export type PassState = z.infer<typeof pass>;
export type ChoiceState = z.infer<typeof choice>;
export type WaitState = z.infer<typeof wait>;
export type SucceedState = z.infer<typeof succeed>;
export type FailState = z.infer<typeof fail>;
export interface ParallelState extends z.infer<typeof parallel> {}
export interface MapState extends z.infer<typeof map> {}
export type State =
  | TaskState
  | PassState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;
export type Retrier = z.infer<typeof retrier>;
export type Catcher = z.infer<typeof catcher>;
export type ItemReaderField = z.infer<typeof itemReader>;
export type ResultWriterField = z.infer<typeof resultWriter>;
