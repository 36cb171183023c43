import type { AssemblyStack } from '../../../local/stack/assembly';
import { deployStacks, resourceOrder } from '../../../local/stack/deploy';
import type { ResolvedResource } from '../../../local/stack/resource';

const stack = (name: string, template: Partial<AssemblyStack['template']>): AssemblyStack => ({
  name,
  region: 'eu-west-2',
  parameters: {},
  template: { Parameters: {}, Mappings: {}, Conditions: {}, Resources: {}, Outputs: {}, ...template },
});

const resource = (Properties: Record<string, unknown>, more = {}) => ({
  Type: 'Test::Thing',
  Properties,
  ...more,
});

async function deploy(...stacks: AssemblyStack[]) {
  const seen: ResolvedResource[] = [];
  const deployed = await deployStacks(stacks, {
    accountId: '000000000000',
    defaultRegion: 'eu-west-2',
    handlerFor: (type) =>
      type === 'Test::Thing'
        ? (given) => {
            seen.push(given);
            if (given.properties.Fails) throw new TypeError('no');
            return { ref: `${given.logicalId}-1`, attributes: { Arn: `arn:${given.logicalId}` } };
          }
        : undefined,
  });
  return { seen, deployed };
}

describe('deployment of stacks', () => {
  it('creates what is referred to before what refers to it', async () => {
    const { seen } = await deploy(
      stack('One', {
        Resources: {
          Last: resource({ Name: { 'Fn::Sub': `\${First}-\${Middle.Arn}` } }),
          Middle: resource({}, { DependsOn: ['First'] }),
          First: resource({}),
        },
      }),
    );
    expect(seen.map(({ logicalId }) => logicalId)).toEqual(['First', 'Middle', 'Last']);
    expect(seen[2]?.properties).toEqual({ Name: 'First-1-arn:Middle' });
  });

  it('hands exports and outputs to later stacks', async () => {
    const { seen, deployed } = await deploy(
      stack('One', {
        Resources: { Thing: resource({}) },
        Outputs: {
          Plain: { Value: { Ref: 'Thing' } },
          Shared: {
            Value: { 'Fn::GetAtt': ['Thing', 'Arn'] },
            Export: { Name: { 'Fn::Sub': `\${AWS::StackName}:Arn` } },
          },
        },
      }),
      stack('Two', {
        Resources: {
          Thing: resource({
            Strong: { 'Fn::ImportValue': 'One:Arn' },
            Weak: { 'Fn::GetStackOutput': { StackName: 'One', OutputName: 'Plain' } },
          }),
        },
      }),
    );
    expect(seen[1]?.properties).toEqual({ Strong: 'arn:Thing', Weak: 'Thing-1' });
    expect(deployed[0]?.outputs).toEqual({ Plain: 'Thing-1', Shared: 'arn:Thing' });
  });

  it('leaves out a resource whose condition does not hold', async () => {
    const { seen } = await deploy(
      stack('One', {
        Conditions: { Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] } },
        Resources: { Thing: resource({}, { Condition: 'Here' }) },
      }),
    );
    expect(seen).toEqual([]);
  });

  it('refuses a type that it does not know, with its place', async () => {
    const odd = stack('One', { Resources: { Odd: { Type: 'AWS::Odd::Thing', Properties: {} } } });
    await expect(deploy(odd)).rejects.toMatchObject({
      code: 'RESOURCE_TYPE_UNKNOWN',
      message: expect.stringContaining('One/Odd (AWS::Odd::Thing)'),
    });
  });

  it('says which resource failed', async () => {
    await expect(
      deploy(stack('One', { Resources: { Bad: resource({ Fails: true }) } })),
    ).rejects.toMatchObject({
      code: 'RESOURCE_FAILED',
      message: 'One/Bad (Test::Thing): TypeError: no',
    });
  });

  it('refuses references to what is not there', async () => {
    const refer = (value: unknown) => deploy(stack('One', { Resources: { A: resource({ value }) } }));
    await expect(refer({ Ref: 'Nothing' })).rejects.toMatchObject({ code: 'REFERENCE_UNKNOWN' });
    await expect(refer({ 'Fn::ImportValue': 'Nothing' })).rejects.toMatchObject({
      code: 'REFERENCE_UNKNOWN',
    });
  });

  it('refuses resources that refer to each other', () => {
    const resources = { A: resource({ x: { Ref: 'B' } }), B: resource({ x: { Ref: 'A' } }) };
    expect(() => resourceOrder(resources)).toThrow('A → B → A');
  });
});
