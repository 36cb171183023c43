import type { Choice, InlineMap, Task } from './asl';
import { lambdaRetry, stepRetry, taskRetry, taskStartRetry } from './retry-policies';

/** Where the containers of large files run; may be unresolved CDK tokens. */
export interface LargeFileReferences {
  readonly cluster: string;
  /** Family of the task definition: RunTask takes its newest revision, also for an execution that began before it. */
  readonly taskFamily: string;
  readonly container: string;
  readonly subnets: readonly string[];
  readonly securityGroup: string;
}

/**
 * Tasks of one submission at once. Each has two processors, and an account begins with six of Fargate in a Region: asking
 * for more than can run would only fill the history with retries.
 */
const TASKS_AT_ONCE = 3;

/**
 * 10 GB in and out at a tenth of what two processors are given of the network (some 100 MB/s) are 2,000 s; the start of a
 * task takes one or two minutes.
 */
const TASK_SECONDS = 3_600;

/** Code by which ECS says of a task that its program ran and ended by itself, whatever its exit code. */
const ranAndEnded = 'EssentialContainerExited';

const batch = {
  submissionId: '{% $states.input.submissionId %}',
  batch: '{% $states.input.batch %}',
} as const;

/** After Clear: whether there is anything for the Distributed Map, and after it, anything for containers. */
export const largeFileChoices: Readonly<Record<'AnySmallBatch' | 'AnyLargeBatch', Choice>> = {
  AnySmallBatch: {
    Type: 'Choice',
    Comment: 'Where all files are large there is nothing to map over.',
    Choices: [
      {
        Condition: '{% $states.input.batches > $count($states.input.largeBatches) %}',
        Next: 'Deidentify',
      },
    ],
    Default: 'DeidentifyLarge',
  },
  AnyLargeBatch: {
    Type: 'Choice',
    Choices: [{ Condition: '{% $count($states.input.largeBatches) = 0 %}', Next: 'Settle' }],
    Default: 'DeidentifyLarge',
  },
};

function runTask({
  cluster,
  taskFamily,
  container,
  subnets,
  securityGroup,
}: LargeFileReferences): Task['Arguments'] {
  return {
    Cluster: cluster,
    TaskDefinition: taskFamily,
    LaunchType: 'FARGATE',
    NetworkConfiguration: {
      AwsvpcConfiguration: { Subnets: subnets, SecurityGroups: [securityGroup], AssignPublicIp: 'DISABLED' },
    },
    Overrides: {
      ContainerOverrides: [
        {
          Name: container,
          Environment: [
            { Name: 'SUBMISSION_ID', Value: batch.submissionId },
            { Name: 'BATCH_ID', Value: batch.batch },
          ],
        },
      ],
    },
  };
}

/**
 * De-identifies each large file in a container of its own. A file that breaks its container is quarantined as the map
 * does it; a container that never came to its work says nothing about the file, and the submission stops.
 */
export function deidentifyLarge(
  references: LargeFileReferences,
  quarantineBatch: string,
  quarantineSeconds: number,
): Omit<InlineMap, 'Catch'> {
  return {
    Type: 'Map',
    Items: '{% $states.input.largeBatches %}',
    ItemSelector: {
      submissionId: '{% $states.input.submissionId %}',
      batch: '{% $states.context.Map.Item.Value %}',
    },
    MaxConcurrency: TASKS_AT_ONCE,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: 'DeidentifyLargeBatch',
      States: {
        DeidentifyLargeBatch: {
          Type: 'Task',
          Resource: 'arn:aws:states:::ecs:runTask.sync',
          Arguments: runTask(references),
          TimeoutSeconds: TASK_SECONDS,
          Retry: [taskStartRetry, taskRetry],
          Catch: [
            { ErrorEquals: ['States.Timeout'], Next: 'QuarantineLargeBatch', Output: batch },
            {
              ErrorEquals: ['States.ALL'],
              Next: 'LargeTaskRan',
              Output: { ...batch, ran: `{% $contains($states.errorOutput.Cause & '', '${ranAndEnded}') %}` },
            },
          ],
          Output: batch,
          End: true,
        },
        LargeTaskRan: {
          Type: 'Choice',
          Choices: [{ Condition: '{% $states.input.ran %}', Next: 'QuarantineLargeBatch' }],
          Default: 'NoTask',
        },
        QuarantineLargeBatch: {
          Type: 'Task',
          Comment: 'A file that breaks the engine stops no other file.',
          Resource: 'arn:aws:states:::lambda:invoke',
          Arguments: { FunctionName: quarantineBatch, Payload: batch },
          TimeoutSeconds: quarantineSeconds,
          Retry: [lambdaRetry, stepRetry],
          Output: batch,
          End: true,
        },
        NoTask: {
          Type: 'Fail',
          Comment: 'Says nothing about the file: an operator runs the submission again.',
          Error: 'NoTask',
          Cause: 'No task of ECS came to its work beyond the retries: see docs/runbook.md',
        },
      },
    },
    Output: { submissionId: '{% $states.input.submissionId %}' },
    Next: 'Settle',
  };
}
