import { readDefinition } from '../../../../local/aws/states/definition';
import { invoke, MachineRoom, sequence } from './machine-room';

const resources = new Set([
  'arn:aws:states:::lambda:invoke',
  'arn:aws:states:::lambda:invoke.waitForTaskToken',
]);
const read = (definition: object) => readDefinition(JSON.stringify(definition), resources);
const pass = { Type: 'Pass', End: true };
const machine = (States: Record<string, object>, StartAt = 'A') => ({
  QueryLanguage: 'JSONata',
  StartAt,
  States,
});

describe('a definition is refused by name', () => {
  it.each([
    ['a missing first state', machine({ A: pass }, 'B'), /StartAt: names the missing state "B"/],
    ['a dangling Next', machine({ A: { Type: 'Pass', Next: 'B' } }), /goes on to the missing state "B"/],
    ['a state out of reach', machine({ A: pass, B: pass }), /States\/B: the state cannot be reached/],
    ['neither Next nor End', machine({ A: { Type: 'Pass' } }), /needs either Next or End/],
    ['an unknown field', machine({ A: { ...pass, Colour: 1 } }), /Colour/],
    ['a field of JSONPath', machine({ A: { ...pass, ResultPath: '$' } }), /ResultPath/],
    ['JSONPath for the whole machine', { StartAt: 'A', States: { A: pass } }, /JSONPath/],
    ['JSONPath for a state', machine({ A: { ...pass, QueryLanguage: 'JSONPath' } }), /QueryLanguage/],
    [
      'JSONata that does not parse',
      machine({ A: { ...pass, Output: { x: '{% $sum( %}' } } }),
      /Output\/x.*JSONata/,
    ],
    [
      'an expression that is not closed',
      machine({ A: { ...pass, Output: '{% 1' } }),
      /begin with \{% and end/,
    ],
    ['$eval', machine({ A: { ...pass, Output: "{% $eval('1') %}" } }), /\$eval/],
    [
      'an integration that is not there',
      machine({ A: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', End: true } }),
      /sqs:sendMessage" is not an integration/,
    ],
    ['an unknown type', machine({ A: { Type: 'Loop', End: true } }), /Type/],
    [
      'a task token in an Express workflow',
      sequence({
        M: {
          Type: 'Map',
          Items: [1],
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
            ...sequence({ W: invoke('x', { Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }) }),
          },
        },
      }),
      /Express workflow cannot wait/,
    ],
    [
      'a reader in an inline Map',
      sequence({
        M: {
          Type: 'Map',
          ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Arguments: { Bucket: 'b', Key: 'k' } },
          ItemProcessor: sequence({ P: { Type: 'Pass' } }),
        },
      }),
      /ItemReader: belongs to the mode DISTRIBUTED/,
    ],
    [
      'a variable of an outer scope',
      sequence({
        A: { Type: 'Pass', Assign: { x: 1 } },
        M: { Type: 'Map', Items: [1], ItemProcessor: sequence({ P: { Type: 'Pass', Assign: { x: 2 } } }) },
      }),
      /assigns "x", a variable of an outer scope/,
    ],
    [
      'States.ALL beside others',
      sequence({ T: invoke('x', { Retry: [{ ErrorEquals: ['States.ALL', 'X'] }] }) }),
      /States.ALL must stand alone/,
    ],
  ])('%s', (_name, definition, message) => {
    expect(() => read(definition)).toThrow(message);
  });

  it('text that is no JSON', () => {
    expect(() => readDefinition('{', resources)).toThrow(/not JSON/);
  });
});

describe('a definition', () => {
  it('gets the defaults of Retry', () => {
    const definition = read(sequence({ T: invoke('x', { Retry: [{ ErrorEquals: ['X'] }] }) }));
    expect(definition.States.T).toMatchObject({
      Retry: [{ IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 2, JitterStrategy: 'NONE' }],
    });
  });

  it('of an Express state machine is refused', async () => {
    const room = new MachineRoom();
    expect(() =>
      room.service.createStateMachine({
        name: 'e',
        arn: 'arn:aws:states:eu-west-2:111122223333:stateMachine:e',
        definition: JSON.stringify(machine({ A: pass })),
        roleArn: 'arn:aws:iam::111122223333:role/r',
        type: 'EXPRESS',
      }),
    ).toThrow(/EXPRESS/);
    await room.close();
  });
});
