import { parsePolicy } from '../../../../local/aws/iam/policy';

const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const document = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });

it.each([
  ['text that is not JSON', '{', /not JSON/],
  ['an unknown version', { Version: '2020-01-01', Statement: [] }, /Version/],
  ['an unknown element', document({ ...statement, Actions: 'x' }), /Statement/],
  ['an effect in another case', document({ ...statement, Effect: 'allow' }), /Effect|Statement/],
  ['no action', document({ Effect: 'Allow', Resource: '*' }), /Action or NotAction is missing/],
  ['Action and NotAction', document({ ...statement, NotAction: 's3:*' }), /exclude each other/],
  ['an action without a service', document({ ...statement, Action: 'GetObject' }), /not an action/],
  ['no resource', document({ Effect: 'Allow', Action: '*' }), /Resource or NotResource is missing/],
  ['a resource that is no ARN', document({ ...statement, Resource: 'bucket' }), /neither an ARN nor/],
  ['a principal', document({ ...statement, Principal: '*' }), /no Principal/],
  [
    'an unknown operator',
    document({ ...statement, Condition: { StringIs: { a: 'b' } } }),
    /StringIs is not known/,
  ],
])('an identity policy with %s is refused', (_what, given, message) => {
  expect(() => parsePolicy('p', given as object as Record<string, unknown>, 'identity')).toThrow(message);
});

it.each([
  ['without a principal', document(statement), /Principal or NotPrincipal is missing/],
  [
    'with a wildcard inside a principal',
    document({ ...statement, Principal: { AWS: 'arn:aws:iam::*:role/x' } }),
    /not a principal/,
  ],
  ['with NotPrincipal in an Allow', document({ ...statement, NotPrincipal: '*' }), /Deny statements only/],
])('a resource policy %s is refused', (_what, given, message) => {
  expect(() => parsePolicy('p', given, 'resource')).toThrow(message);
});

it('a trust policy with a Resource is refused', () => {
  expect(() => parsePolicy('p', document({ ...statement, Principal: '*' }), 'trust')).toThrow(/no Resource/);
});
