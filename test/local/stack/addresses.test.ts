import {
  conditionValues,
  functionVariable,
  withAddresses,
  withVariable,
} from '../../../local/stack/addresses';
import type { Assembly } from '../../../local/stack/assembly';

const assembly = (Resources: Record<string, unknown>): Assembly => ({
  assets: new Map(),
  images: new Map(),
  stacks: [
    {
      name: 'one',
      region: 'eu-west-2',
      parameters: {},
      template: {
        Parameters: {},
        Mappings: {},
        Conditions: {},
        Outputs: {},
        Resources: Resources as Assembly['stacks'][number]['template']['Resources'],
      },
    },
  ],
});

const lambdaFunction = (Variables: Record<string, unknown>) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Environment: { Variables } },
});

describe('a variable of functions', () => {
  it('is replaced in every function that has it, and nowhere else', () => {
    const given = assembly({
      A: lambdaFunction({ SIZE: '1', OTHER: '1' }),
      B: lambdaFunction({ OTHER: '2' }),
    });
    const { Resources } = withVariable(given, 'SIZE', '9').stacks[0]?.template ?? {};
    expect(Resources?.A).toEqual(lambdaFunction({ SIZE: '9', OTHER: '1' }));
    expect(Resources?.B).toEqual(lambdaFunction({ OTHER: '2' }));
    expect(functionVariable(given, 'SIZE')).toBe('1');
  });
});

describe('addresses of an assembly', () => {
  it('are replaced wherever they stand, without replacing what was put in', () => {
    const given = assembly({
      A: lambdaFunction({ ISSUER: 'http://127.0.0.1:8080/sign-in', AWS: 'http://127.0.0.1:8081' }),
    });
    const changed = withAddresses(
      given,
      new Map([
        ['http://127.0.0.1:8080', 'http://127.0.0.1:8081'],
        ['http://127.0.0.1:8081', 'http://127.0.0.1:9000'],
      ]),
    );
    expect(functionVariable(changed, 'ISSUER')).toBe('http://127.0.0.1:8081/sign-in');
    expect(functionVariable(changed, 'AWS')).toBe('http://127.0.0.1:9000');
    expect(functionVariable(changed, 'NONE')).toBeUndefined();
  });

  it('are left alone where nothing changes', () => {
    const given = assembly({ A: lambdaFunction({}) });
    expect(withAddresses(given, new Map([['a', 'a']]))).toBe(given);
  });

  it('tell the values that a condition key is compared with', () => {
    const condition = { StringNotEquals: { 'aws:SourceVpce': ['vpce-1', 'vpce-2'] } };
    const given = assembly({
      P: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyDocument: { Statement: [{ Condition: condition }] } },
      },
    });
    expect(conditionValues(given, 'aws:SourceVpce')).toEqual(['vpce-1', 'vpce-2']);
  });
});
