import { uidAwareReads } from '../../../lambda/credentials/study-scope.contract';
import { type PolicyStatementJson, stackNames, templateOf } from '../synthesized-stage';

const credentials = templateOf('credentials');
const viewers = templateOf('authorisation');

const readingPolicies = Object.entries(credentials.findResources('AWS::IAM::ManagedPolicy'));
const researcherRoles = Object.entries(credentials.findResources('AWS::IAM::Role')).filter(([id]) =>
  id.startsWith('Researcher'),
);
const viewerRoles = Object.entries(viewers.findResources('AWS::IAM::Role')).filter(([id]) =>
  id.startsWith('Viewer'),
);

function statements(policy: { Properties: { PolicyDocument: { Statement: PolicyStatementJson[] } } }) {
  return policy.Properties.PolicyDocument.Statement;
}

describe('researcher roles', () => {
  it('there is one for each collection and access mode', () => {
    expect(researcherRoles.map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'Researcherchestdaeonly',
      'Researcherbreastscreeningdaeonly',
      'Researcheranykinddaeonly',
    ]);
  });

  it.each(researcherRoles)(
    '%s trusts the issuer’s role alone, and only with project, grant and source identity',
    (_, role) => {
      const trust: PolicyStatementJson[] = role.Properties.AssumeRolePolicyDocument.Statement;
      expect(new Set(trust.flatMap(({ Action = [] }) => Action))).toEqual(
        new Set(['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']),
      );
      for (const statement of trust) {
        expect(JSON.stringify(statement.Principal)).toMatch(
          /^\{"AWS":\{"Fn::GetAtt":\["CredentialsApiRole\w+","Arn"\]\}\}$/,
        );
        expect(statement.Condition).toEqual({
          Null: {
            'aws:RequestTag/ProjectId': 'false',
            'aws:RequestTag/GrantId': 'false',
            'sts:SourceIdentity': 'false',
          },
          'ForAllValues:StringEquals': { 'aws:TagKeys': ['ProjectId', 'GrantId'] },
        });
      }
    },
  );

  it.each([...researcherRoles, ...viewerRoles])('%s lasts an hour at most', (_, role) => {
    expect(role.Properties.MaxSessionDuration).toBe(3600);
  });
});

describe('viewer roles', () => {
  it.each(viewerRoles)('%s are assumed by HealthImaging of this account only', (_, role) => {
    const [statement] = role.Properties.AssumeRolePolicyDocument.Statement;
    expect(statement.Principal).toEqual({ Service: 'medical-imaging.amazonaws.com' });
    expect(Object.keys(statement.Condition)).toEqual(['StringEquals', 'ArnLike']);
  });
});

describe('what a person’s role may read', () => {
  it.each(readingPolicies)(
    '%s: five reads of one collection’s development studies in the development store',
    (_, policy) => {
      const allowed = statements(policy as never).filter(({ Effect }) => Effect === 'Allow');
      expect(allowed).toHaveLength(1);
      expect(allowed[0]?.Action).toEqual([...uidAwareReads]);
      expect(allowed[0]?.Condition).toEqual({
        StringLike: {
          'medical-imaging:StudyInstanceUID': expect.stringMatching(
            /^1\.3\.6\.1\.4\.1\.32473\.7\.\d+\.1\.\*$/,
          ),
        },
        Bool: { 'aws:SecureTransport': 'true' },
      });
      expect(JSON.stringify(allowed[0]?.Resource)).toMatch(/Development\w*DatastoreArn/);
    },
  );

  it('no two collections have the same pattern', () => {
    const patterns = readingPolicies.map(([, policy]) =>
      JSON.stringify(statements(policy as never)[0]?.Condition),
    );
    expect(new Set(patterns).size).toBe(3);
  });

  it.each(readingPolicies)('%s denies everything else, plain HTTP and other networks', (_, policy) => {
    const denied = statements(policy as never).filter(({ Effect }) => Effect === 'Deny');
    expect(denied).toEqual([
      expect.objectContaining({ NotAction: [...uidAwareReads], Resource: '*' }),
      expect.objectContaining({ Action: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({
        Action: '*',
        Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0' } },
      }),
    ]);
  });

  it('each policy belongs to one researcher role and one viewer role', () => {
    for (const [, policy] of readingPolicies) {
      const roles: unknown[] = policy.Properties.Roles;
      expect(roles).toHaveLength(2);
      expect(JSON.stringify(roles[0])).toContain('Researcher');
      expect(JSON.stringify(roles[1])).toContain('Viewer');
    }
  });

  it('the held-out store stands in no policy of a person', () => {
    expect(JSON.stringify(readingPolicies)).not.toMatch(/HeldOut/);
  });
});

describe('in the whole platform', () => {
  const all = stackNames.flatMap((name) => {
    const template = templateOf(name);
    return [
      ...Object.entries(template.findResources('AWS::IAM::Policy')),
      ...Object.entries(template.findResources('AWS::IAM::ManagedPolicy')),
    ].flatMap(([id, policy]) =>
      statements(policy as never).map((statement) => ({ id: `${name}/${id}`, statement })),
    );
  });
  const allowing = (pattern: RegExp) =>
    all
      .filter(
        ({ statement }) =>
          statement.Effect === 'Allow' && [statement.Action ?? []].flat().some((a) => pattern.test(a)),
      )
      .map(({ id }) => id);

  it('nobody searches image sets and nobody has all actions of HealthImaging', () => {
    expect(allowing(/^medical-imaging:(\*|Search)/)).toEqual([]);
  });

  it('no policy allows by NotAction', () => {
    expect(
      all.filter(({ statement }) => statement.Effect === 'Allow' && statement.NotAction !== undefined),
    ).toEqual([]);
  });

  it('only the issuer assumes roles', () => {
    expect(new Set(allowing(/^sts:AssumeRole$/)).size).toBe(1);
    expect(allowing(/^sts:AssumeRole$/)[0]).toMatch(/^credentials\/CredentialsApiRole/);
  });

  it('only the steps that derive pseudonyms use their key', () => {
    expect(allowing(/^kms:GenerateMac$/).map((id) => id.replace(/Role.*/, ''))).toEqual([
      'pipeline/Functionsclearsubjects',
      'pipeline/Functionsreceiveclearance',
      'pipeline/Functionsdeidentifybatch',
      'pipeline/Functionsapplydemographics',
      'pipeline/LargeFilesDeidentifyBatch',
      'withdrawal/Functionspreparewithdrawal',
    ]);
  });

  it('one function takes files out of quarantine, and it has no route', () => {
    const readers = all.filter(
      ({ statement }) =>
        statement.Effect === 'Allow' &&
        [statement.Action ?? []].flat().includes('s3:GetObject') &&
        /Quarantine\w*Bucket/.test(JSON.stringify(statement.Resource)),
    );
    expect(readers.map(({ id }) => id.replace(/Role.*/, ''))).toEqual(['quarantine/ReplayPart']);
  });

  it('only the steps that write receipts and certificates sign', () => {
    expect(allowing(/^kms:Sign$/).map((id) => id.replace(/Role.*/, ''))).toEqual([
      'pipeline/Functionswritereceipt',
      'withdrawal/Functionsendwithdrawal',
    ]);
  });
});
