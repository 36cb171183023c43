import fc from 'fast-check';
import { AwsError } from '../../../../local/aws/service';
import type { Retrier } from '../../../../local/aws/states/definition-schema';
import { decideRetry } from '../../../../local/aws/states/retry';
import { errorMatches, StateError } from '../../../../local/aws/states/state-error';
import { functionArn, invoke, MachineRoom, sequence } from './machine-room';

let room: MachineRoom;
beforeEach(() => {
  room = new MachineRoom();
});
afterEach(() => room.close());

class Flaky extends Error {
  override name = 'Flaky';
}

const executionArn = 'arn:aws:states:eu-west-2:111122223333:execution:pipeline:one';

describe('Retry', () => {
  it('tries again with growing delays, then gives up with the last error', async () => {
    room.handlers = {
      work: () => {
        throw new Flaky('broken');
      },
    };
    const end = await room.run(
      sequence({
        T: invoke('work', {
          Retry: [
            {
              ErrorEquals: ['Flaky'],
              IntervalSeconds: 2,
              MaxAttempts: 3,
              BackoffRate: 3,
              MaxDelaySeconds: 10,
            },
          ],
        }),
      }),
    );
    expect(end).toEqual({
      status: 'FAILED',
      error: 'Flaky',
      cause: JSON.stringify({ errorType: 'Flaky', errorMessage: 'broken' }),
    });
    expect(room.slept).toEqual([2000, 6000, 10_000]);
    expect(room.calls).toHaveLength(4);
  });

  it('counts every retrier by itself and shows the count in the context', async () => {
    room.handlers = {
      work: (payload: { retry: number }, attempt) => {
        if (attempt === 1) throw new Flaky('x');
        if (attempt === 2) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
        return payload.retry;
      },
    };
    const end = await room.run(
      sequence({
        T: invoke('work', {
          Arguments: {
            FunctionName: functionArn('work'),
            Payload: { retry: '{% $states.context.State.RetryCount %}' },
          },
          Retry: [
            { ErrorEquals: ['Flaky'], MaxAttempts: 1, IntervalSeconds: 4, JitterStrategy: 'FULL' },
            { ErrorEquals: ['Lambda.TooManyRequestsException'], MaxAttempts: 1 },
          ],
        }),
      }),
    );
    expect(end).toEqual({ status: 'SUCCEEDED', output: 2 });
    expect(room.slept).toEqual([2000, 1000]);
  });

  it('never waits longer than MaxDelaySeconds nor tries more often than MaxAttempts', () => {
    const retriers = fc.record({
      IntervalSeconds: fc.integer({ min: 1, max: 100 }),
      MaxAttempts: fc.integer({ min: 0, max: 20 }),
      BackoffRate: fc.double({ min: 1, max: 5, noNaN: true }),
      MaxDelaySeconds: fc.integer({ min: 1, max: 1000 }),
      JitterStrategy: fc.constantFrom('FULL' as const, 'NONE' as const),
    });
    fc.assert(
      fc.property(retriers, fc.double({ min: 0, max: 0.999, noNaN: true }), (fields, random) => {
        const retrier: Retrier = { ...fields, ErrorEquals: ['States.ALL'] };
        let retries: readonly number[] = [];
        let attempts = 0;
        for (;;) {
          const decision = decideRetry([retrier], retries, new StateError('E', ''), () => random);
          if (decision.kind === 'give-up') break;
          expect(decision.delaySeconds).toBeLessThanOrEqual(fields.MaxDelaySeconds);
          retries = decision.retries;
          attempts += 1;
        }
        expect(attempts).toBe(fields.MaxAttempts);
      }),
    );
  });
});

describe('Catch', () => {
  it('goes on elsewhere with error and cause, outputs and variables', async () => {
    room.handlers = {
      work: () => {
        throw new Flaky('broken');
      },
    };
    const definition = {
      QueryLanguage: 'JSONata',
      StartAt: 'T',
      States: {
        T: {
          ...invoke('work'),
          Next: 'Never',
          Catch: [
            { ErrorEquals: ['Other'], Next: 'Never' },
            {
              ErrorEquals: ['States.ALL'],
              Next: 'Recover',
              Assign: { error: '{% $states.errorOutput.Error %}' },
              Output: { id: '{% $states.input.id %}' },
            },
          ],
        },
        Never: { Type: 'Fail', Error: 'Never' },
        Recover: { Type: 'Pass', Output: { id: '{% $states.input.id %}', error: '{% $error %}' }, End: true },
      },
    };
    expect(await room.run(definition, { id: 7 })).toEqual({
      status: 'SUCCEEDED',
      output: { id: 7, error: 'Flaky' },
    });
  });

  it('catches what an iteration and a branch threw, after the others were ended', async () => {
    room.handlers = {
      work: async (payload: number) => {
        if (payload === 2) throw new Flaky('two');
        await new Promise(() => undefined);
      },
    };
    const end = await room.run({
      QueryLanguage: 'JSONata',
      StartAt: 'M',
      States: {
        M: {
          Type: 'Map',
          Items: [1, 2, 3],
          ItemProcessor: sequence({ W: invoke('work') }),
          Catch: [{ ErrorEquals: ['Flaky'], Next: 'Done', Output: '{% $states.errorOutput.Error %}' }],
          End: true,
        },
        Done: { Type: 'Succeed' },
      },
    });
    expect(end).toEqual({ status: 'SUCCEEDED', output: 'Flaky' });
    const history = await room.history(executionArn);
    expect(history.filter((type) => type === 'MapIterationAborted')).toHaveLength(2);
    expect(history).toContain('MapIterationFailed');
  });

  it('leaves States.Runtime alone and takes States.DataLimitExceeded by its name only', () => {
    expect(errorMatches(['States.ALL'], 'States.Runtime')).toBe(false);
    expect(errorMatches(['States.Runtime'], 'States.Runtime')).toBe(false);
    expect(errorMatches(['States.ALL'], 'States.DataLimitExceeded')).toBe(false);
    expect(errorMatches(['States.DataLimitExceeded'], 'States.DataLimitExceeded')).toBe(true);
    expect(errorMatches(['States.TaskFailed'], 'States.Timeout')).toBe(false);
    expect(errorMatches(['States.TaskFailed'], 'Anything')).toBe(true);
  });
});

describe('an execution fails', () => {
  it('with States.QueryEvaluationError where an expression throws or yields nothing', async () => {
    const end = await room.run(sequence({ A: { Type: 'Pass', Output: '{% $states.input.missing %}' } }));
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(await room.history(executionArn)).toContain('EvaluationFailed');
  });

  it('with States.DataLimitExceeded where a payload passes 256 KiB', async () => {
    room.handlers = { work: () => 'x'.repeat(262_144) };
    const end = await room.run(
      sequence({
        T: invoke('work', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }] }),
        B: { Type: 'Pass' },
      }),
    );
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  it('with States.Timeout where a task takes longer than it may', async () => {
    room.handlers = { work: () => new Promise(() => undefined) };
    const end = await room.run(sequence({ T: invoke('work', { TimeoutSeconds: 5 }) }));
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(await room.history(executionArn)).toContain('TaskTimedOut');
  });

  it('with TIMED_OUT where the whole machine takes longer than it may', async () => {
    room.handlers = { work: () => new Promise(() => undefined) };
    const end = await room.run({ ...sequence({ T: invoke('work') }), TimeoutSeconds: 60 });
    expect(end).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });

  it('when its history is full', async () => {
    const end = await room.run({
      QueryLanguage: 'JSONata',
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Next: 'B' },
        B: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'A' }], Default: 'C' },
        C: { Type: 'Succeed' },
      },
    });
    expect(end).toMatchObject({
      status: 'FAILED',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
  });

  it('with Lambda.AWSLambdaException where its role may not invoke the function', async () => {
    room.handlers = {
      work: () => {
        throw new AwsError('AccessDeniedException', 'not authorized to perform: lambda:InvokeFunction', 403);
      },
    };
    const end = await room.run(sequence({ T: invoke('work') }));
    expect(end).toMatchObject({ status: 'FAILED', error: 'Lambda.AWSLambdaException' });
  });

  it('with the prefix MedicalImaging where HealthImaging refuses', async () => {
    room.importJobs = {
      ...room.importJobs,
      startDicomImportJob: async () => {
        throw new AwsError('ThrottlingException', 'Rate exceeded', 429);
      },
    };
    const end = await room.run(
      sequence({
        T: {
          Type: 'Task',
          Resource: 'arn:aws:states:::aws-sdk:medicalimaging:startDICOMImportJob',
          Arguments: { DatastoreId: 'd', DataAccessRoleArn: 'r', InputS3Uri: 'i', OutputS3Uri: 'o' },
        },
      }),
    );
    expect(end).toMatchObject({ status: 'FAILED', error: 'MedicalImaging.ThrottlingException' });
  });
});
