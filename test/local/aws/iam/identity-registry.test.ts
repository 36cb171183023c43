import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IdentityRegistry } from '../../../../local/aws/iam/identity-registry';
import { ACCOUNT, allow, policy, REGION, trustsService } from '../test-platform';

const folder = mkdtempSync(join(tmpdir(), 'nmip-identities-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const START = Date.parse('2026-06-01T12:00:00Z');
let now = START;
const clock = { now: () => new Date(now) };
const roleArn = `arn:aws:iam::${ACCOUNT}:role/service-role/worker`;
const open = () => new IdentityRegistry({ accountId: ACCOUNT, region: REGION, dataFolder: folder, clock });

function registryWithRole(): IdentityRegistry {
  const registry = open();
  registry.putRole({
    arn: roleArn,
    trustPolicy: trustsService('lambda.amazonaws.com'),
    inlinePolicies: {
      read: policy(allow('s3:GetObject', `arn:aws:s3:::bucket/\${aws:PrincipalTag/Team}/*`)),
    },
    tags: { Team: 'imaging' },
  });
  return registry;
}

beforeEach(() => {
  now = START;
});

it('a service gets a caller only for a role that trusts it', () => {
  const registry = registryWithRole();
  const caller = registry.callerForService(roleArn, 'lambda.amazonaws.com', 'invocation');
  expect(caller).toMatchObject({
    principalArn: `arn:aws:sts::${ACCOUNT}:assumed-role/worker/invocation`,
    accountId: ACCOUNT,
    roleArn,
  });
  expect(() => registry.callerForService(roleArn, 'states.amazonaws.com', 'x')).toThrow(
    expect.objectContaining({ code: 'AccessDenied' }),
  );
  expect(() => registry.callerForService(`${roleArn}2`, 'lambda.amazonaws.com', 'x')).toThrow(
    expect.objectContaining({ code: 'AccessDenied' }),
  );
});

it('a trust policy may ask for the resource that the service acts for', () => {
  const registry = open();
  registry.putRole({
    arn: roleArn,
    trustPolicy: policy({
      Effect: 'Allow',
      Principal: { Service: 'states.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: {
        StringEquals: { 'aws:SourceAccount': ACCOUNT },
        ArnLike: { 'aws:SourceArn': 'arn:aws:states:*:*:stateMachine:pipeline' },
      },
    }),
  });
  const assume = (name: string) =>
    registry.callerForService(roleArn, 'states.amazonaws.com', 'x', {
      sourceArn: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`,
    });
  expect(assume('pipeline').roleArn).toBe(roleArn);
  expect(() => assume('other')).toThrow(/not authorized to perform: sts:AssumeRole/);
});

it('tags of a session replace those of its role', () => {
  const registry = registryWithRole();
  const inFolder = (team: string) => `arn:aws:s3:::bucket/${team}/file`;
  const plain = registry.callerForService(roleArn, 'lambda.amazonaws.com', 'x');
  expect(() => plain.authorise('s3:GetObject', inFolder('imaging'))).not.toThrow();
  const credentials = registry.createRoleSession(roleArn, 'x', 900, { tags: { team: 'other' } });
  const { session } = registry.openSession(credentials.accessKeyId, credentials.sessionToken);
  const tagged = registry.callerForSession(session, {});
  expect(() => tagged.authorise('s3:GetObject', inFolder('other'))).not.toThrow();
  expect(() => tagged.authorise('s3:GetObject', inFolder('imaging'))).toThrow(
    `User: arn:aws:sts::${ACCOUNT}:assumed-role/worker/x is not authorized to perform: s3:GetObject on resource: "${inFolder('imaging')}" because no identity-based policy allows the s3:GetObject action`,
  );
});

it('credentials outlive a restart and end with their time', () => {
  const credentials = registryWithRole().createRoleSession(roleArn, 'x', 900);
  const registry = registryWithRole();
  expect(registry.openSession(credentials.accessKeyId, credentials.sessionToken)).toMatchObject({
    secretAccessKey: credentials.secretAccessKey,
    session: { roleArn, sessionName: 'x' },
  });
  now = credentials.expiration.getTime();
  expect(() => registry.openSession(credentials.accessKeyId, credentials.sessionToken)).toThrow(
    expect.objectContaining({ code: 'ExpiredToken' }),
  );
});

it('a token that was changed, or belongs to another key id or a removed role, is refused', () => {
  const registry = registryWithRole();
  const { accessKeyId, sessionToken } = registry.createRoleSession(roleArn, 'x', 900);
  const middle = Math.floor(sessionToken.length / 2);
  const changed =
    sessionToken.slice(0, middle) +
    (sessionToken[middle] === 'A' ? 'B' : 'A') +
    sessionToken.slice(middle + 1);
  const invalid = expect.objectContaining({ code: 'InvalidClientTokenId' });
  expect(() => registry.openSession(accessKeyId, changed)).toThrow(invalid);
  expect(() => registry.openSession('ASIAAAAAAAAAAAAAAAAA', sessionToken)).toThrow(invalid);
  expect(() => registry.openSession(accessKeyId, undefined)).toThrow(invalid);
  registry.removeRole(roleArn);
  expect(() => registry.openSession(accessKeyId, sessionToken)).toThrow(invalid);
});

it('a running session can be denied by its issue time or by a tag', () => {
  const registry = registryWithRole();
  const credentials = registry.createRoleSession(roleArn, 'x', 3600, {
    tags: { GrantId: 'g-1', Team: 'imaging' },
  });
  const { session } = registry.openSession(credentials.accessKeyId, credentials.sessionToken);
  const caller = registry.callerForSession(session, {});
  const read = () => caller.authorise('s3:GetObject', 'arn:aws:s3:::bucket/imaging/x');
  expect(read).not.toThrow();
  registry.putInlinePolicy(
    'worker',
    'revoked',
    policy({
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:PrincipalTag/GrantId': 'g-1' } },
    }),
  );
  expect(read).toThrow(/explicit deny/);
  registry.putInlinePolicy(
    'worker',
    'revoked',
    policy({
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { DateLessThan: { 'aws:TokenIssueTime': '2026-06-01T12:00:01Z' } },
    }),
  );
  expect(read).toThrow(/explicit deny/);
  registry.removeInlinePolicy('worker', 'revoked');
  expect(read).not.toThrow();
});

it('a boundary and managed policies count, and an unknown managed policy is refused', () => {
  const registry = registryWithRole();
  const boundaryArn = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
  registry.putManagedPolicy(boundaryArn, policy(allow('s3:*')));
  registry.putRole({
    arn: roleArn,
    trustPolicy: trustsService('lambda.amazonaws.com'),
    managedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    permissionsBoundaryArn: boundaryArn,
  });
  const caller = registry.callerForService(roleArn, 'lambda.amazonaws.com', 'x');
  expect(() => caller.authorise('s3:PutObject', 'arn:aws:s3:::b/k')).not.toThrow();
  expect(() => caller.authorise('kms:Decrypt', '*')).toThrow(/no permissions boundary allows/);
  expect(() =>
    registry.putRole({
      arn: roleArn,
      trustPolicy: trustsService('lambda.amazonaws.com'),
      managedPolicyArns: ['arn:aws:iam::aws:policy/Unheard'],
    }),
  ).toThrow(/Unheard is not known/);
});

it('what a role becomes holds at once for its open sessions', () => {
  const registry = registryWithRole();
  const caller = registry.callerForService(roleArn, 'lambda.amazonaws.com', 'invocation');
  const read = () => caller.authorise('s3:GetObject', 'arn:aws:s3:::bucket/imaging/key');
  const denied = expect.objectContaining({ code: 'AccessDenied' });
  expect(read).not.toThrow();
  registry.putRole({
    arn: roleArn,
    trustPolicy: trustsService('lambda.amazonaws.com'),
    tags: { Team: 'records' },
  });
  expect(read).toThrow(denied);
  registry.putInlinePolicy(roleArn, 'read', policy(allow('s3:GetObject', 'arn:aws:s3:::bucket/imaging/*')));
  expect(read).not.toThrow();
  registry.putInlinePolicy(roleArn, 'read', policy(allow('s3:PutObject', 'arn:aws:s3:::bucket/imaging/*')));
  expect(read).toThrow(denied);
});
