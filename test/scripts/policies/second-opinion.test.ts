import fc from 'fast-check';
import { platformVerdict } from '../../../scripts/policies/platform-verdict';
import type { ProofEntry } from '../../../scripts/policies/proof';
import type { Question } from '../../../scripts/policies/question';
import { secondOpinion } from './simulator';

/**
 * Two evaluators of IAM policies that share no code, on policies that no app has: what one of them misunderstood would
 * show here even where the platform's own policies do not depend on it. Small alphabets, so that things meet.
 */

const action = fc.constantFrom('x:Get', 'x:GetAll', 'X:get', 'x:Put', 'y:Get', 'sts:AssumeRole');
const actionPattern = fc.constantFrom('x:Get', 'x:Get*', 'x:?et', '*', 'x:*', 'y:Get', 'sts:AssumeRole');
const resource = fc.constantFrom('arn:aws:x:r:1:a', 'arn:aws:x:r:1:a/b', 'arn:aws:x:r:1:ab', '*');
const resourcePattern = fc.constantFrom(
  'arn:aws:x:r:1:a',
  'arn:aws:x:r:1:a*',
  'arn:aws:x:r:1:a/?',
  'arn:aws:*',
  '*',
);
const key = fc.constantFrom('a:One', 'A:one', 'a:Two', 'aws:TagKeys');
const text = fc.constantFrom(
  '',
  'v',
  'va',
  'V',
  'v*',
  '?',
  'arn:aws:x:r:1:a',
  'arn:aws:x:r:1:ab',
  'true',
  '2026-11-29T12:00:00Z',
  '2026-11-29T12:00:01Z',
);
const operator = fc.constantFrom(
  'StringEquals',
  'StringNotEquals',
  'StringLike',
  'ArnLike',
  'ArnEquals',
  'ForAllValues:StringEquals',
);
const condition = fc
  .oneof(
    fc.tuple(operator, key, fc.array(text, { minLength: 1, maxLength: 3 })),
    fc.tuple(fc.constantFrom('Null', 'Bool'), key, fc.constantFrom(['true'], ['false'])),
    fc.tuple(fc.constant('DateLessThan'), key, fc.constant(['2026-11-29T12:00:01Z'])),
  )
  .map(([name, of, values]) => ({ [name]: { [of]: values } }));
const statement = (resources: boolean) =>
  fc
    .record({
      Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
      actions: fc.array(actionPattern, { minLength: 1, maxLength: 2 }),
      not: fc.nat({ max: 4 }),
      Resource: fc.array(resourcePattern, { minLength: 1, maxLength: 2 }),
      Condition: fc.option(condition, { nil: undefined }),
      Principal: fc.constantFrom<unknown>(
        '*',
        { AWS: 'arn:aws:iam::111122223333:root' },
        { AWS: 'arn:aws:iam::111122223333:role/other' },
        { Service: ['x.amazonaws.com', 'y.amazonaws.com'] },
      ),
    })
    .map(({ actions, not, Resource, Condition, Principal, Effect }) => ({
      Effect,
      ...(not === 0 ? { NotAction: actions } : { Action: actions }),
      ...(resources ? { Resource } : { Principal }),
      ...(Condition === undefined ? {} : { Condition }),
    }));
const document = (resources: boolean) =>
  fc
    .array(statement(resources), { minLength: 1, maxLength: 4 })
    .map((Statement) => ({ Version: '2012-10-17', Statement }));
/** Keys of several values are asked for by operators of sets alone, so the one that has several is theirs. */
const context = fc.record(
  { 'a:One': text, 'A:two': text, 'aws:TagKeys': fc.array(text, { minLength: 1, maxLength: 1 }) },
  { requiredKeys: [] },
);
const question: fc.Arbitrary<Question> = fc.record({ action, resource, context });
const policies = {
  identityPolicies: fc.array(document(true), { minLength: 1, maxLength: 3 }),
  sessionPolicy: fc.option(document(true)),
};
/** A role asks; of a trust policy that names everyone or the role itself an allow would need no policy of the role's own. */
const ofRole = fc
  .record({ ...policies, trustPolicy: fc.option(document(false), { freq: 3 }) })
  .filter(({ trustPolicy }) => !JSON.stringify(trustPolicy).includes('"Principal":"*"'))
  .map((generated) => ({ ...generated, name: 'generated', principal: 'arn:aws:iam::111122223333:role/one' }));
/** A service has neither identity nor session policies. */
const ofService = document(false).map((trustPolicy) => ({
  name: 'generated',
  principal: 'x.amazonaws.com',
  identityPolicies: [],
  sessionPolicy: null,
  trustPolicy,
}));
const entry: fc.Arbitrary<Omit<ProofEntry, 'cases'>> = fc.oneof(ofRole, ofRole, ofService);

it('the two evaluators agree on policies that no app has', () => {
  let allowed = 0;
  fc.assert(
    fc.property(entry, question, (generated, asked) => {
      const verdict = platformVerdict(generated)(asked);
      if (verdict === 'allow') allowed++;
      expect(secondOpinion({ ...generated, cases: [] }, { ...asked, expect: verdict })).toBe(verdict);
    }),
    { seed: 33, numRuns: 5_000 },
  );
  expect(allowed).toBeGreaterThan(200);
});
