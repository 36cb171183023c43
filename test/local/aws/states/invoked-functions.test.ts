import { readDefinition } from '../../../../local/aws/states/definition';
import type { Branch } from '../../../../local/aws/states/definition-schema';
import { invokedFunctions } from '../../../../local/aws/states/invoked-functions';

const arn = (name: string) => `arn:aws:lambda:eu-west-2:000000000000:function:${name}`;
const invoke = (name: string) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: name },
});
const one = (state: string, name: string) => ({
  StartAt: state,
  States: { [state]: { ...invoke(name), End: true } },
});

const definition: Branch = readDefinition(
  JSON.stringify({
    QueryLanguage: 'JSONata',
    StartAt: 'First',
    States: {
      First: { ...invoke(arn('plan')), Next: 'Both' },
      Both: {
        Type: 'Parallel',
        Branches: [one('Left', arn('clear')), one('Right', arn('plan'))],
        Next: 'Each',
      },
      Each: {
        Type: 'Map',
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...one('Import', arn('import')) },
        Next: 'Computed',
      },
      Computed: { ...invoke('{% $states.input.functionArn %}'), End: true },
    },
  }),
  new Set(['arn:aws:states:::lambda:invoke']),
);

test('functions are found in branches and maps, each once, and none that only an execution names', () => {
  expect(invokedFunctions(definition)).toEqual([arn('plan'), arn('clear'), arn('import')]);
});
