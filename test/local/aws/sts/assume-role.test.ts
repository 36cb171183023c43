import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import type { PolicyDocument } from '../../../../local/aws/iam/policy';
import type { SessionCredentials } from '../../../../local/aws/iam/session';
import { ACCOUNT, allow, policy, TestPlatform, VPC_ENDPOINT_ID } from '../test-platform';

let platform: TestPlatform;
let issuer: SessionCredentials;
const issuerArn = `arn:aws:iam::${ACCOUNT}:role/issuer`;
const researcherArn = `arn:aws:iam::${ACCOUNT}:role/researcher`;

/** As the design gives it to the role of a collection: one issuing role, tags and source identity demanded. */
const trust = policy({
  Effect: 'Allow',
  Principal: { AWS: issuerArn },
  Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
  Condition: {
    'ForAllValues:StringEquals': { 'aws:TagKeys': ['ProjectId', 'GrantId'] },
    Null: { 'aws:RequestTag/ProjectId': 'false', 'sts:SourceIdentity': 'false' },
  },
});

beforeAll(async () => {
  platform = await TestPlatform.start();
  platform.s3.createBucket({ name: 'bucket' });
});
afterAll(() => platform.stop());

beforeEach(() => {
  platform.ahead = 0;
  issuer = platform.as('issuer', policy());
  platform.role('researcher', policy(allow(['s3:GetObject', 's3:ListBucket'])), { trustPolicy: trust });
});

const input: AssumeRoleCommandInput = {
  RoleArn: researcherArn,
  RoleSessionName: 'grant-1',
  DurationSeconds: 900,
  SourceIdentity: 'researcher-pseudonym',
  Tags: [
    { Key: 'ProjectId', Value: 'p-1' },
    { Key: 'GrantId', Value: 'g-1' },
  ],
};
const assume = (more: Partial<AssumeRoleCommandInput> = {}, credentials = issuer) =>
  platform.stsClient(credentials).send(new AssumeRoleCommand({ ...input, ...more }));

async function session(
  more: Partial<AssumeRoleCommandInput> = {},
  credentials = issuer,
): Promise<SessionCredentials> {
  const { Credentials } = await assume(more, credentials);
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
    expiration: Credentials?.Expiration ?? new Date(0),
  };
}

it('gives a session that knows who it is', async () => {
  const answer = await assume();
  expect(answer).toMatchObject({
    AssumedRoleUser: {
      Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/researcher/grant-1`,
      AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:grant-1$/),
    },
    SourceIdentity: 'researcher-pseudonym',
    PackedPolicySize: expect.any(Number),
  });
  const identity = await platform.stsClient(await session()).send(new GetCallerIdentityCommand());
  expect(identity).toMatchObject({
    Account: ACCOUNT,
    Arn: answer.AssumedRoleUser?.Arn,
    UserId: answer.AssumedRoleUser?.AssumedRoleId,
  });
});

it.each<[string, Partial<AssumeRoleCommandInput>]>([
  ['without the tag that the trust policy demands', { Tags: [{ Key: 'GrantId', Value: 'g-1' }] }],
  [
    'with a tag that the trust policy does not name',
    { Tags: [...(input.Tags ?? []), { Key: 'Team', Value: 'x' }] },
  ],
  ['without a source identity', { SourceIdentity: undefined }],
  ['for a role that is not there', { RoleArn: `${researcherArn}s` }],
])('is denied %s', async (_what, more) => {
  await expect(assume(more)).rejects.toMatchObject({
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
  });
});

it('is denied to a role that the trust policy does not name, whatever its own policies say', async () => {
  const other = platform.as('other', policy(allow('*')));
  await expect(assume({}, other)).rejects.toMatchObject({ name: 'AccessDenied' });
});

it.each<[string, PolicyDocument]>([
  [
    'tags',
    policy({
      Effect: 'Allow',
      Principal: { AWS: issuerArn },
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
    }),
  ],
  [
    'a source identity',
    policy({ Effect: 'Allow', Principal: { AWS: issuerArn }, Action: ['sts:AssumeRole', 'sts:TagSession'] }),
  ],
])('%s need an action of their own in the trust policy', async (_what, trustPolicy) => {
  platform.role('researcher', policy(), { trustPolicy });
  await expect(assume()).rejects.toMatchObject({ name: 'AccessDenied' });
});

it.each<[string, Partial<AssumeRoleCommandInput>, string]>([
  ['under 900 seconds', { DurationSeconds: 899 }, 'ValidationError'],
  ['over an hour, since the caller is a role session', { DurationSeconds: 3601 }, 'ValidationError'],
  [
    'with a session policy over 2,048 characters',
    { Policy: JSON.stringify(policy(allow('s3:GetObject', `arn:aws:s3:::${'x'.repeat(2048)}`))) },
    'ValidationError',
  ],
  [
    'with a session policy that is no policy',
    { Policy: '{"Version":"2012-10-17"}' },
    'MalformedPolicyDocumentException',
  ],
  [
    'with an operator in it that is not known',
    { Policy: JSON.stringify(policy({ ...allow('s3:*'), Condition: { StringIs: { a: 'b' } } })) },
    'MalformedPolicyDocumentException',
  ],
  ['with a session name of other characters', { RoleSessionName: 'a b' }, 'ValidationError'],
  [
    'with two tags that differ in case only',
    {
      Tags: [
        { Key: 'ProjectId', Value: 'a' },
        { Key: 'projectid', Value: 'b' },
      ],
    },
    'InvalidParameterValue',
  ],
  ['with a transitive tag that is not set', { TransitiveTagKeys: ['Team'] }, 'InvalidParameterValue'],
  [
    'with a managed policy that is not known',
    { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/Unheard' }] },
    'NoSuchEntity',
  ],
])('is refused %s', async (_what, more, name) => {
  await expect(assume(more)).rejects.toMatchObject({ name });
});

it('the duration is held against the maximum of the role', async () => {
  platform.role('researcher', policy(), { trustPolicy: trust, maxSessionDurationSeconds: 43_200 });
  const { Credentials } = await assume({ DurationSeconds: 3600 });
  const seconds = ((Credentials?.Expiration?.getTime() ?? 0) - Date.now()) / 1000;
  expect(seconds).toBeGreaterThan(3590);
  expect(seconds).toBeLessThanOrEqual(3600);
});

it('a session policy narrows what the role may, and never widens it', async () => {
  await platform
    .s3Client(platform.as('writer', policy(allow('s3:*'))))
    .send(new PutObjectCommand({ Bucket: 'bucket', Key: 'granted/a', Body: 'a' }));
  const Policy = JSON.stringify(
    policy(allow(['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::bucket/granted/*')),
  );
  const client = platform.s3Client(await session({ Policy }));
  await expect(
    client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'granted/a' })),
  ).resolves.toBeDefined();
  for (const command of [
    new GetObjectCommand({ Bucket: 'bucket', Key: 'other/a' }),
    new PutObjectCommand({ Bucket: 'bucket', Key: 'granted/b', Body: 'b' }),
    new ListObjectsV2Command({ Bucket: 'bucket' }),
  ]) {
    await expect(client.send(command as GetObjectCommand)).rejects.toMatchObject({ name: 'AccessDenied' });
  }
});

it('a role that demands the VPC endpoint works through it alone', async () => {
  platform.role(
    'researcher',
    policy(allow('s3:ListBucket'), {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:SourceVpce': VPC_ENDPOINT_ID } },
    }),
    { trustPolicy: trust },
  );
  const credentials = await session();
  const listing = new ListObjectsV2Command({ Bucket: 'bucket' });
  await expect(platform.s3Client(credentials).send(listing)).rejects.toMatchObject({ name: 'AccessDenied' });
  const inside = platform.s3Client(credentials, { endpoint: platform.vpcEndpoint });
  await expect(inside.send(listing)).resolves.toMatchObject({ KeyCount: expect.any(Number) });
});

it('chaining keeps the source identity and transitive tags, and lets neither be changed', async () => {
  const trustResearcher = policy({
    Effect: 'Allow',
    Principal: { AWS: researcherArn },
    Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
  });
  platform.role('next', policy(allow('s3:ListBucket', 'arn:aws:s3:::bucket')), {
    trustPolicy: trustResearcher,
  });
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/next`;
  const first = await session({ TransitiveTagKeys: ['ProjectId'] });
  const chained = { RoleArn, Tags: undefined, SourceIdentity: undefined };
  expect(await assume(chained, first)).toMatchObject({ SourceIdentity: 'researcher-pseudonym' });
  const { accessKeyId, sessionToken } = await session(chained, first);
  expect(platform.registry.openSession(accessKeyId, sessionToken).session).toMatchObject({
    tags: { ProjectId: 'p-1' },
    transitiveTagKeys: ['ProjectId'],
    sourceIdentity: 'researcher-pseudonym',
  });
  await expect(assume({ ...chained, SourceIdentity: 'somebody-else' }, first)).rejects.toMatchObject({
    name: 'AccessDenied',
  });
  await expect(
    assume({ ...chained, Tags: [{ Key: 'ProjectId', Value: 'p-2' }] }, first),
  ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
});

it('an expired session gets ExpiredToken', async () => {
  const credentials = await session();
  platform.ahead = 900_000;
  const client = platform.stsClient(credentials);
  client.config.systemClockOffset = 900_000;
  await expect(client.send(new GetCallerIdentityCommand())).rejects.toMatchObject({
    name: 'ExpiredToken',
  });
});

it('an action that is not known is refused by name', async () => {
  await expect(platform.stsClient(issuer).send(new GetSessionTokenCommand())).rejects.toMatchObject({
    name: 'InvalidAction',
    message: expect.stringContaining('GetSessionToken'),
  });
});
