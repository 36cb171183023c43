import {
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  type IAMClient,
  ListPolicyVersionsCommand,
} from '@aws-sdk/client-iam';
import { IamDenialPolicy } from '../../../../lambda/credentials/denial-policy';
import { IdentityRegistry } from '../../../../local/aws/iam/identity-registry';
import { ACCOUNT, allow, policy, REGION, TestPlatform } from '../test-platform';

const policyArn = `arn:aws:iam::${ACCOUNT}:policy/nmip/test/revoked-sessions`;
const otherArn = `arn:aws:iam::${ACCOUNT}:policy/nmip/test/other`;
const operations = [
  'GetPolicy',
  'GetPolicyVersion',
  'ListPolicyVersions',
  'CreatePolicyVersion',
  'DeletePolicyVersion',
];
const initial = policy({
  Effect: 'Deny',
  Action: '*',
  Resource: '*',
  Condition: { DateLessThan: { 'aws:TokenIssueTime': '1970-01-01T00:00:00Z' } },
});
const denyAll = JSON.stringify(policy({ Effect: 'Deny', Action: '*', Resource: '*' }));

let platform: TestPlatform;
let iam: IAMClient;
let denial: IamDenialPolicy;

beforeAll(async () => {
  platform = await TestPlatform.start();
});
afterAll(() => platform.stop());
beforeEach(() => {
  platform.registry.putManagedPolicy(policyArn, policy(allow('s3:GetObject')));
  platform.registry.putManagedPolicy(policyArn, initial);
  platform.registry.putManagedPolicy(otherArn, initial);
  iam = platform.iamClient(
    platform.as(
      'deny-sessions',
      policy(
        allow(
          operations.map((each) => `iam:${each}`),
          policyArn,
        ),
      ),
    ),
  );
  denial = new IamDenialPolicy(iam, policyArn);
});

const allowed = () => {
  const { registry } = platform;
  const credentials = platform.as('reader', policy(allow('s3:GetObject')));
  registry.putManagedPolicy(policyArn, initial, [`arn:aws:iam::${ACCOUNT}:role/reader`]);
  const { session } = registry.openSession(credentials.accessKeyId, credentials.sessionToken);
  return registry.decide(session, 's3:GetObject', 'arn:aws:s3:::bucket/key', []).decision;
};

test('a new version decides at once, and the one before it again where it is put back', async () => {
  expect(JSON.parse((await denial.read()).document)).toEqual(initial);
  expect(allowed()).toBe('allow');
  await denial.replace(denyAll);
  expect((await denial.read()).document).toBe(denyAll);
  expect(allowed()).toBe('explicit-deny');
  await denial.replace(JSON.stringify(initial));
  expect(allowed()).toBe('allow');
});

test('five versions are kept at most, and the adapter makes room without losing the one in force', async () => {
  for (let count = 0; count < 8; count += 1) await denial.replace(denyAll);
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn: policyArn }));
  expect(Versions).toHaveLength(5);
  expect(Versions.filter(({ IsDefaultVersion }) => IsDefaultVersion)).toHaveLength(1);
  await expect(
    iam.send(new CreatePolicyVersionCommand({ PolicyArn: policyArn, PolicyDocument: denyAll })),
  ).rejects.toMatchObject({ name: 'LimitExceededException' });
});

test('a deployment of the same template leaves what was put in force meanwhile, also after a restart', async () => {
  await denial.replace(denyAll);
  platform.registry.putManagedPolicy(policyArn, initial);
  expect((await denial.read()).document).toBe(denyAll);
  const { dataFolder, clock } = platform;
  const restarted = new IdentityRegistry({ accountId: ACCOUNT, region: REGION, dataFolder, clock });
  restarted.putManagedPolicy(policyArn, initial);
  expect(restarted.managedPolicy(policyArn).statements).toHaveLength(1);
  expect(restarted.managedPolicy(policyArn).statements[0]?.conditions).toEqual([]);
});

test('refuses another policy, the default version, documents of no policy or too long', async () => {
  await expect(iam.send(new GetPolicyCommand({ PolicyArn: otherArn }))).rejects.toMatchObject({
    name: 'AccessDenied',
  });
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: policyArn }));
  await expect(
    iam.send(new DeletePolicyVersionCommand({ PolicyArn: policyArn, VersionId: Policy?.DefaultVersionId })),
  ).rejects.toMatchObject({ name: 'DeleteConflictException' });
  await expect(denial.replace('{}')).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException' });
  const long = policy({ Effect: 'Deny', Action: '*', Resource: `arn:aws:s3:::${'x'.repeat(6_144)}` });
  await expect(denial.replace(JSON.stringify(long))).rejects.toMatchObject({
    name: 'LimitExceededException',
  });
  expect(JSON.parse((await denial.read()).document)).toEqual(initial);
});
