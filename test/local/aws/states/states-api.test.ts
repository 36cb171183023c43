import { callerWithout, functionArn, invoke, MachineRoom, machineArn, sequence } from './machine-room';

let room: MachineRoom;
beforeEach(() => {
  room = new MachineRoom();
});
afterEach(() => room.close());

const executionArn = `${machineArn.replace('stateMachine', 'execution')}:one`;
const never = () => new Promise<never>(() => undefined);
const waiting = (more: object = {}) =>
  sequence({
    W: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Arguments: { FunctionName: functionArn('ask'), Payload: { token: '{% $states.context.Task.Token %}' } },
      ...more,
    },
  });

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

async function handedOut(): Promise<string> {
  await settle();
  return room.handedOutToken();
}

describe('StartExecution', () => {
  it('yields the same execution for the same name and input while it runs, and refuses otherwise', async () => {
    room.handlers = { work: never };
    room.deploy(sequence({ T: invoke('work') }));
    const start = (input: string) =>
      room.call('StartExecution', { stateMachineArn: machineArn, name: 'one', input });
    expect(await start('{"a":1}')).toMatchObject({ executionArn });
    expect(await start('{ "a": 1 }')).toMatchObject({ executionArn });
    await expect(start('{"a":2}')).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    await room.call('StopExecution', { executionArn, error: 'Stopped', cause: 'by hand' });
    await expect(start('{"a":1}')).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    expect(await room.describe(executionArn)).toEqual({
      status: 'ABORTED',
      error: 'Stopped',
      cause: 'by hand',
    });
    expect(await room.history(executionArn)).toEqual(
      expect.arrayContaining(['TaskStateAborted', 'ExecutionAborted']),
    );
  });

  it('refuses a missing machine, input that is no JSON or too long, and a bad name', async () => {
    room.deploy(sequence({ A: { Type: 'Pass' } }));
    const start = (body: object) => room.call('StartExecution', { stateMachineArn: machineArn, ...body });
    await expect(start({ input: '{' })).rejects.toMatchObject({ code: 'InvalidExecutionInput' });
    await expect(start({ input: JSON.stringify('x'.repeat(262_143)) })).rejects.toMatchObject({
      code: 'InvalidExecutionInput',
    });
    await expect(start({ name: 'a b' })).rejects.toMatchObject({ code: 'InvalidName' });
    await expect(room.call('StartExecution', { stateMachineArn: `${machineArn}x` })).rejects.toMatchObject({
      code: 'StateMachineDoesNotExist',
    });
  });
});

describe('every operation', () => {
  it.each([
    ['StartExecution', { stateMachineArn: machineArn }],
    ['DescribeExecution', { executionArn }],
    ['GetExecutionHistory', { executionArn }],
    ['ListExecutions', { stateMachineArn: machineArn }],
    ['StopExecution', { executionArn }],
    ['RedriveExecution', { executionArn }],
  ])('%s asks for its own permission', async (operation, body) => {
    await room.run(sequence({ A: { Type: 'Pass' } }));
    await expect(room.call(operation, body, callerWithout([`states:${operation}`]))).rejects.toMatchObject({
      code: 'AccessDenied',
    });
  });

  it('is refused by name where the embedded platform does not offer it', async () => {
    await expect(room.call('CreateActivity', { name: 'x' })).rejects.toThrow(/CreateActivity/);
  });
});

describe('task tokens', () => {
  it('bring success, failure and heartbeats to the task that waits', async () => {
    room.handlers = { ask: () => null };
    room.deploy(waiting());
    room.begin({}, 'one');
    const token = await handedOut();
    await room.call('SendTaskHeartbeat', { taskToken: token });
    await room.call('SendTaskFailure', { taskToken: token, error: 'No', cause: 'because' });
    await room.service.ended(executionArn);
    expect(await room.describe(executionArn)).toEqual({ status: 'FAILED', error: 'No', cause: 'because' });
    expect(await room.history(executionArn)).toContain('TaskSubmitted');
  });

  it('may be answered before the function returns', async () => {
    room.handlers = {
      ask: async ({ token }: { token: string }) => {
        await room.call('SendTaskSuccess', { taskToken: token, output: '"early"' });
        await never();
      },
    };
    expect(await room.run(waiting())).toEqual({ status: 'SUCCEEDED', output: 'early' });
  });

  it('are refused when made up, used up, or of a machine that the caller may not answer for', async () => {
    room.handlers = { ask: () => null };
    room.deploy(waiting());
    room.begin({});
    const token = await handedOut();
    const send = (taskToken: string, caller = callerWithout()) =>
      room.call('SendTaskSuccess', { taskToken, output: '1' }, caller);
    await expect(send('made-up')).rejects.toMatchObject({ code: 'InvalidToken' });
    await expect(send(`${token}x`)).rejects.toMatchObject({ code: 'InvalidToken' });
    await expect(send(token, callerWithout(['states:SendTaskSuccess']))).rejects.toMatchObject({
      code: 'AccessDenied',
    });
    await expect(room.call('SendTaskSuccess', { taskToken: token, output: '{' })).rejects.toMatchObject({
      code: 'InvalidOutput',
    });
    await send(token);
    await room.service.ended(executionArn);
    await expect(send(token)).rejects.toMatchObject({ code: 'TaskTimedOut' });
  });

  it('time out, by the limit of the task and by missing heartbeats', async () => {
    room.handlers = { ask: () => null };
    expect(await room.run(waiting({ TimeoutSeconds: 10 }), {}, 'one')).toMatchObject({
      error: 'States.Timeout',
    });
    expect(await room.run(waiting({ TimeoutSeconds: 1000, HeartbeatSeconds: 10 }), {}, 'two')).toMatchObject({
      error: expect.stringMatching(/Timeout$/),
    });
  });
});

describe('executions', () => {
  it('are listed newest first, by status, in pages', async () => {
    const definition = {
      QueryLanguage: 'JSONata',
      StartAt: 'A',
      States: {
        A: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.ok %}', Next: 'Ok' }], Default: 'No' },
        Ok: { Type: 'Succeed' },
        No: { Type: 'Fail' },
      },
    };
    for (const [index, ok] of [true, false, true].entries()) await room.run(definition, { ok }, `e${index}`);
    const list = async (more: object) => {
      const answer = await room.call('ListExecutions', { stateMachineArn: machineArn, ...more });
      return answer as { executions: { name: string }[]; nextToken?: string };
    };
    expect((await list({})).executions.map(({ name }) => name)).toEqual(['e2', 'e1', 'e0']);
    expect((await list({ statusFilter: 'FAILED' })).executions.map(({ name }) => name)).toEqual(['e1']);
    const first = await list({ maxResults: 2 });
    expect(first.executions).toHaveLength(2);
    expect((await list({ maxResults: 2, nextToken: first.nextToken })).executions).toHaveLength(1);
  });

  it('announce every change of status on the event bus', async () => {
    await room.run(sequence({ A: { Type: 'Pass' } }), { x: 1 });
    expect(room.events).toMatchObject([
      {
        source: 'aws.states',
        detailType: 'Step Functions Execution Status Change',
        detail: { status: 'RUNNING' },
      },
      { detail: { status: 'SUCCEEDED', name: 'one', input: '{"x":1}', output: '{"x":1}' } },
    ]);
  });
});
