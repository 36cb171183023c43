import jsonata from 'jsonata';
import type { Choice, DistributedMap, InlineMap, Retry, State, Task } from '../../../lib/pipeline/asl';
import * as policies from '../../../lib/pipeline/retry-policies';
import { synthesizedDefinition } from './synthesized-definition';

const definition = synthesizedDefinition();
const top = definition.States;
const map = top.Deidentify as DistributedMap;
const imports = top.Import as InlineMap;
const children = map.ItemProcessor.States;
const jobs = imports.ItemProcessor.States;
const containers = top.DeidentifyLarge as InlineMap;
const large = containers.ItemProcessor.States;
const tasks: [string, Task][] = [
  ...Object.entries(top),
  ...Object.entries(children),
  ...Object.entries(jobs),
  ...Object.entries(large),
].filter((entry): entry is [string, Task] => entry[1].Type === 'Task');

/** Evaluates the expressions of a value as Step Functions does. */
async function evaluate(value: unknown, states: Record<string, unknown>): Promise<unknown> {
  if (typeof value === 'string') {
    const expression = /^\{%(.*)%\}$/s.exec(value)?.[1];
    if (expression === undefined) return value;
    const result = await jsonata(expression).evaluate({}, { states });
    return JSON.parse(JSON.stringify(result ?? null));
  }
  if (Array.isArray(value)) return Promise.all(value.map((item) => evaluate(item, states)));
  if (typeof value === 'object' && value !== null) {
    const entries = await Promise.all(
      Object.entries(value).map(async ([key, item]) => [key, await evaluate(item, states)] as const),
    );
    return Object.fromEntries(entries);
  }
  return value;
}

const submissionId = 's-01jd3000000000000000000000';
const context = { Task: { Token: 'token' }, Execution: { Input: { submissionId } } };

describe('the order of the steps', () => {
  const next = (name: string) => (top[name] as { Next?: string }).Next;

  it('is Plan, Clear, Deidentify, Settle, Import, Catalogue, Demographics, Receipt', () => {
    expect(definition.StartAt).toBe('Plan');
    expect(next('Plan')).toBe('AnyBatch');
    expect(next('Clear')).toBe('AnySmallBatch');
    expect(next('Deidentify')).toBe('AnyLargeBatch');
    expect(next('DeidentifyLarge')).toBe('Settle');
    expect(next('Settle')).toBe('Import');
    expect(next('Import')).toBe('Catalogue');
    expect(next('Catalogue')).toBe('Demographics');
    expect(next('Demographics')).toBe('Receipt');
    expect((top.Receipt as Task).End).toBe(true);
  });

  it('a submission of which nothing came goes to Settle at once', async () => {
    const choice = top.AnyBatch as Choice;
    expect(choice.Default).toBe('Settle');
    expect(choice.Choices[0]?.Next).toBe('Clear');
    expect(await evaluate(choice.Choices[0]?.Condition, { input: { batches: 0 } })).toBe(false);
    expect(await evaluate(choice.Choices[0]?.Condition, { input: { batches: 3 } })).toBe(true);
  });

  it('without an answer in time nobody is cleared and the submission goes on', () => {
    const clear = top.Clear as Task;
    expect(clear.TimeoutSeconds).toBe(259_200);
    expect(clear.Catch?.[0]).toMatchObject({ ErrorEquals: ['States.Timeout'], Next: 'AnySmallBatch' });
  });
});

describe('what passes through the state', () => {
  it('each step is called with the submission’s id alone', async () => {
    for (const name of ['Plan', 'Settle', 'Catalogue', 'Demographics', 'Receipt']) {
      const { Payload } = (await evaluate((top[name] as Task).Arguments, {
        input: { submissionId, workList: { bucket: 'b', key: 'k' }, extra: 'x' },
        context,
      })) as { Payload: unknown };
      expect([name, Payload]).toEqual([name, { submissionId }]);
    }
  });

  it('Clear gets the task token and hands on what Plan found', async () => {
    const clear = top.Clear as Task;
    const input = { submissionId, workList: { bucket: 'b', key: 'k' }, batches: 1, files: 2 };
    const args = (await evaluate(clear.Arguments, { input, context })) as { Payload: unknown };
    expect(args.Payload).toEqual({ submissionId, taskToken: 'token' });
    expect(await evaluate(clear.Output, { input, context, result: { answered: true } })).toEqual(input);
    expect(await evaluate(map.ItemReader.Arguments, { input, context })).toEqual({ Bucket: 'b', Key: 'k' });
  });

  it('results of the map go beside the other results of the submission', async () => {
    const { Prefix } = (await evaluate(map.ResultWriter.Arguments, { input: { submissionId } })) as {
      Prefix: string;
    };
    expect(Prefix).toBe(`submissions/${submissionId}/map`);
  });

  it.each([0, 1, 2])('%i packs are imported as a list', async (count) => {
    const packs = Array.from({ length: count }, (_, index) => ({ pack: `p-000${index}` }));
    expect((await evaluate(imports.Items, { input: { submissionId, packs } })) ?? []).toEqual(packs);
  });

  it('a pack becomes an import job and its job is awaited, checked and reconciled by ids', async () => {
    const pack = {
      pack: 'p-0001',
      split: 'development',
      files: 3,
      datastoreId: 'd',
      inputS3Uri: 's3://i/',
      outputS3Uri: 's3://o/',
      jobName: 'j',
      clientToken: 't',
    };
    const item = await evaluate(imports.ItemSelector, {
      input: { submissionId, packs: [pack] },
      context: { ...context, Map: { Item: { Value: pack } } },
    });
    expect(item).toEqual({ submissionId, pack });
    const start = jobs.StartImport as Task;
    expect(await evaluate(start.Arguments, { input: item, context })).toEqual({
      DatastoreId: 'd',
      DataAccessRoleArn: 'arn:aws:iam::111122223333:role/ImportRole',
      InputS3Uri: 's3://i/',
      OutputS3Uri: 's3://o/',
      JobName: 'j',
      ClientToken: 't',
    });
    const job = await evaluate(start.Output, { input: item, context, result: { JobId: 'job' } });
    expect(job).toEqual({
      submissionId,
      pack: 'p-0001',
      split: 'development',
      datastoreId: 'd',
      jobId: 'job',
    });

    const wait = jobs.AwaitImport as Task;
    expect(await evaluate(wait.Arguments.Payload, { input: job, context })).toEqual({
      ...(job as object),
      taskToken: 'token',
    });
    const check = jobs.CheckImport as Task;
    const checked = await evaluate(check.Output, {
      input: job,
      result: { JobProperties: { JobStatus: 'IN_PROGRESS' } },
    });
    expect(checked).toEqual({ ...(job as object), jobStatus: 'IN_PROGRESS' });
    expect(await evaluate((jobs.ReconcileImport as Task).Arguments.Payload, { input: checked })).toEqual(job);
  });

  it.each([
    ['COMPLETED', true],
    ['FAILED', true],
    ['SUBMITTED', false],
    ['IN_PROGRESS', false],
  ])('a job that is %s has ended: %p', async (jobStatus, ended) => {
    const choice = jobs.ImportEnded as Choice;
    expect(await evaluate(choice.Choices[0]?.Condition, { input: { jobStatus } })).toBe(ended);
    expect([choice.Choices[0]?.Next, choice.Default]).toEqual(['ReconcileImport', 'AwaitImport']);
  });

  it('a lost event is found by asking after a quarter of an hour', () => {
    expect((jobs.AwaitImport as Task).TimeoutSeconds).toBe(900);
    expect((jobs.AwaitImport as Task).Catch).toEqual([
      expect.objectContaining({ ErrorEquals: ['States.Timeout'], Next: 'CheckImport' }),
    ]);
  });
});

describe('the map over batches', () => {
  it('is distributed with Express children, as many at once as configured, none may fail', () => {
    expect(map.ItemProcessor.ProcessorConfig).toEqual({ Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' });
    expect(map.MaxConcurrency).toBe(100);
    expect(map).not.toHaveProperty('ToleratedFailurePercentage');
  });

  it('a batch that cannot be de-identified is quarantined; one for which there was no room is not', () => {
    const [noRoom, anything] = (children.DeidentifyBatch as Task).Catch ?? [];
    expect(noRoom).toMatchObject({ Next: 'NoCapacity' });
    expect(noRoom?.ErrorEquals).toContain('Lambda.TooManyRequestsException');
    expect(anything).toMatchObject({ ErrorEquals: ['States.ALL'], Next: 'QuarantineBatch' });
    expect(children.NoCapacity?.Type).toBe('Fail');
    expect(map.Retry?.[0]?.ErrorEquals).toEqual(['States.ExceedToleratedFailureThreshold']);
  });

  it('a batch whose function died or was throttled is tried again before its files are quarantined; one that took all of its time is not', () => {
    const retriers = (children.DeidentifyBatch as Task).Retry ?? [];
    const attempts = (error: string) =>
      retriers.find(
        ({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes('States.TaskFailed'),
      )?.MaxAttempts;
    expect(attempts('Runtime.ExitError')).toBe(4);
    expect(attempts('SlowDown')).toBe(4);
    expect(attempts('Sandbox.Timedout')).toBe(0);
  });

  it.each([
    ['at once', 0, 215],
    ['after a minute', 60, 175],
    ['after all but the quarantine', 240, 1],
  ])(
    'an attempt at a batch that begins %s has what is left of the five minutes',
    async (_when, passed, seconds) => {
      const now = new Date('2026-11-23T12:00:00Z');
      const EnteredTime = new Date(now.getTime() - passed * 1000).toISOString();
      jest.useFakeTimers({ now, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
      const limit = await evaluate((children.DeidentifyBatch as Task).TimeoutSeconds, {
        context: { State: { EnteredTime } },
      });
      jest.useRealTimers();
      expect(limit).toBe(seconds);
    },
  );

  it('work, quarantine and the pauses of both fit into the five minutes of an Express child', async () => {
    const pauses = ({ IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds }: Retry) =>
      Array.from({ length: MaxAttempts }, (_, attempt) =>
        Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds),
      ).reduce((sum, pause) => sum + pause, 0);
    const states = { context: { State: { EnteredTime: new Date().toISOString() } } };
    const work = await Promise.all(
      ['DeidentifyBatch', 'QuarantineBatch'].map(async (name) =>
        Number(await evaluate((children[name] as Task).TimeoutSeconds, states)),
      ),
    );
    // full jitter draws between nothing and the pause: half of it on average
    expect(
      work.reduce((sum, seconds) => sum + seconds, 0) + pauses(policies.batchRetry) / 2,
    ).toBeLessThanOrEqual(300);
  });
});

describe('large files', () => {
  const way = async (name: string, input: object) => {
    const choice = top[name] as Choice;
    const taken = await evaluate(choice.Choices[0]?.Condition, { input });
    return taken ? choice.Choices[0]?.Next : choice.Default;
  };

  it.each([
    [3, 0, 'Deidentify', 'Settle'],
    [3, 1, 'Deidentify', 'DeidentifyLarge'],
    [3, 3, 'DeidentifyLarge', 'DeidentifyLarge'],
    [1, 1, 'DeidentifyLarge', 'DeidentifyLarge'],
  ])(
    'of %i batches, %i with a large file: %s after Clear, %s after the map',
    async (batches, count, ...ways) => {
      const largeBatches = Array.from({ length: count }, (_, index) => `b-00000${index + 1}`);
      const input = { submissionId, workList: {}, files: 9, batches, largeBatches };
      expect(await way('AnySmallBatch', input)).toBe(ways[0]);
      const left = (await evaluate(map.Output, { input })) as object;
      expect(left).toEqual({ submissionId, largeBatches });
      expect(await way('AnyLargeBatch', left)).toBe(ways[1]);
      expect((await evaluate(containers.Items, { input })) ?? []).toEqual(largeBatches);
    },
  );

  it('each goes to a task of its own by ids alone, without an address in the internet', async () => {
    const item = await evaluate(containers.ItemSelector, {
      input: { submissionId },
      context: { Map: { Item: { Value: 'b-000007' } } },
    });
    expect(item).toEqual({ submissionId, batch: 'b-000007' });
    const task = large.DeidentifyLargeBatch as Task;
    expect(task.Resource).toBe('arn:aws:states:::ecs:runTask.sync');
    expect(await evaluate(task.Arguments, { input: item })).toMatchObject({
      LaunchType: 'FARGATE',
      TaskDefinition: 'nmip-example-deidentify-batch',
      NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } },
      Overrides: {
        ContainerOverrides: [
          {
            Environment: [
              { Name: 'SUBMISSION_ID', Value: submissionId },
              { Name: 'BATCH_ID', Value: 'b-000007' },
            ],
          },
        ],
      },
    });
    expect(await evaluate((large.QuarantineLargeBatch as Task).Arguments.Payload, { input: item })).toEqual(
      item,
    );
  });

  it.each([
    ['a program that ran and failed', '{"Containers":[],"StopCode":"EssentialContainerExited"}', true],
    ['a task that was never placed', '{"StopCode":"TaskFailedToStart"}', false],
    ['a call that was refused', 'Capacity is unavailable at this time.', false],
    ['an error without a cause', undefined, false],
  ])('of %s the file is quarantined: %p %p', async (_, Cause, quarantined) => {
    const [timeOut, others] = (large.DeidentifyLargeBatch as Task).Catch ?? [];
    expect(timeOut).toMatchObject({ ErrorEquals: ['States.Timeout'], Next: 'QuarantineLargeBatch' });
    const input = { submissionId, batch: 'b-000001' };
    const caught = await evaluate(others?.Output, { input, errorOutput: { Error: 'any', Cause } });
    expect(caught).toEqual({ ...input, ran: quarantined });
    const ran = large.LargeTaskRan as Choice;
    expect(others?.Next).toBe('LargeTaskRan');
    expect(await evaluate(ran.Choices[0]?.Condition, { input: caught })).toBe(quarantined);
    expect([ran.Choices[0]?.Next, ran.Default]).toEqual(['QuarantineLargeBatch', 'NoTask']);
    expect(large.NoTask?.Type).toBe('Fail');
  });

  it('want of capacity is waited out, longer than a failure of the program', () => {
    const [start, run] = (large.DeidentifyLargeBatch as Task).Retry ?? [];
    expect(start?.ErrorEquals).toContain('ECS.AmazonECSException');
    expect(run?.ErrorEquals).toEqual(['States.TaskFailed', 'States.Timeout']);
    expect(start?.MaxAttempts).toBeGreaterThan(run?.MaxAttempts ?? 0);
  });
});

describe('failures', () => {
  it.each(tasks.map(([name, task]) => [name, task] as const))(
    '%s retries with full jitter and a longest pause',
    (_, task) => {
      expect(task.Retry?.length).toBeGreaterThan(0);
      for (const { JitterStrategy, MaxDelaySeconds } of task.Retry ?? []) {
        expect(JitterStrategy).toBe('FULL');
        expect(MaxDelaySeconds).toBeLessThanOrEqual(900);
      }
    },
  );

  it.each(tasks.map(([name, task]) => [name, task] as const))('%s has a time limit', (_, task) => {
    const seconds = task.TimeoutSeconds;
    // an expression is evaluated above
    expect(typeof seconds === 'string' || (seconds ?? 0) > 0).toBe(true);
  });

  it('every call of a function is retried when Lambda has no room', () => {
    for (const [name, task] of tasks.filter(([, { Resource }]) => Resource.includes('lambda:invoke'))) {
      const errors = task.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals);
      expect([name, errors]).toEqual([name, expect.arrayContaining(['Lambda.TooManyRequestsException'])]);
    }
  });

  it('every call of HealthImaging is retried when it throttles, is full or not consistent yet', () => {
    const calls = tasks.filter(([, { Resource }]) => Resource.includes('medicalimaging'));
    expect(calls.map(([name]) => name)).toEqual(['StartImport', 'CheckImport']);
    for (const [, { Retry = [] }] of calls) {
      expect(Retry.flatMap(({ ErrorEquals }) => ErrorEquals)).toEqual(
        expect.arrayContaining([
          'MedicalImaging.ThrottlingException',
          'MedicalImaging.ServiceQuotaExceededException',
          'MedicalImaging.ConflictException',
        ]),
      );
    }
  });

  const steps = Object.entries(top).filter(
    (entry): entry is [string, Exclude<State, { Type: 'Choice' | 'Fail' | 'Pass' | 'Succeed' | 'Wait' }>] =>
      (entry[1].Type === 'Task' || entry[1].Type === 'Map') && entry[0] !== 'RecordFailure',
  );

  it.each(steps)(
    '%s hands what is left to RecordFailure: submission, step and name of the error',
    async (name, step) => {
      const last = step.Catch?.at(-1);
      expect(last).toMatchObject({ ErrorEquals: ['States.ALL'], Next: 'RecordFailure' });
      const output = await evaluate(last?.Output, {
        input: { submissionId, workList: {} },
        errorOutput: { Error: 'Lambda.Unknown', Cause: 'PatientName' },
      });
      expect(output).toEqual({ submissionId, step: name, error: 'Lambda.Unknown' });
    },
  );

  it('RecordFailure ends in a failed execution, also when it fails itself', () => {
    const record = top.RecordFailure as Task;
    expect(record.Next).toBe('Stopped');
    expect(record.Catch?.[0]?.Next).toBe('Stopped');
    expect(top.Stopped?.Type).toBe('Fail');
  });
});
