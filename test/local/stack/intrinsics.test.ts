import { noValue, references, resolve, resolveCondition, type Scope } from '../../../local/stack/intrinsics';

const scope: Scope = {
  ref: (name) => ({ 'AWS::Region': 'eu-west-2', 'AWS::NoValue': noValue, Table: 'table-1' })[name] ?? name,
  getAtt: (id, attribute) => `${id}/${attribute}`,
  condition: (name) => name === 'Yes',
  mapping: (...path) => path.join('/'),
  importValue: (name) => `imported:${name}`,
  stackOutput: (stack, output) => `${stack}#${output}`,
};

describe('intrinsic functions', () => {
  it.each([
    [{ Ref: 'Table' }, 'table-1'],
    [{ 'Fn::GetAtt': ['Role', 'Arn'] }, 'Role/Arn'],
    [{ 'Fn::GetAtt': 'Role.Endpoint.Port' }, 'Role/Endpoint.Port'],
    [{ 'Fn::Join': [':', ['a', { Ref: 'AWS::Region' }, 3]] }, 'a:eu-west-2:3'],
    [{ 'Fn::Sub': `\${AWS::Region}-\${Role.Arn}-\${!Kept}` }, `eu-west-2-Role/Arn-\${Kept}`],
    [{ 'Fn::Sub': [`\${Own}/\${Table}`, { Own: { Ref: 'AWS::Region' } }] }, 'eu-west-2/table-1'],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['|', 'a|b|c'] }] }, 'b'],
    [{ 'Fn::ImportValue': { 'Fn::Sub': `\${Table}-x` } }, 'imported:table-1-x'],
    [{ 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'Bucket' } }, 'Data#Bucket'],
    [{ 'Fn::FindInMap': ['Map', { Ref: 'AWS::Region' }, 'k'] }, 'Map/eu-west-2/k'],
    [{ 'Fn::If': ['Yes', 1, 2] }, 1],
    [{ 'Fn::If': ['No', 1, 2] }, 2],
    [{ 'Fn::Base64': 'hi' }, 'aGk='],
    [{ 'Fn::GetAZs': 'eu-west-2' }, ['eu-west-2a', 'eu-west-2b', 'eu-west-2c']],
  ])('resolves %j', (expression, expected) => {
    expect(resolve(expression, scope)).toEqual(expected);
  });

  it('leaves out a property and a list item that are AWS::NoValue', () => {
    const value = {
      Kept: 1,
      Gone: { Ref: 'AWS::NoValue' },
      List: [1, { 'Fn::If': ['No', 2, { Ref: 'AWS::NoValue' }] }],
    };
    expect(resolve(value, scope)).toEqual({ Kept: 1, List: [1] });
  });

  it('refuses a function it does not know, by name', () => {
    expect(() => resolve({ 'Fn::Cidr': ['10.0.0.0/8', 1, 1] }, scope)).toThrow('Fn::Cidr');
  });

  it('does not take an object with one ordinary key for a function', () => {
    expect(resolve({ Condition: { StringEquals: { a: 'b' } } }, scope)).toEqual({
      Condition: { StringEquals: { a: 'b' } },
    });
  });

  it('evaluates conditions that name conditions', () => {
    expect(
      resolveCondition({ 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Not': [{ Condition: 'No' }] }] }, scope),
    ).toBe(true);
    expect(resolveCondition({ 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] }, scope)).toBe(false);
  });

  it('finds what a value refers to', () => {
    const value = {
      a: { Ref: 'A' },
      b: [{ 'Fn::GetAtt': ['B', 'Arn'] }],
      c: { 'Fn::Sub': `\${C.Arn}-\${!D}` },
    };
    expect([...references(value)].sort()).toEqual(['A', 'B', 'C']);
  });
});
