import { z } from 'zod';
import type { RunTaskRequest, StoppedTask } from '../ecs/task-definition';
import { AwsError, type Caller } from '../service';
import type { Integration } from './integration';
import type { Json } from './payload-limits';
import { StateError } from './state-error';

/** Tasks of ECS in process. */
export interface TaskActions {
  /** RunTask and the wait for its end; the signal stops the task. */
  run(caller: Caller, request: RunTaskRequest, signal: AbortSignal): Promise<StoppedTask>;
}

const parameters = z.strictObject({
  Cluster: z.string(),
  TaskDefinition: z.string(),
  LaunchType: z.literal('FARGATE'),
  NetworkConfiguration: z.strictObject({
    AwsvpcConfiguration: z.strictObject({
      Subnets: z.array(z.string()).min(1).max(16),
      SecurityGroups: z.array(z.string()).min(1).max(5),
      AssignPublicIp: z.enum(['ENABLED', 'DISABLED']).optional(),
    }),
  }),
  Overrides: z
    .strictObject({
      ContainerOverrides: z.array(
        z.strictObject({
          Name: z.string(),
          Environment: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).default([]),
        }),
      ),
    })
    .optional(),
});

/** Error names of the API of ECS that keep their name; the rest is `ECS.AmazonECSException`. */
const namedErrors = new Set([
  'AccessDeniedException',
  'ClientException',
  'ClusterNotFoundException',
  'InvalidParameterException',
  'ServerException',
]);

/**
 * `arn:aws:states:::ecs:runTask.sync`: runs a task and waits for its end. A task that ends with another exit code than 0
 * fails with `States.TaskFailed` and its description.
 */
export function runTaskSync(tasks: TaskActions, region: string): Integration {
  return {
    resource: 'arn:aws:states:::ecs:runTask.sync',
    resourceType: 'ecs',
    action: 'runTask.sync',
    callback: false,
    callsFunction: false,
    async run(given, caller, signal) {
      const read = parameters.safeParse(given);
      if (!read.success) {
        const [issue] = read.error.issues;
        throw new StateError(
          'States.Runtime',
          `ecs:runTask: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
        );
      }
      const { Cluster, TaskDefinition, Overrides } = read.data;
      const environment = Object.fromEntries(
        (Overrides?.ContainerOverrides ?? []).map(({ Name, Environment }) => [
          Name,
          Object.fromEntries(Environment.map((variable) => [variable.Name, variable.Value])),
        ]),
      );
      const stopped = await ask(async () => {
        // Step Functions learns of the end by a rule of its own in the account
        const rule = `arn:aws:events:${region}:${caller.accountId}:rule/StepFunctionsGetEventsForECSTaskRule`;
        for (const action of ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'])
          caller.authorise(action, rule);
        return tasks.run(
          caller,
          { cluster: Cluster, taskDefinition: TaskDefinition, startedBy: 'AWS Step Functions', environment },
          signal,
        );
      });
      const description = describeTask(stopped);
      if (stopped.exitCode !== 0) throw new StateError('States.TaskFailed', JSON.stringify(description));
      return description;
    },
  };
}

async function ask(work: () => Promise<StoppedTask>): Promise<StoppedTask> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const code = error.code === 'AccessDenied' ? 'AccessDeniedException' : error.code;
    const name = namedErrors.has(code) ? code : 'AmazonECSException';
    throw new StateError(
      `ECS.${name}`,
      `${error.message} (Service: AmazonECS; Status Code: ${error.statusCode}; Error Code: ${code})`,
    );
  }
}

/** A task as Step Functions shows it, in so far as a state machine could use it. */
function describeTask(task: StoppedTask): Json {
  const { definition, taskArn, clusterArn } = task;
  return {
    ClusterArn: clusterArn,
    Containers: [
      {
        ExitCode: task.exitCode,
        Image: definition.container.image,
        LastStatus: 'STOPPED',
        Name: definition.container.name,
        TaskArn: taskArn,
        ...(task.reason === undefined ? {} : { Reason: task.reason }),
      },
    ],
    Cpu: String(definition.cpu),
    DesiredStatus: 'STOPPED',
    Group: `family:${definition.family}`,
    LastStatus: 'STOPPED',
    LaunchType: 'FARGATE',
    Memory: String(definition.memoryMegabytes),
    Overrides: {
      ContainerOverrides: [
        {
          Name: definition.container.name,
          Environment: Object.entries(task.environment).map(([Name, Value]) => ({ Name, Value })),
        },
      ],
    },
    StartedAt: task.startedAt,
    StartedBy: task.startedBy,
    StopCode: 'EssentialContainerExited',
    StoppedAt: task.stoppedAt,
    StoppedReason: 'Essential container in task exited',
    TaskArn: taskArn,
    TaskDefinitionArn: definition.arn,
  };
}
