import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAccountPolicies } from '../../../scripts/policies/account-policies';

const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** Reads an app of one stack with these resources. */
async function read(resources: Readonly<Record<string, { Type: string; Properties: unknown }>>) {
  const folder = mkdtempSync(join(tmpdir(), 'nmip-policies-test-'));
  const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
  write('manifest.json', {
    artifacts: {
      'nmip-test-one': {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/eu-west-2',
        properties: { templateFile: 'one.json' },
      },
    },
  });
  write('one.json', { Resources: resources });
  try {
    return await readAccountPolicies({
      folder,
      environmentName: 'test',
      region: 'eu-west-2',
      accountId: '111122223333',
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const role = (more: object = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: trust, RoleName: 'one', Path: '/nmip/test/', ...more },
});

const policy = (statement: object, more: object = {}) => ({
  Type: 'AWS::IAM::Policy',
  Properties: {
    PolicyName: 'inline',
    PolicyDocument: { Version: '2012-10-17', Statement: [statement] },
    Roles: [{ Ref: 'Role' }],
    ...more,
  },
});

describe('roles and policies of an app', () => {
  it('have names in place of references, whichever way a policy is attached, in order of their names', async () => {
    const allow = (Action: string, Resource: unknown = '*') => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action, Resource }],
    });
    const { roles } = await read({
      Role: role({
        Policies: [{ PolicyName: 'within', PolicyDocument: allow('s3:ListAllMyBuckets') }],
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
        PermissionsBoundary: { Ref: 'Boundary' },
      }),
      Boundary: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: { ManagedPolicyName: 'boundary', PolicyDocument: allow('*') },
      },
      Attached: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          ManagedPolicyName: 'attached',
          PolicyDocument: allow('kms:Sign', { 'Fn::GetAtt': ['Key', 'Arn'] }),
          Roles: [{ Ref: 'Role' }],
        },
      },
      Inline: policy({
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/*']] },
      }),
      Key: { Type: 'AWS::KMS::Key', Properties: {} },
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'some-files' } },
    });
    expect(roles).toHaveLength(1);
    expect(roles[0]?.arn).toBe('arn:aws:iam::111122223333:role/nmip/test/one');
    expect(roles[0]?.boundary?.name).toBe('arn:aws:iam::111122223333:policy/boundary');
    expect(roles[0]?.identityPolicies.map(({ name }) => name)).toEqual([
      'arn:aws:iam::111122223333:policy/attached',
      'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
      'inline',
      'within',
    ]);
    const resources = roles[0]?.identityPolicies.map(({ document }) => document.Statement[0]?.Resource);
    expect(resources?.[2]).toBe('arn:aws:s3:::some-files/*');
    expect(resources?.[0]).toMatch(/^arn:aws:kms:eu-west-2:111122223333:key\/[0-9a-f-]{36}$/);
  });

  it.each<[string, Parameters<typeof read>[0], RegExp]>([
    [
      'names what has no name here',
      {
        Role: role(),
        Thing: { Type: 'AWS::Nothing::Known', Properties: {} },
        Inline: policy({ Effect: 'Allow', Action: 'x:Y', Resource: { 'Fn::GetAtt': ['Thing', 'Arn'] } }),
      },
      /^The policy of one\/Inline is refused: it holds Arn of nmip-test-one\/Thing \(AWS::Nothing::Known\), which has no name here/,
    ],
    [
      'uses a condition operator that is not known',
      {
        Role: role(),
        Inline: policy({
          Effect: 'Allow',
          Action: '*',
          Resource: '*',
          Condition: { StringSoundsLike: { a: 'b' } },
        }),
      },
      /one\/Inline is refused: Condition operator StringSoundsLike is not known/,
    ],
    [
      'has an element that is not known',
      { Role: role(), Inline: policy({ Effect: 'Allow', Action: '*', Resource: '*', Unless: 'no' }) },
      /one\/Inline is refused: .*Unrecognized key/,
    ],
    [
      'is a managed policy whose text is not known',
      { Role: role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess'] }) },
      /one\/Role is refused: the text of the managed policy arn:aws:iam::aws:policy\/PowerUserAccess is not known/,
    ],
    [
      'is attached to a role of somebody else',
      { Role: role(), Inline: policy({ Effect: 'Allow', Action: '*', Resource: '*' }, { Roles: ['other'] }) },
      /one\/Inline is refused: it is attached to other, which is no role of the app/,
    ],
    [
      'gives rights in a way that is not read',
      { User: { Type: 'AWS::IAM::User', Properties: {} } },
      /one\/User is refused: AWS::IAM::User gives rights that are not read here/,
    ],
  ])('an app is refused whose policy %s', async (_, resources, message) => {
    await expect(read(resources)).rejects.toThrow(message);
  });

  it('an intrinsic function that is not known is refused by name', async () => {
    await expect(
      read({
        Role: role(),
        Inline: policy({ Effect: 'Allow', Action: '*', Resource: { 'Fn::Cidr': ['a'] } }),
      }),
    ).rejects.toThrow(/Fn::Cidr/);
  });
});
