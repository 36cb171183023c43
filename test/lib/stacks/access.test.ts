import { uidAwareReads } from '../../../lambda/credentials/study-scope.contract';
import { type PolicyStatementJson, stackNames, templateOf } from '../synthesized-stage';

const credentials = templateOf('credentials');
const viewers = templateOf('authorisation');

const managedPolicies = Object.entries(credentials.findResources('AWS::IAM::ManagedPolicy'));
/** Of collections; the canary's and that of the denials are apart. */
const readingPolicies = managedPolicies.filter(
  ([id]) => id.startsWith('Reading') && !id.startsWith('ReadingNothing'),
);
const [denials] = managedPolicies.filter(([id]) => id.startsWith('Denial'));
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

describe('the denial of revoked sessions', () => {
  const covered = Object.entries(credentials.findResources('AWS::IAM::Role')).filter(([, role]) =>
    JSON.stringify(role.Properties.ManagedPolicyArns ?? []).includes(denials?.[0] ?? 'none'),
  );

  it('stands on every researcher role and the canary’s, each with what it may read as its boundary', () => {
    expect(covered.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
      'Canary',
      'Researcheranykinddaeonly',
      'Researcherbreastscreeningdaeonly',
      'Researcherchestdaeonly',
    ]);
    for (const [, role] of covered) {
      const [reading] = role.Properties.ManagedPolicyArns;
      expect(role.Properties.PermissionsBoundary).toEqual(reading);
      expect(reading.Ref).toMatch(/^Reading/);
    }
  });

  it('says nothing in the template that could ever change: CloudFormation must not put it back', () => {
    expect(denials?.[1].Properties).toEqual({
      Description: 'Denies what was revoked; its versions are made by deny-sessions',
      ManagedPolicyName: 'nmip-example-revoked-sessions',
      Path: '/nmip/example/',
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'Nothing',
            Effect: 'Deny',
            Action: '*',
            Resource: '*',
            Condition: { DateLessThan: { 'aws:TokenIssueTime': '1970-01-01T00:00:00Z' } },
          },
        ],
      },
    });
  });

  it('the canary reads studies of an arc that no collection has', () => {
    const nothing = managedPolicies.find(([id]) => id.startsWith('ReadingNothing'));
    expect(JSON.stringify(nothing)).toContain('1.3.6.1.4.1.32473.7.0.1.*');
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
    for (const [id, policy] of readingPolicies) {
      const roles: unknown[] = policy.Properties.Roles;
      expect(roles).toHaveLength(1);
      expect(JSON.stringify(roles[0])).toContain('Viewer');
      const readers = researcherRoles.filter(([, role]) =>
        JSON.stringify(role.Properties.ManagedPolicyArns).includes(id),
      );
      expect(readers).toHaveLength(1);
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

  it('only the issuer assumes roles of researchers, and who measures the canary’s', () => {
    expect(allowing(/^sts:AssumeRole$/).map((id) => id.replace(/Role.*/, ''))).toEqual([
      'credentials/CredentialsApi',
      'credentials/RevocationApi',
      'credentials/RevocationCanary',
    ]);
    const measuring = all.filter(
      ({ id, statement }) =>
        id.startsWith('credentials/Revocation') && [statement.Action].flat().includes('sts:AssumeRole'),
    );
    for (const { statement } of measuring)
      expect(JSON.stringify(statement.Resource)).toContain('researchers/nmip-example-researcher-0-direct');
  });

  it('one function makes versions of policies, of one policy', () => {
    const making = all.filter(
      ({ statement }) =>
        statement.Effect === 'Allow' &&
        [statement.Action ?? []].flat().some((each) => each.startsWith('iam:Create')),
    );
    expect(making).toHaveLength(1);
    expect(making[0]?.id).toMatch(/^credentials\/DenialDenySessionsRole/);
    expect(JSON.stringify(making[0]?.statement.Resource)).toContain(
      'policy/nmip/example/nmip-example-revoked-sessions',
    );
  });

  it('only what derives pseudonyms or salts uses their key', () => {
    expect(allowing(/^kms:GenerateMac$/).map((id) => id.replace(/Role.*/, ''))).toEqual([
      'pipeline/Functionsclearsubjects',
      'pipeline/Functionsreceiveclearance',
      'pipeline/Functionsdeidentifybatch',
      'pipeline/Functionsapplydemographics',
      'pipeline/LargeFilesDeidentifyBatch',
      'withdrawal/Functionspreparewithdrawal',
      'releases/Functionscommitheldout',
      'splits/SplitsApi',
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

  it('only the steps that write receipts, certificates and releases sign', () => {
    expect(allowing(/^kms:Sign$/).map((id) => id.replace(/Role.*/, ''))).toEqual([
      'pipeline/Functionswritereceipt',
      'withdrawal/Functionsendwithdrawal',
      'releases/Functionswritedocuments',
    ]);
  });
});
