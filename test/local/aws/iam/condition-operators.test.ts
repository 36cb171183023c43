import { conditionHolds, parseConditions } from '../../../../local/aws/iam/condition-operators';
import { requestContext } from '../../../../local/aws/iam/request-context';

type Value = string | readonly string[] | undefined;

/** Whether `operator` with these policy values holds for the key `k`. */
function holds(operator: string, policyValues: string | readonly string[], requestValue: Value): boolean {
  const values = typeof policyValues === 'string' ? [policyValues] : policyValues;
  const context = requestContext(requestValue === undefined ? {} : { k: requestValue });
  return parseConditions(operator, { K: values }, true).every((condition) =>
    conditionHolds(condition, context),
  );
}

it.each<[operator: string, policyValue: string | string[], requestValue: Value, expected: boolean]>([
  ['StringEquals', 'a', 'a', true],
  ['StringEquals', 'a', 'A', false],
  ['StringEquals', 'a*', 'ab', false],
  ['StringEquals', ['a', 'b'], 'b', true],
  ['StringEquals', 'a', undefined, false],
  ['StringEqualsIfExists', 'a', undefined, true],
  ['StringEqualsIfExists', 'a', 'b', false],
  ['StringNotEquals', 'a', 'b', true],
  ['StringNotEquals', ['a', 'b'], 'b', false],
  ['StringNotEquals', 'a', undefined, true],
  ['StringEqualsIgnoreCase', 'a', 'A', true],
  ['StringNotEqualsIgnoreCase', 'a', 'A', false],
  ['StringLike', 'a*c?', 'abbbcd', true],
  ['StringLike', 'a*', 'ba', false],
  ['StringLike', 'a*', undefined, false],
  ['StringNotLike', 'a*', 'ba', true],
  ['StringNotLike', 'a*', undefined, true],
  ['ArnLike', 'arn:aws:s3:::b*', 'arn:aws:s3:::bucket', true],
  ['ArnLike', 'arn:aws:*', 'arn:aws:s3:::bucket', false],
  ['ArnEquals', 'arn:aws:iam::*:role/x', 'arn:aws:iam::111122223333:role/x', true],
  ['ArnNotEquals', 'arn:aws:iam::*:role/x', 'arn:aws:iam::111122223333:role/y', true],
  ['ArnNotLike', 'arn:aws:iam::*:role/x', undefined, true],
  ['Bool', 'true', 'true', true],
  ['Bool', 'false', 'true', false],
  ['Bool', 'false', undefined, false],
  ['BoolIfExists', 'false', undefined, true],
  ['NumericEquals', '10', '10.0', true],
  ['NumericNotEquals', '10', '11', true],
  ['NumericLessThan', '10', '9', true],
  ['NumericLessThanEquals', '10', '10', true],
  ['NumericGreaterThan', '600000', '600001', true],
  ['NumericGreaterThan', '600000', undefined, false],
  ['NumericGreaterThanEquals', '10', 'ten', false],
  ['DateLessThan', '2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z', true],
  ['DateGreaterThan', '2026-01-02T00:00:00Z', '1700000000', false],
  ['DateEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z', true],
  ['DateNotEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z', false],
  ['DateLessThanEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', true],
  ['DateGreaterThanEquals', '2026-01-01T00:00:00Z', '2025-12-31T23:59:59Z', false],
  ['IpAddress', '10.0.0.0/8', '10.1.2.3', true],
  ['IpAddress', '10.0.0.0/8', '11.1.2.3', false],
  ['IpAddress', '2001:db8::/32', '2001:db8::1', true],
  ['IpAddress', '10.0.0.1', '10.0.0.1', true],
  ['NotIpAddress', '10.0.0.0/8', '11.1.2.3', true],
  ['Null', 'true', undefined, true],
  ['Null', 'true', 'x', false],
  ['Null', 'false', 'x', true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b', 'a'], true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
  ['ForAllValues:StringEquals', ['a'], undefined, true],
  ['ForAnyValue:StringEquals', ['a'], ['c', 'a'], true],
  ['ForAnyValue:StringEquals', ['a'], ['c'], false],
  ['ForAnyValue:StringEquals', ['a'], undefined, false],
  ['ForAnyValue:StringEqualsIfExists', ['a'], undefined, false],
  ['ForAnyValue:StringNotEquals', ['a'], ['a', 'c'], true],
  ['ForAllValues:StringNotEquals', ['a'], ['a', 'c'], false],
  ['ForAllValues:StringLike', ['a*'], ['ab', 'ac'], true],
])('%s %j against %j is %s', (operator, policyValue, requestValue, expected) => {
  expect(holds(operator, policyValue, requestValue)).toBe(expected);
});

it('a policy variable without a value equals nothing, so a negated comparison holds', () => {
  expect(holds('StringEquals', `\${aws:PrincipalTag/x}`, `\${aws:PrincipalTag/x}`)).toBe(false);
  expect(holds('StringNotEquals', `\${aws:PrincipalTag/x}`, 'a')).toBe(true);
});

it.each([
  'BinaryEquals',
  'StringMatches',
  'NullIfExists',
  'ForAllValues:Null',
  'stringequals',
  'ForSomeValues:StringEquals',
])('the operator %s is refused by name', (operator) => {
  expect(() => holds(operator, 'a', 'a')).toThrow(`Condition operator ${operator} is not known`);
});
