import fc from 'fast-check';
import { buildSessionPolicy, LONGEST_SESSION_POLICY } from '../../../lambda/credentials/session-policy';
import { developmentPrefix, uidAwareReads } from '../../../lambda/credentials/study-scope.contract';

const datastoreArn = `arn:aws:medical-imaging:eu-west-2:123456789012:datastore/${'0'.repeat(32)}`;
/** Region and account of the longest ARN that there is. */
const longestArn = `arn:aws-us-gov:medical-imaging:ap-southeast-99:123456789012:datastore/${'f'.repeat(32)}`;
const uidRoot = '1.3.6.1.4.1.32473.7';

const arc = fc.integer({ min: 1, max: 9999 });
/** Study UIDs of the development split of an arc, up to the full 64 characters. */
const studyOf = (ofArc: number) => {
  const prefix = developmentPrefix(uidRoot, ofArc);
  const room = 64 - prefix.length;
  return fc
    .tuple(
      fc.constantFrom('1', '5', '9'),
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 29, maxLength: room - 1 }),
    )
    .map(([first, rest]) => prefix + first + rest);
};

describe('a session policy', () => {
  test('for a collection is exactly the five UID-aware reads on the development arc', () => {
    expect(JSON.parse(buildSessionPolicy({ arc: 7 }, { uidRoot, datastoreArn }))).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: [
            'medical-imaging:GetDICOMBulkdata',
            'medical-imaging:GetDICOMInstance',
            'medical-imaging:GetDICOMInstanceFrames',
            'medical-imaging:GetDICOMInstanceMetadata',
            'medical-imaging:GetDICOMSeriesMetadata',
          ],
          Resource: datastoreArn,
          Condition: { StringLike: { 'medical-imaging:StudyInstanceUID': '1.3.6.1.4.1.32473.7.7.1.*' } },
        },
      ],
    });
  });

  test('for listed studies names them and nothing else, and twenty of the longest fit what STS takes', () => {
    fc.assert(
      fc.property(
        arc.chain((ofArc) =>
          fc.tuple(
            fc.constant(ofArc),
            fc.uniqueArray(studyOf(ofArc), { minLength: 1, maxLength: 20 }),
            fc.constantFrom(datastoreArn, longestArn),
          ),
        ),
        ([ofArc, studies, arn]) => {
          const text = buildSessionPolicy({ arc: ofArc }, { uidRoot, datastoreArn: arn, studies });
          expect(text.length).toBeLessThanOrEqual(LONGEST_SESSION_POLICY);
          const [statement, another] = JSON.parse(text).Statement;
          expect(another).toBeUndefined();
          expect(statement.Action).toEqual(uidAwareReads);
          expect(statement.Resource).toBe(arn);
          expect(statement.Condition).toEqual({
            StringEquals: { 'medical-imaging:StudyInstanceUID': studies },
          });
        },
      ),
      { seed: 8, numRuns: 500 },
    );
  });

  test('of twenty UIDs of 64 characters is under 2,048 characters', () => {
    const prefix = developmentPrefix(uidRoot, 9999);
    const studies = Array.from({ length: 20 }, (_, index) => `${prefix}${10 + index}`.padEnd(64, '0'));
    const text = buildSessionPolicy({ arc: 9999 }, { uidRoot, datastoreArn: longestArn, studies });
    expect(text.length).toBeLessThan(LONGEST_SESSION_POLICY);
  });

  test('never reaches another arc or the held-out split', () => {
    fc.assert(
      fc.property(
        arc,
        fc.oneof(
          arc.chain((other) => studyOf(other).map((study) => ({ other, study }))),
          arc.map((other) => ({ other: -1, study: `${uidRoot}.${other}.2.${'4'.repeat(30)}` })),
        ),
        (granted, { other, study }) => {
          fc.pre(other !== granted);
          expect(() =>
            buildSessionPolicy({ arc: granted }, { uidRoot, datastoreArn, studies: [study] }),
          ).toThrow('outside the grant');
          const pattern: string = JSON.parse(buildSessionPolicy({ arc: granted }, { uidRoot, datastoreArn }))
            .Statement[0].Condition.StringLike['medical-imaging:StudyInstanceUID'];
          expect(study.startsWith(pattern.slice(0, -1))).toBe(false);
        },
      ),
      { seed: 9, numRuns: 500 },
    );
  });

  test.each([
    ['no study', []],
    ['twenty-one studies', Array.from({ length: 21 }, (_, index) => `${uidRoot}.7.1.${index + 1}`)],
    ['a wildcard', [`${uidRoot}.7.1.*`]],
    ['a policy variable', [`${uidRoot}.7.1.\${aws:userid}`]],
    ['a quotation mark', [`${uidRoot}.7.1.1"`]],
    ['an arc that begins like the granted one', [`${uidRoot}.77.1.1`]],
  ])('is not made for %s', (_case, studies) => {
    expect(() => buildSessionPolicy({ arc: 7 }, { uidRoot, datastoreArn, studies })).toThrow(RangeError);
  });
});
