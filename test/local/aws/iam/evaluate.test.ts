import fc from 'fast-check';
import { type AuthorisationRequest, evaluate, type Principal } from '../../../../local/aws/iam/evaluate';
import { type PolicyKind, parsePolicy } from '../../../../local/aws/iam/policy';
import { requestContext } from '../../../../local/aws/iam/request-context';
import type { ConditionContext } from '../../../../local/aws/service';

const ACCOUNT = '111122223333';
const roleArn = `arn:aws:iam::${ACCOUNT}:role/reader`;
const sessionArn = `arn:aws:sts::${ACCOUNT}:assumed-role/reader/session`;
const principal: Principal = { kind: 'role-session', accountId: ACCOUNT, roleArn, sessionArn };
const object = 'arn:aws:s3:::bucket/key';

type Element = Readonly<Record<string, unknown>>;

const parse = (statements: readonly Element[], kind: PolicyKind = 'identity', name = 'policy') =>
  parsePolicy(name, { Version: '2012-10-17', Statement: statements }, kind);
const allow = (Action: unknown = '*', Resource: unknown = '*', more: Element = {}): Element => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: unknown = '*', Resource: unknown = '*', more: Element = {}): Element => ({
  ...allow(Action, Resource, more),
  Effect: 'Deny',
});

type Asked = Partial<Omit<AuthorisationRequest, 'context'>> & { readonly context?: ConditionContext };

function decide({ context = {}, ...more }: Asked) {
  return evaluate({
    principal,
    action: 's3:GetObject',
    resource: object,
    context: requestContext(context),
    identityPolicies: [],
    ...more,
  });
}
const identity = (...statements: readonly Element[]) => [parse(statements)];

describe('identity policies', () => {
  it('allow nothing by themselves', () => {
    expect(decide({})).toEqual({ decision: 'implicit-deny', matched: [], missing: 'identity' });
  });

  it.each([
    ['s3:GetObject', 'allow'],
    ['S3:getobject', 'allow'],
    ['s3:Get*', 'allow'],
    ['s3:Get?bject', 'allow'],
    ['s3:GetObjectVersion', 'implicit-deny'],
    ['kms:*', 'implicit-deny'],
  ])('action %s decides on s3:GetObject: %s', (action, expected) => {
    expect(decide({ identityPolicies: identity(allow(action)) }).decision).toBe(expected);
  });

  it.each([
    ['arn:aws:s3:::bucket/key', 'allow'],
    ['arn:aws:s3:::bucket/*', 'allow'],
    ['arn:aws:s3:::*', 'allow'],
    ['arn:aws:s3:::bucket', 'implicit-deny'],
    ['arn:aws:s3:::BUCKET/key', 'implicit-deny'],
    ['arn:aws:s3:::bucket/k?', 'implicit-deny'],
  ])('resource %s decides on the object: %s', (resource, expected) => {
    expect(decide({ identityPolicies: identity(allow('*', resource)) }).decision).toBe(expected);
  });

  it('NotAction and NotResource apply to everything but what they name', () => {
    const notAction = identity({ Effect: 'Allow', NotAction: 's3:Get*', Resource: '*' });
    expect(decide({ identityPolicies: notAction }).decision).toBe('implicit-deny');
    expect(decide({ identityPolicies: notAction, action: 's3:PutObject' }).decision).toBe('allow');
    const notResource = identity({ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::bucket/*' });
    expect(decide({ identityPolicies: notResource }).decision).toBe('implicit-deny');
    expect(decide({ identityPolicies: notResource, resource: 'arn:aws:s3:::other/key' }).decision).toBe(
      'allow',
    );
  });

  it('name the denying statement', () => {
    const policies = identity(allow(), deny('s3:*', '*', { Sid: 'NoStorage' }));
    expect(decide({ identityPolicies: policies })).toEqual({
      decision: 'explicit-deny',
      matched: [{ source: 'identity', policy: 'policy', sid: 'NoStorage', effect: 'Deny' }],
    });
  });
});

describe('policy variables', () => {
  const policies = identity(allow('s3:*', `arn:aws:s3:::bucket/\${aws:PrincipalTag/ProjectId}/*`));
  const resource = 'arn:aws:s3:::bucket/p-1/file';

  it('take their value from the request', () => {
    const context = { 'aws:PrincipalTag/projectid': 'p-1' };
    expect(decide({ identityPolicies: policies, resource, context }).decision).toBe('allow');
    const other = { 'aws:PrincipalTag/ProjectId': 'p-2' };
    expect(decide({ identityPolicies: policies, resource, context: other }).decision).toBe('implicit-deny');
  });

  it('without a value match nothing', () => {
    expect(decide({ identityPolicies: policies, resource }).decision).toBe('implicit-deny');
    const literal = `arn:aws:s3:::bucket/\${aws:PrincipalTag/ProjectId}/file`;
    expect(decide({ identityPolicies: policies, resource: literal }).decision).toBe('implicit-deny');
  });

  it('never bring in wildcards', () => {
    const context = { 'aws:PrincipalTag/ProjectId': '*' };
    expect(decide({ identityPolicies: policies, resource, context }).decision).toBe('implicit-deny');
  });

  it('may have a default, and may stand for an asterisk itself', () => {
    const fallback = identity(allow('s3:*', `arn:aws:s3:::bucket/\${aws:PrincipalTag/Team, 'none'}/*`));
    expect(decide({ identityPolicies: fallback, resource: 'arn:aws:s3:::bucket/none/x' }).decision).toBe(
      'allow',
    );
    const star = identity(allow('s3:*', `arn:aws:s3:::bucket/\${*}`));
    expect(decide({ identityPolicies: star, resource: 'arn:aws:s3:::bucket/*' }).decision).toBe('allow');
    expect(decide({ identityPolicies: star }).decision).toBe('implicit-deny');
  });

  it('are plain text in policies of version 2008-10-17', () => {
    const old = parsePolicy(
      'old',
      { Version: '2008-10-17', Statement: [allow('s3:*', `arn:aws:s3:::bucket/\${aws:userid}`)] },
      'identity',
    );
    const context = { 'aws:userid': 'me' };
    expect(decide({ identityPolicies: [old], resource: 'arn:aws:s3:::bucket/me', context }).decision).toBe(
      'implicit-deny',
    );
  });
});

describe('the scope of a release stands in the Study Instance UID', () => {
  const datastore = `arn:aws:medical-imaging:eu-west-2:${ACCOUNT}:datastore/${'a'.repeat(32)}`;
  const reads = ['medical-imaging:GetDICOMInstance', 'medical-imaging:GetDICOMInstanceFrames'];
  const root = '1.2.826.0.1.3680043.10.1';
  const decideStudy = (
    studyUid: string | undefined,
    identityPolicies: AuthorisationRequest['identityPolicies'],
  ) =>
    decide({
      identityPolicies,
      action: 'medical-imaging:GetDICOMInstance',
      resource: datastore,
      context: studyUid === undefined ? {} : { 'medical-imaging:StudyInstanceUID': studyUid },
    }).decision;

  it.each([
    [`${root}.7.1.123`, 'allow'],
    [`${root}.7.2.123`, 'implicit-deny'],
    [`${root}.71.1.123`, 'implicit-deny'],
    [`${root}.8.1.123`, 'implicit-deny'],
    [undefined, 'implicit-deny'],
  ])('an arc decides on %s: %s', (uid, expected) => {
    const arc = identity(
      allow(reads, datastore, {
        Condition: { StringLike: { 'medical-imaging:StudyInstanceUID': `${root}.7.1.*` } },
      }),
    );
    expect(decideStudy(uid, arc)).toBe(expected);
  });

  it('the arc may come from a tag of the session', () => {
    const arc = identity(
      allow(reads, datastore, {
        Condition: {
          StringLike: { 'medical-imaging:StudyInstanceUID': `${root}.\${aws:PrincipalTag/ReleaseArc}.*` },
        },
      }),
    );
    const tagged = (ReleaseArc: string, uid: string) =>
      decide({
        identityPolicies: arc,
        action: 'medical-imaging:GetDICOMInstance',
        resource: datastore,
        context: { 'aws:PrincipalTag/ReleaseArc': ReleaseArc, 'medical-imaging:StudyInstanceUID': uid },
      }).decision;
    expect(tagged('7.1', `${root}.7.1.5`)).toBe('allow');
    expect(tagged('7.1', `${root}.7.2.5`)).toBe('implicit-deny');
    expect(tagged('*', `${root}.7.1.5`)).toBe('implicit-deny');
    expect(decideStudy(`${root}.7.1.5`, arc)).toBe('implicit-deny');
  });

  it('a list of studies allows those and no other', () => {
    const list = identity(
      allow(reads, datastore, {
        Condition: { StringEquals: { 'medical-imaging:StudyInstanceUID': ['1.2.3', '1.2.4'] } },
      }),
    );
    expect(decideStudy('1.2.4', list)).toBe('allow');
    expect(decideStudy('1.2.40', list)).toBe('implicit-deny');
  });

  it('everything but the reads is denied by NotAction, even where something allows it', () => {
    const guarded = [...identity(allow()), ...identity({ Effect: 'Deny', NotAction: reads, Resource: '*' })];
    expect(
      decide({ identityPolicies: guarded, action: 'medical-imaging:SearchImageSets', resource: datastore })
        .decision,
    ).toBe('explicit-deny');
    expect(decideStudy('1.2.3', guarded)).toBe('allow');
  });
});

describe('resource policies', () => {
  const bucketPolicy = (role: 'additional' | 'required', ...statements: readonly Element[]) => ({
    policy: parse(statements, 'resource', 'bucket policy'),
    role,
  });
  const to = (AWS: unknown, more: Element = {}) =>
    allow('s3:*', 'arn:aws:s3:::bucket/*', { Principal: { AWS }, ...more });

  it('of a bucket allow a role of the account by themselves', () => {
    expect(decide({ resourcePolicy: bucketPolicy('additional', to(roleArn)) }).decision).toBe('allow');
  });

  it('that name the account leave the decision to the identity policies', () => {
    const account = bucketPolicy('additional', to(`arn:aws:iam::${ACCOUNT}:root`));
    expect(decide({ resourcePolicy: account }).missing).toBe('identity');
    expect(decide({ resourcePolicy: account, identityPolicies: identity(allow()) }).decision).toBe('allow');
  });

  it('of a key are required: identity policies alone do not suffice', () => {
    const other = bucketPolicy('required', to(`arn:aws:iam::${ACCOUNT}:role/other`));
    expect(decide({ resourcePolicy: other, identityPolicies: identity(allow()) })).toMatchObject({
      decision: 'implicit-deny',
      missing: 'resource',
    });
    const account = bucketPolicy('required', to(ACCOUNT));
    expect(decide({ resourcePolicy: account, identityPolicies: identity(allow()) }).decision).toBe('allow');
    expect(decide({ resourcePolicy: account }).decision).toBe('implicit-deny');
  });

  it('that name the role are narrowed by session policy and boundary; that name the session are not', () => {
    const narrow = { sessionPolicies: identity(allow('kms:*')) };
    const bound = { boundary: parse([allow('kms:*')]) };
    const byRole = bucketPolicy('additional', to(roleArn));
    const bySession = bucketPolicy('additional', to(sessionArn));
    expect(decide({ resourcePolicy: byRole, ...narrow }).missing).toBe('session');
    expect(decide({ resourcePolicy: byRole, ...bound }).missing).toBe('boundary');
    expect(decide({ resourcePolicy: bySession, ...narrow, ...bound }).decision).toBe('allow');
  });

  it('deny everyone but those that NotPrincipal names', () => {
    const except = bucketPolicy('additional', {
      Effect: 'Deny',
      NotPrincipal: { AWS: `arn:aws:iam::${ACCOUNT}:role/other` },
      Action: '*',
      Resource: '*',
    });
    expect(decide({ resourcePolicy: except, identityPolicies: identity(allow()) }).decision).toBe(
      'explicit-deny',
    );
  });

  it('allow a service that they name, and no other', () => {
    const trust = {
      policy: parse(
        [{ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        'trust',
      ),
      role: 'required' as const,
    };
    const assume = (service: string) =>
      decide({
        principal: { kind: 'service', service },
        action: 'sts:AssumeRole',
        resource: roleArn,
        resourcePolicy: trust,
      }).decision;
    expect(assume('states.amazonaws.com')).toBe('allow');
    expect(assume('lambda.amazonaws.com')).toBe('implicit-deny');
  });
});

describe('rules that hold for every set of policies', () => {
  const action = fc.constantFrom('s3:GetObject', 's3:PutObject', 'kms:Decrypt', 's3:*', 's3:Get*', '*');
  const resource = fc.constantFrom('*', object, 'arn:aws:s3:::bucket/*', 'arn:aws:s3:::other/*');
  const condition = fc.constantFrom<Element>(
    {},
    { Condition: { StringEquals: { 'aws:PrincipalTag/ProjectId': 'p-1' } } },
    { Condition: { Null: { 'aws:SourceVpce': 'true' } } },
    { Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } },
  );
  const statement = fc
    .tuple(fc.constantFrom('Allow', 'Deny'), action, resource, condition)
    .map(([Effect, Action, Resource, more]): Element => ({ Effect, Action, Resource, ...more }));
  const policies = fc.array(
    fc.array(statement, { minLength: 1, maxLength: 3 }).map((list) => parse(list)),
    { maxLength: 3 },
  );
  const context = fc.record(
    {
      'aws:PrincipalTag/ProjectId': fc.constantFrom('p-1', 'p-2'),
      'aws:SourceVpce': fc.constantFrom('vpce-1', 'vpce-2'),
    },
    { requiredKeys: [] },
  );
  const resourceStatement = fc
    .tuple(
      statement,
      fc.constantFrom('*', roleArn, sessionArn, ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/other`),
    )
    .map(([element, AWS]): Element => ({ ...element, Principal: { AWS } }));
  const resourcePolicy = fc.option(
    fc.record({
      policy: fc
        .array(resourceStatement, { minLength: 1, maxLength: 2 })
        .map((list) => parse(list, 'resource')),
      role: fc.constantFrom('additional' as const, 'required' as const),
    }),
    { nil: undefined },
  );
  const request = fc.record({
    action: fc.constantFrom('s3:GetObject', 's3:PutObject', 'kms:Decrypt'),
    context,
    identityPolicies: policies,
    sessionPolicies: policies,
    boundary: fc.option(
      fc.array(statement, { minLength: 1, maxLength: 3 }).map((list) => parse(list)),
      { nil: undefined },
    ),
    resourcePolicy,
  });
  const seeded = { seed: 20_261_123, numRuns: 1500 };

  it('a deny that applies wins over everything', () => {
    fc.assert(
      fc.property(request, fc.constantFrom('identity', 'session'), (given, where) => {
        const denying = parse([deny()]);
        const more =
          where === 'identity'
            ? { identityPolicies: [...given.identityPolicies, denying] }
            : { sessionPolicies: [...given.sessionPolicies, denying] };
        expect(decide({ ...given, ...more }).decision).toBe('explicit-deny');
      }),
      seeded,
    );
  });

  it('passing session policies never adds a permission', () => {
    fc.assert(
      fc.property(request, (given) => {
        if (decide(given).decision === 'allow')
          expect(decide({ ...given, sessionPolicies: [] }).decision).toBe('allow');
      }),
      seeded,
    );
  });

  it('a boundary never adds a permission', () => {
    fc.assert(
      fc.property(request, (given) => {
        if (decide(given).decision === 'allow')
          expect(decide({ ...given, boundary: undefined }).decision).toBe('allow');
      }),
      seeded,
    );
  });

  it('without any allowing statement nothing is allowed', () => {
    fc.assert(
      fc.property(request, (given) => {
        const { decision, matched } = decide(given);
        if (decision === 'allow') expect(matched.some(({ effect }) => effect === 'Allow')).toBe(true);
      }),
      seeded,
    );
  });

  it('the order of policies does not matter', () => {
    fc.assert(
      fc.property(request, (given) => {
        const reversed = {
          ...given,
          identityPolicies: given.identityPolicies.toReversed(),
          sessionPolicies: given.sessionPolicies.toReversed(),
        };
        expect(decide(reversed).decision).toBe(decide(given).decision);
      }),
      seeded,
    );
  });
});
