import { invoke, MachineRoom, sequence } from './machine-room';

let room: MachineRoom;
beforeEach(() => {
  room = new MachineRoom();
});
afterEach(() => room.close());

const reader = {
  Resource: 'arn:aws:states:::s3:getObject',
  ReaderConfig: { InputType: 'JSON' },
  Arguments: { Bucket: '{% $states.input.bucket %}', Key: 'work-list.json' },
};
const writer = {
  Resource: 'arn:aws:states:::s3:putObject',
  Arguments: { Bucket: 'work', Prefix: 'map' },
};

function distributed(more: object, type = 'EXPRESS', processor = sequence({ W: invoke('work') })): object {
  return sequence({
    M: {
      Type: 'Map',
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: type }, ...processor },
      ...more,
    },
  });
}

function put(key: string, content: unknown): void {
  room.objects.objects.set(key, Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)));
}

describe('a Distributed Map', () => {
  it('reads a JSON array and yields the outputs in order', async () => {
    room.handlers = { work: (n: number) => n * n };
    put('in/work-list.json', [1, 2, 3]);
    const end = await room.run(distributed({ ItemReader: reader }), { bucket: 'in' });
    expect(end).toEqual({ status: 'SUCCEEDED', output: [1, 4, 9] });
    expect(room.asked).toContain('s3:GetObject arn:aws:s3:::in/work-list.json');
    expect(room.asked).toContain(
      'states:StartExecution arn:aws:states:eu-west-2:111122223333:stateMachine:pipeline',
    );
  });

  it('reads JSON Lines up to MaxItems', async () => {
    room.handlers = { work: (item: { n: number }) => item.n };
    put('in/work-list.json', '{"n":1}\n{"n":2}\n\n{"n":3}\n');
    const ItemReader = { ...reader, ReaderConfig: { InputType: 'JSONL', MaxItems: 2 } };
    expect((await room.run(distributed({ ItemReader }), { bucket: 'in' })).output).toEqual([1, 2]);
  });

  it('fails with States.ItemReaderFailed where the object is missing, no array, or out of reach', async () => {
    const definition = distributed({ ItemReader: reader });
    expect(await room.run(definition, { bucket: 'in' }, 'a')).toMatchObject({
      error: 'States.ItemReaderFailed',
    });
    put('in/work-list.json', { not: 'an array' });
    expect(await room.run(definition, { bucket: 'in' }, 'b')).toMatchObject({
      error: 'States.ItemReaderFailed',
    });
    room.denied = ['s3:GetObject'];
    expect(await room.run(definition, { bucket: 'in' }, 'c')).toMatchObject({
      error: 'States.ItemReaderFailed',
    });
  });

  it('batches items by number and by bytes, with an input of the batch', async () => {
    room.handlers = { work: (batch: { Items: unknown[]; BatchInput: { id: string } }) => batch };
    const definition = distributed({
      Items: '{% $states.input.items %}',
      ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { id: '{% $states.input.id %}' } },
    });
    const end = await room.run(definition, { items: ['a', 'b', 'c'], id: 's' });
    expect(end.output).toEqual([
      { BatchInput: { id: 's' }, Items: ['a', 'b'] },
      { BatchInput: { id: 's' }, Items: ['c'] },
    ]);
    const byBytes = distributed({
      Items: ['aaaa', 'bbbb', 'cccc'],
      ItemBatcher: { MaxInputBytesPerBatch: 40 },
    });
    expect((await room.run(byBytes, {}, 'two')).output).toEqual([
      { Items: ['aaaa', 'bbbb'] },
      { Items: ['cccc'] },
    ]);
  });

  it('writes results as AWS lays them out', async () => {
    room.handlers = {
      work: (n: number) => {
        if (n === 2) throw Object.assign(new Error('two'), { name: 'Odd' });
        return { n };
      },
    };
    const end = await room.run(
      distributed({ Items: [1, 2, 3], ToleratedFailurePercentage: 50, ResultWriter: writer, Label: 'Each' }),
    );
    const { MapRunArn, ResultWriterDetails } = end.output as {
      MapRunArn: string;
      ResultWriterDetails: { Bucket: string; Key: string };
    };
    const id = MapRunArn.slice(MapRunArn.lastIndexOf(':') + 1);
    expect(MapRunArn).toBe(`arn:aws:states:eu-west-2:111122223333:mapRun:pipeline/Each:${id}`);
    expect(ResultWriterDetails).toEqual({ Bucket: 'work', Key: `map/${id}/manifest.json` });
    expect(room.objects.json(`work/map/${id}/manifest.json`)).toEqual({
      DestinationBucket: 'work',
      MapRunArn,
      ResultFiles: {
        FAILED: [{ Key: `map/${id}/FAILED_0.json`, Size: expect.any(Number) }],
        PENDING: [],
        SUCCEEDED: [{ Key: `map/${id}/SUCCEEDED_0.json`, Size: expect.any(Number) }],
      },
    });
    expect(room.objects.json(`work/map/${id}/SUCCEEDED_0.json`)).toMatchObject([
      { Input: '1', Output: '{"n":1}', Status: 'SUCCEEDED', RedriveCount: 0 },
      { Input: '3', Output: '{"n":3}', Status: 'SUCCEEDED' },
    ]);
    expect(room.objects.json(`work/map/${id}/FAILED_0.json`)).toMatchObject([
      { Input: '2', Error: 'Odd', Status: 'FAILED' },
    ]);
  });

  it('fails as soon as more items fail than it may bear', async () => {
    room.handlers = {
      work: () => {
        throw new Error('x');
      },
    };
    const definition = (more: object) => distributed({ Items: [1, 2, 3, 4], MaxConcurrency: 1, ...more });
    const error = 'States.ExceedToleratedFailureThreshold';
    expect(await room.run(definition({}), {}, 'a')).toMatchObject({ status: 'FAILED', error });
    expect(room.calls).toHaveLength(1);
    expect(await room.run(definition({ ToleratedFailureCount: 2 }), {}, 'b')).toMatchObject({ error });
    expect(room.calls).toHaveLength(4);
    expect(await room.run(definition({ ToleratedFailurePercentage: 100 }), {}, 'c')).toMatchObject({
      status: 'SUCCEEDED',
    });
  });

  it('needs leave to start executions of its own machine', async () => {
    room.denied = ['states:StartExecution'];
    expect(await room.run(distributed({ Items: [1] }))).toMatchObject({ error: 'States.Permissions' });
  });

  it('gives children no variables but what their input holds', async () => {
    const definition = {
      QueryLanguage: 'JSONata',
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Assign: { secret: 1 }, Next: 'M' },
        M: {
          Type: 'Map',
          Items: [1],
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            ...sequence({ P: { Type: 'Pass', Output: "{% $exists($secret) ? 'seen' : 'unseen' %}" } }),
          },
          End: true,
        },
      },
    };
    expect((await room.run(definition)).output).toEqual(['unseen']);
  });

  it('counts transitions and function calls of its children', async () => {
    room.handlers = { work: (n: number) => n };
    await room.run(distributed({ Items: [1, 2, 3] }));
    expect(room.service.executionCounts()).toEqual([
      {
        executionArn: 'arn:aws:states:eu-west-2:111122223333:execution:pipeline:one',
        counts: { stateTransitions: 1, expressTransitions: 3, functionCalls: 3, mapItems: 3 },
      },
    ]);
  });

  it('runs nothing for no items', async () => {
    expect(await room.run(distributed({ Items: [] }))).toEqual({ status: 'SUCCEEDED', output: [] });
  });
});
