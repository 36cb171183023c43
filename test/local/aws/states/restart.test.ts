import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { functionArn, invoke, MachineRoom, machineArn, sequence } from './machine-room';

let room: MachineRoom;
beforeEach(() => {
  room = new MachineRoom();
});
afterEach(() => room.close());

const never = () => new Promise<never>(() => undefined);

/** Lets everything happen that can. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

/** A second service on the same folder while the first is left as a killed process leaves it. */
async function restart(definition: object): Promise<void> {
  const abandoned = room.service;
  room.start();
  room.deploy(definition);
  room.service.resumeExecutions();
  await abandoned.close();
}

async function finish(executionArn: string) {
  await room.service.ended(executionArn);
  return room.describe(executionArn);
}

describe('after the process was killed', () => {
  it('an execution goes on at its state, with its variables, and a task under way runs again', async () => {
    const definition = sequence({
      A: invoke('first', { Assign: { kept: '{% $states.result.Payload %}' } }),
      B: invoke('second', { Output: { kept: '{% $kept %}', got: '{% $states.result.Payload %}' } }),
    });
    room.handlers = { first: () => 'one', second: never };
    room.deploy(definition);
    const arn = room.begin({});
    await settle();
    room.handlers = { first: never, second: () => 'two' };
    await restart(definition);
    expect(await finish(arn)).toEqual({ status: 'SUCCEEDED', output: { kept: 'one', got: 'two' } });
    expect(room.calls.map(({ name }) => name)).toEqual(['first', 'second', 'second']);
  });

  it('keeps the definition that an execution began with', async () => {
    room.handlers = { work: never };
    room.deploy(sequence({ A: invoke('work') }));
    const arn = room.begin({});
    await settle();
    room.handlers = { work: () => 'old' };
    await restart(sequence({ Other: { Type: 'Pass', Output: 'new' } }));
    expect((await finish(arn)).output).toBe('old');
  });

  it('finished items of a Distributed Map are not run again', async () => {
    const definition = sequence({
      M: {
        Type: 'Map',
        Items: '{% $states.input %}',
        MaxConcurrency: 3,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
          ...sequence({ W: invoke('work') }),
        },
      },
    });
    room.handlers = { work: (n: number) => (n > 4 ? never() : n) };
    room.patience = 1000;
    room.deploy(definition);
    const arn = room.begin([1, 2, 3, 4, 5, 6]);
    await settle();
    room.handlers = { work: (n: number) => n };
    room.calls.length = 0;
    await restart(definition);
    expect((await finish(arn)).output).toEqual([1, 2, 3, 4, 5, 6]);
    expect(room.calls.map(({ payload }) => payload)).toEqual([5, 6]);
    const history = await room.history(arn);
    expect(history.filter((type) => type === 'MapRunStarted')).toHaveLength(1);
  });

  it('iterations of an inline Map and Standard children go on where each of them was', async () => {
    const steps = { A: invoke('first'), B: invoke('second') };
    const definition = sequence({
      Inline: {
        Type: 'Map',
        Items: [1, 2],
        ItemProcessor: sequence({
          M: {
            Type: 'Map',
            Items: '{% [$states.input] %}',
            ItemProcessor: {
              ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
              ...sequence(steps),
            },
          },
        }),
      },
    });
    room.handlers = { first: (n: number) => n + 10, second: (n: number) => (n === 11 ? n : never()) };
    room.deploy(definition);
    const arn = room.begin({});
    await settle();
    room.handlers = { second: (n: number) => n };
    room.calls.length = 0;
    await restart(definition);
    expect((await finish(arn)).output).toEqual([[11], [12]]);
    expect(room.calls).toEqual([{ name: 'second', payload: 12 }]);
  });

  it('a task token that was handed out stays valid and its function is not called again', async () => {
    const definition = sequence({
      W: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Arguments: {
          FunctionName: functionArn('ask'),
          Payload: { token: '{% $states.context.Task.Token %}' },
        },
        TimeoutSeconds: 3600,
      },
    });
    room.patience = 1000;
    room.handlers = { ask: () => null };
    room.deploy(definition);
    const arn = room.begin({});
    await settle();
    const token = room.handedOutToken();
    await restart(definition);
    await settle();
    await room.call('SendTaskSuccess', { taskToken: token, output: '{"answer":42}' });
    expect(await finish(arn)).toEqual({ status: 'SUCCEEDED', output: { answer: 42 } });
    expect(room.calls).toHaveLength(1);
  });

  it('retries stay counted', async () => {
    const definition = sequence({
      T: invoke('work', { Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2, IntervalSeconds: 100 }] }),
    });
    room.handlers = {
      work: () => {
        throw new Error('x');
      },
    };
    room.patience = 150_000;
    room.deploy(definition);
    const arn = room.begin({});
    await settle();
    expect(room.calls).toHaveLength(2);
    room.patience = Number.POSITIVE_INFINITY;
    await restart(definition);
    await finish(arn);
    expect(room.calls).toHaveLength(3);
  });

  it('a line that the kill cut off is left out', async () => {
    const definition = sequence({ A: invoke('first'), B: invoke('second') });
    room.handlers = { first: () => 1, second: never };
    room.deploy(definition);
    const arn = room.begin({});
    await settle();
    const journal = join(room.folder, 'machines/pipeline/executions/one/journal.ndjson');
    appendFileSync(journal, '{"kind":"enter","path":"","coun');
    room.handlers = { second: () => 2 };
    await restart(definition);
    expect((await finish(arn)).output).toBe(2);
    expect(readFileSync(journal, 'utf8')).not.toContain('"coun{');
  });

  it('an ended execution stays ended', async () => {
    const definition = sequence({ A: { Type: 'Pass', Output: 'x' } });
    await room.run(definition);
    await restart(definition);
    const listed = await room.call('ListExecutions', { stateMachineArn: machineArn });
    expect(listed).toMatchObject({ executions: [{ name: 'one', status: 'SUCCEEDED' }] });
    expect(readdirSync(join(room.folder, 'machines/pipeline/executions'))).toEqual(['one']);
  });
});

describe('RedriveExecution', () => {
  it('goes on from the state that failed, and from the iterations that did', async () => {
    const definition = sequence({
      A: invoke('first'),
      M: {
        Type: 'Map',
        Items: '{% $states.input %}',
        MaxConcurrency: 1,
        ItemProcessor: sequence({ W: invoke('work') }),
      },
    });
    room.handlers = {
      first: () => [1, 2, 3],
      work: (n: number) => {
        if (n === 2) throw new Error('two');
        return n;
      },
    };
    expect(await room.run(definition)).toMatchObject({ status: 'FAILED' });
    const executionArn = machineArn.replace('stateMachine', 'execution').concat(':one');
    room.handlers = { work: (n: number) => n };
    room.calls.length = 0;
    await room.call('RedriveExecution', { executionArn });
    expect(await finish(executionArn)).toEqual({ status: 'SUCCEEDED', output: [1, 2, 3] });
    expect(room.calls.map(({ payload }) => payload)).toEqual([2, 3]);
    await expect(room.call('RedriveExecution', { executionArn })).rejects.toThrow(/SUCCEEDED/);
  });
});
