import { z } from 'zod';

/** Bodies of the API of Step Functions that the embedded platform takes. */

const arn = z.string().min(1).max(256);
const token = z.string().min(1).max(2048);

/** Characters that AWS refuses in the name of an execution. */
const executionName = z
  .string()
  .min(1)
  .max(80)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what AWS refuses
  .regex(/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]+$/, 'a name without special characters');

const page = {
  maxResults: z.number().int().min(0).max(1000).default(100),
  nextToken: z.string().optional(),
};

export const requests = {
  StartExecution: z.object({
    stateMachineArn: arn,
    name: executionName.optional(),
    input: z.string().default('{}'),
    traceHeader: z.string().optional(),
  }),
  DescribeExecution: z.object({ executionArn: arn, includedData: z.string().optional() }),
  GetExecutionHistory: z.object({
    executionArn: arn,
    ...page,
    reverseOrder: z.boolean().default(false),
    includeExecutionData: z.boolean().default(true),
  }),
  ListExecutions: z.object({
    stateMachineArn: arn,
    ...page,
    statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']).optional(),
  }),
  StopExecution: z.object({
    executionArn: arn,
    error: z.string().max(256).optional(),
    cause: z.string().max(32_768).optional(),
  }),
  RedriveExecution: z.object({ executionArn: arn, clientToken: z.string().optional() }),
  SendTaskSuccess: z.object({ taskToken: token, output: z.string().max(262_144) }),
  SendTaskFailure: z.object({
    taskToken: token,
    error: z.string().max(256).optional(),
    cause: z.string().max(32_768).optional(),
  }),
  SendTaskHeartbeat: z.object({ taskToken: token }),
} as const;

export type OperationName = keyof typeof requests;
export type OperationRequest<Name extends OperationName> = z.infer<(typeof requests)[Name]>;
