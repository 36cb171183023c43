import type { RunTaskRequest, StoppedTask } from '../../../../local/aws/ecs/task-definition';
import { AwsError } from '../../../../local/aws/service';
import { MachineRoom, sequence } from './machine-room';

let room: MachineRoom;
let asked: RunTaskRequest[];
beforeEach(() => {
  room = new MachineRoom();
  asked = [];
});
afterEach(() => room.close());

const stopped = (exitCode: number): StoppedTask => ({
  taskArn: 'arn:aws:ecs:eu-west-2:111122223333:task/one/1',
  clusterArn: 'arn:aws:ecs:eu-west-2:111122223333:cluster/one',
  definition: {
    arn: 'arn:aws:ecs:eu-west-2:111122223333:task-definition/family:1',
    family: 'family',
    region: 'eu-west-2',
    cpu: 2048,
    memoryMegabytes: 4096,
    taskRoleArn: 'task',
    executionRoleArn: 'execution',
    container: { name: 'task', image: 'i', imageFolder: '/', command: ['index.js'], environment: {} },
  },
  environment: {},
  startedBy: 'AWS Step Functions',
  startedAt: 1,
  stoppedAt: 2,
  exitCode,
});

const runTask = (more: object = {}, change: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::ecs:runTask.sync',
  Arguments: {
    Cluster: 'one',
    TaskDefinition: 'family',
    LaunchType: 'FARGATE',
    NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['s'], SecurityGroups: ['g'] } },
    Overrides: {
      ContainerOverrides: [{ Name: 'task', Environment: [{ Name: 'ID', Value: '{% $states.input.id %}' }] }],
    },
    ...change,
  },
  ...more,
});

const retry = { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 10, MaxAttempts: 2, BackoffRate: 2 };

describe('ecs:runTask.sync', () => {
  const answer = (...answers: (() => StoppedTask | Promise<StoppedTask>)[]) => {
    room.tasks = {
      run: async (_caller, request) => {
        asked.push(request);
        return (answers[asked.length - 1] as () => Promise<StoppedTask>)();
      },
    };
  };

  it('runs a task with the variables that the state gives, and goes on at its end', async () => {
    answer(() => stopped(0));
    const output = {
      code: '{% $states.result.Containers[0].ExitCode %}',
      stop: '{% $states.result.StopCode %}',
    };
    expect(await room.run(sequence({ T: runTask({ Output: output }) }), { id: 'seven' })).toEqual({
      status: 'SUCCEEDED',
      output: { code: 0, stop: 'EssentialContainerExited' },
    });
    expect(asked).toEqual([
      {
        cluster: 'one',
        taskDefinition: 'family',
        startedBy: 'AWS Step Functions',
        environment: { task: { ID: 'seven' } },
      },
    ]);
  });

  it('is tried again where the task ended badly', async () => {
    answer(
      () => stopped(137),
      () => stopped(0),
    );
    expect((await room.run(sequence({ T: runTask({ Retry: [retry] }) }), { id: '' })).status).toBe(
      'SUCCEEDED',
    );
    expect(room.slept).toEqual([10_000]);
  });

  it('fails with the description of a task that ended badly', async () => {
    answer(() => stopped(1));
    const failed = await room.run(sequence({ T: runTask() }), { id: '' });
    expect(failed).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
    expect(JSON.parse(failed.cause as string)).toMatchObject({
      StopCode: 'EssentialContainerExited',
      Containers: [{ ExitCode: 1 }],
    });
  });

  it.each([
    ['Unavailable', 'ECS.AmazonECSException'],
    ['ClusterNotFoundException', 'ECS.ClusterNotFoundException'],
    ['AccessDenied', 'ECS.AccessDeniedException'],
  ])('names a refusal by %s as %s', async (code, error) => {
    answer(() => {
      throw new AwsError(code, 'no');
    });
    expect(await room.run(sequence({ T: runTask() }), { id: '' })).toMatchObject({ status: 'FAILED', error });
  });

  it('asks whether the role may make the rule by which Step Functions learns of the end', async () => {
    answer(() => stopped(0));
    room.denied = ['events:PutRule'];
    expect(await room.run(sequence({ T: runTask() }), { id: '' })).toMatchObject({
      error: 'ECS.AccessDeniedException',
    });
    expect(asked).toEqual([]);
  });

  it('stops the task when its time is over', async () => {
    let stoppedBySignal = false;
    room.tasks = {
      run: (_caller, _request, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            stoppedBySignal = true;
            resolve(stopped(137));
          });
        }),
    };
    const end = await room.run(sequence({ T: runTask({ TimeoutSeconds: 60 }) }), { id: '' });
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(stoppedBySignal).toBe(true);
  });

  it('refuses by name what the platform does not know', async () => {
    answer(() => stopped(0));
    const end = await room.run(sequence({ T: runTask({}, { LaunchType: 'EC2' }) }), { id: '' });
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(end.cause).toContain('LaunchType');
  });

  it('runs the task again where the process was killed while it ran', async () => {
    const definition = sequence({ T: runTask({ Output: 'done' }) });
    answer(
      () => new Promise<never>(() => undefined),
      () => stopped(0),
    );
    room.deploy(definition);
    const arn = room.begin({ id: 'seven' });
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(asked).toHaveLength(1);
    const abandoned = room.service;
    room.start();
    room.deploy(definition);
    room.service.resumeExecutions();
    await abandoned.close();
    await room.service.ended(arn);
    expect(await room.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: 'done' });
    expect(asked.map(({ environment }) => environment.task)).toEqual([{ ID: 'seven' }, { ID: 'seven' }]);
  });
});
