import { invoke, MachineRoom, sequence } from './machine-room';

let room: MachineRoom;
beforeEach(() => {
  room = new MachineRoom();
});
afterEach(() => room.close());

describe('states', () => {
  it('pass their input on when they name no output', async () => {
    const end = await room.run(sequence({ A: { Type: 'Pass' }, B: { Type: 'Pass' } }), { a: [1, 'x', null] });
    expect(end).toEqual({ status: 'SUCCEEDED', output: { a: [1, 'x', null] } });
  });

  it('evaluate JSONata anywhere in an output and keep what is no expression', async () => {
    const end = await room.run(
      sequence({ A: { Type: 'Pass', Output: { sum: '{% $sum($states.input.n) %}', plain: ['{x}', 3] } } }),
      { n: [1, 2, 3] },
    );
    expect(end.output).toEqual({ sum: 6, plain: ['{x}', 3] });
  });

  it('offer the functions that AWS adds to JSONata', async () => {
    const end = await room.run(
      sequence({
        A: {
          Type: 'Pass',
          Output: {
            partition: '{% $partition([1,2,3,4,5], 2) %}',
            range: '{% $range(0, 10, 5) %}',
            hash: "{% $hash('abc', 'SHA-256') %}",
            parse: '{% $parse(\'{"a":1}\').a %}',
            uuid: '{% $length($uuid()) %}',
            random: '{% $random() %}',
            seeded: '{% $random(7) = $random(7) %}',
          },
        },
      }),
    );
    expect(end.output).toEqual({
      partition: [[1, 2], [3, 4], [5]],
      range: [0, 5, 10],
      hash: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      parse: 1,
      uuid: 36,
      random: 0.5,
      seeded: true,
    });
  });

  it('assign variables that later states see, side by side with the output', async () => {
    const end = await room.run(
      sequence({
        A: { Type: 'Pass', Assign: { a: 1, b: '{% $states.input.b %}' }, Output: { kept: true } },
        B: { Type: 'Pass', Assign: { a: '{% $a + 1 %}' }, Output: { before: '{% $a %}' } },
        C: { Type: 'Pass', Output: '{% {"a": $a, "b": $b, "before": $states.input.before} %}' },
      }),
      { b: 'x' },
    );
    expect(end.output).toEqual({ a: 2, b: 'x', before: 1 });
  });

  it('choose the first rule that holds, else the default', async () => {
    const definition = {
      QueryLanguage: 'JSONata',
      StartAt: 'Choose',
      States: {
        Choose: {
          Type: 'Choice',
          Choices: [
            { Condition: '{% $states.input.n > 10 %}', Next: 'Large', Output: { size: 'large' } },
            { Condition: '{% $states.input.n > 5 %}', Next: 'Medium', Assign: { seen: true } },
          ],
          Default: 'Small',
        },
        Large: { Type: 'Succeed' },
        Medium: { Type: 'Succeed', Output: { seen: '{% $seen %}' } },
        Small: { Type: 'Fail', Error: 'Small', Cause: "{% 'n is ' & $states.input.n %}" },
      },
    };
    expect(await room.run(definition, { n: 11 }, 'a')).toEqual({
      status: 'SUCCEEDED',
      output: { size: 'large' },
    });
    expect(await room.run(definition, { n: 6 }, 'b')).toEqual({
      status: 'SUCCEEDED',
      output: { seen: true },
    });
    expect(await room.run(definition, { n: 1 }, 'c')).toEqual({
      status: 'FAILED',
      error: 'Small',
      cause: 'n is 1',
    });
  });

  it('wait for seconds and until a time', async () => {
    await room.run(
      sequence({
        A: { Type: 'Wait', Seconds: '{% $states.input.s %}' },
        B: { Type: 'Wait', Timestamp: '2026-11-23T10:00:00Z' },
      }),
      { s: 60 },
    );
    expect(room.slept).toEqual([60_000, 3_540_000]);
  });

  it('run branches side by side and keep their order', async () => {
    room.handlers = {
      slow: () => new Promise((resolve) => setImmediate(() => resolve('slow'))),
      fast: () => 'fast',
    };
    const end = await room.run(
      sequence({
        P: {
          Type: 'Parallel',
          Branches: [sequence({ S: invoke('slow') }), sequence({ F: invoke('fast') })],
          Output: '{% $states.result %}',
        },
      }),
    );
    expect(end.output).toEqual(['slow', 'fast']);
  });

  it('map over items inline with a selector, outer variables and a bounded concurrency', async () => {
    let running = 0;
    let most = 0;
    room.handlers = {
      work: async (payload: { n: number }) => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running -= 1;
        return payload.n * 2;
      },
    };
    const end = await room.run(
      sequence({
        A: { Type: 'Pass', Assign: { factor: 10 } },
        M: {
          Type: 'Map',
          Items: '{% $states.input.items %}',
          ItemSelector: {
            n: '{% $states.context.Map.Item.Value * $factor + $states.context.Map.Item.Index %}',
          },
          MaxConcurrency: 2,
          ItemProcessor: sequence({ W: invoke('work') }),
        },
      }),
      { items: [1, 2, 3, 4] },
    );
    expect(end.output).toEqual([20, 42, 64, 86]);
    expect(most).toBe(2);
  });

  it('see execution, machine and state in the context object', async () => {
    const end = await room.run(sequence({ A: { Type: 'Pass', Output: '{% $states.context %}' } }), { x: 1 });
    expect(end.output).toMatchObject({
      Execution: {
        Id: 'arn:aws:states:eu-west-2:111122223333:execution:pipeline:one',
        Input: { x: 1 },
        Name: 'one',
      },
      StateMachine: { Name: 'pipeline' },
      State: { Name: 'A', RetryCount: 0 },
    });
  });

  it('give a function its payload and yield what AWS yields', async () => {
    room.handlers = { echo: (payload) => ({ got: payload }) };
    const end = await room.run(sequence({ T: invoke('echo', { Output: '{% $states.result %}' }) }), { a: 1 });
    expect(end.output).toEqual({ ExecutedVersion: '$LATEST', Payload: { got: { a: 1 } }, StatusCode: 200 });
    expect(room.calls).toEqual([{ name: 'echo', payload: { a: 1 } }]);
  });

  it('record the events that AWS records', async () => {
    room.handlers = { echo: () => 1 };
    await room.run(sequence({ T: invoke('echo'), P: { Type: 'Pass' } }));
    expect(await room.history('arn:aws:states:eu-west-2:111122223333:execution:pipeline:one')).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('spell parameters and results of HealthImaging in PascalCase', async () => {
    const asked: unknown[] = [];
    room.importJobs = {
      startDicomImportJob: async (_caller, request) => {
        asked.push(request);
        return {
          datastoreId: 'd',
          jobId: 'j',
          jobStatus: 'SUBMITTED',
          submittedAt: '2026-11-23T09:00:00.000Z',
        };
      },
      getDicomImportJob: async () => ({ jobProperties: { jobId: 'j', jobStatus: 'COMPLETED' } }),
    };
    const end = await room.run(
      sequence({
        Start: {
          Type: 'Task',
          Resource: 'arn:aws:states:::aws-sdk:medicalimaging:startDICOMImportJob',
          Arguments: {
            DatastoreId: 'd',
            DataAccessRoleArn: 'r',
            InputS3Uri: 's3://in/a/',
            OutputS3Uri: 's3://out/b/',
            ClientToken: 't',
          },
          Assign: { start: '{% $states.result %}' },
          Output: '{% $states.result %}',
        },
        Get: {
          Type: 'Task',
          Resource: 'arn:aws:states:::aws-sdk:medicalimaging:getDICOMImportJob',
          Arguments: { DatastoreId: 'd', JobId: '{% $states.input.JobId %}' },
          Output: { start: '{% $start %}', get: '{% $states.result %}' },
        },
      }),
    );
    expect(asked).toMatchObject([
      {
        datastoreId: 'd',
        dataAccessRoleArn: 'r',
        inputS3Uri: 's3://in/a/',
        outputS3Uri: 's3://out/b/',
        clientToken: 't',
      },
    ]);
    expect(end.output).toEqual({
      start: {
        DatastoreId: 'd',
        JobId: 'j',
        JobStatus: 'SUBMITTED',
        SubmittedAt: '2026-11-23T09:00:00.000Z',
      },
      get: { JobProperties: { JobId: 'j', JobStatus: 'COMPLETED' } },
    });
  });

  it('call functions by their ARN only', async () => {
    const end = await room.run(sequence({ T: invoke('echo', { Arguments: { FunctionName: 'echo' } }) }));
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});
