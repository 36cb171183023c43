import validate from 'asl-validator';
import jsonata from 'jsonata';
import type { Choice, DistributedMap, State, Task, Wait } from '../../../lib/pipeline/asl';
import { withdrawalDefinition } from '../../../lib/withdrawal/definition';
import { actionsOf, statementsOfRole, templateOf } from '../synthesized-stage';

const functionArn = (name: string) => `arn:aws:lambda:eu-west-2:111122223333:function:${name}`;
const definition = withdrawalDefinition({
  prepareWithdrawal: functionArn('prepare'),
  beginWithdrawal: functionArn('begin'),
  eraseSubmission: functionArn('erase'),
  deleteImageSets: functionArn('delete'),
  scrubLake: functionArn('scrub'),
  endWithdrawal: functionArn('end'),
  stopWithdrawal: functionArn('stop'),
  workBucket: 'work',
});
const top = definition.States;
const map = top.Erase as DistributedMap;

async function evaluate(value: unknown, states: Record<string, unknown>): Promise<unknown> {
  if (typeof value === 'string') {
    const expression = /^\{%(.*)%\}$/s.exec(value)?.[1];
    if (expression === undefined) return value;
    return JSON.parse(JSON.stringify((await jsonata(expression).evaluate({}, { states })) ?? null));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, item]) => [key, await evaluate(item, states)] as const),
  );
  return Object.fromEntries(entries);
}

const withdrawalId = 'w-01jd3000000000000000000000';
const chosen = async (name: string, input: object) => {
  const { Choices, Default } = top[name] as Choice;
  const [rule] = Choices;
  return (await evaluate(rule?.Condition, { input })) === true ? rule?.Next : Default;
};

describe('the state machine of withdrawals', () => {
  it('is valid Amazon States Language', () => {
    expect(validate(definition, { checkPaths: true, checkArn: true }).errors).toEqual([]);
  });

  it('deletes nothing before it is confirmed', async () => {
    expect(definition.StartAt).toBe('Prepare');
    expect((top.Prepare as Task).Next).toBe('Confirmed');
    expect(await chosen('Confirmed', { confirmed: false })).toBe('Prepared');
    expect(await chosen('Confirmed', { confirmed: true })).toBe('Begin');
    expect(top.Prepared?.Type).toBe('Succeed');
  });

  it('waits while a submission is under way, for as long as Begin says', async () => {
    expect(await chosen('AnySubmissionUnderWay', { underWay: 2 })).toBe('AwaitSubmissions');
    expect(await chosen('AnySubmissionUnderWay', { underWay: 0 })).toBe('AnySubmission');
    const wait = top.AwaitSubmissions as Wait;
    expect(await evaluate(wait.Seconds, { input: { waitSeconds: 40 } })).toBe(40);
    expect(wait.Next).toBe('Begin');
    const { Payload } = (await evaluate((top.Begin as Task).Arguments, {
      input: { withdrawalId, round: 3, underWay: 2 },
    })) as { Payload: unknown };
    expect(Payload).toEqual({ withdrawalId, round: 3 });
  });

  it('erases before it deletes image sets, and ends when they are gone', async () => {
    expect(await chosen('AnySubmission', { submissions: 0 })).toBe('End');
    expect(await chosen('AnySubmission', { submissions: 1 })).toBe('MarkLake');
    expect((top.MarkLake as Task).Next).toBe('Erase');
    expect(
      await evaluate((top.MarkLake as Task).Output, { input: { withdrawalId, eraseList: { key: 'k' } } }),
    ).toEqual({
      withdrawalId,
      eraseList: { key: 'k' },
    });
    expect(map.Next).toBe('DeleteImageSets');
    expect(await evaluate(map.Output, { input: { withdrawalId, eraseList: {} } })).toEqual({
      withdrawalId,
      phase: 'delete',
      position: 0,
    });
    expect(await chosen('AnyImageSet', { phase: 'delete' })).toBe('DeleteImageSets');
    expect(await chosen('AnyImageSet', { phase: 'confirm' })).toBe('DeleteImageSets');
    expect(await chosen('AnyImageSet', { phase: 'gone' })).toBe('BeginScrub');
    expect(await chosen('LakeScrubbed', { phase: 'scrub' })).toBe('ScrubLake');
    expect(await chosen('LakeScrubbed', { phase: 'done' })).toBe('End');
    expect((top.End as Task).End).toBe(true);
  });

  it('100,000 image sets at the default rate fit the history of one execution', () => {
    const secondsAnIteration = 840 - 120;
    const iterations = 100_000 / (0.25 * secondsAnIteration) + 100_000 / (20 * secondsAnIteration);
    // five events of a task and two of a choice
    expect(iterations * 7).toBeLessThan(25_000 / 5);
  });

  const steps = Object.entries(top).filter(
    (entry): entry is [string, Task | DistributedMap] =>
      (entry[1].Type === 'Task' || entry[1].Type === 'Map') && entry[0] !== 'RecordStop',
  );

  it.each(steps)(
    '%s hands what is left to RecordStop: withdrawal, step and name of the error',
    async (name, step) => {
      const last = step.Catch?.at(-1);
      expect(last).toMatchObject({ ErrorEquals: ['States.ALL'], Next: 'RecordStop' });
      const output = await evaluate(last?.Output, {
        input: { withdrawalId, counts: {} },
        errorOutput: { Error: 'Lambda.Unknown', Cause: 'a name' },
      });
      expect(output).toEqual({ withdrawalId, step: name, error: 'Lambda.Unknown' });
    },
  );

  it('every call of a function is retried, with full jitter, and has a time limit', () => {
    const all: State[] = [...Object.values(top), ...Object.values(map.ItemProcessor.States)];
    for (const task of all.filter((state): state is Task => state.Type === 'Task')) {
      expect(task.TimeoutSeconds).toBeGreaterThan(0);
      expect(task.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals)).toEqual(
        expect.arrayContaining(['Lambda.TooManyRequestsException']),
      );
      for (const { JitterStrategy } of task.Retry ?? []) expect(JitterStrategy).toBe('FULL');
    }
  });

  it('is traced, under a customer key, and logs no execution data', () => {
    templateOf('withdrawal').hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineType: 'STANDARD',
      EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY' },
      LoggingConfiguration: { IncludeExecutionData: false },
    });
  });

  it.each(['erasesubmission', 'endwithdrawal'])('%s deletes files as sent and reads none', (role) => {
    const landing = statementsOfRole('withdrawal', `Functions${role}`).filter(({ Resource }) =>
      /-landing-|QuarantineBucket/.test(JSON.stringify(Resource)),
    );
    expect(actionsOf(landing)).toContain('s3:DeleteObjectVersion');
    expect(actionsOf(landing).filter((action) => /GetObject|PutObject/.test(action))).toEqual([]);
  });
});
