import { denySessions } from '../../../lambda/credentials/deny-sessions';
import { issueCredentials } from '../../../lambda/credentials/issue-credentials';
import { canaryChain, runCanary } from '../../../lambda/credentials/revocation-canary';
import { readPublicProject } from '../../../lambda/public-register/public-project';
import { publicProject } from '../../../lambda/public-register/public-project.contract';
import { chainOf, saveApplication, submitApplication } from '../../../lambda/register/applications';
import { closeAccess, platformChain, reopenAccess } from '../../../lambda/register/close-access';
import { NO_CLOSURES } from '../../../lambda/register/closure.contract';
import { readClosures } from '../../../lambda/register/closures';
import { beginEdition } from '../../../lambda/register/editions';
import { verifyHistory } from '../../../lambda/register/history';
import { recordPerson } from '../../../lambda/register/people';
import { membership } from '../../../lambda/register/project.contract';
import { listProjects, readProject } from '../../../lambda/register/projects';
import { canaryKey, membershipKey, publicProjectKey } from '../../../lambda/register/register-table';
import { readRunningRevocations } from '../../../lambda/register/revocations';
import { revokeFromProject } from '../../../lambda/register/revoke-access';
import { makeIssuer, uidRoot } from '../credentials/credentials-fixture';
import {
  applicant,
  approveByTwo,
  approveOne,
  makeRegister,
  officer,
  onceOnly,
  projectOf,
  type RegisterFixture,
  refusalOf,
  requester,
  trusts,
} from './register-fixture';

const names = { rolesOfArc: (arc: number) => `arn:aws:iam::123456789012:role/researcher-${arc}-*` };
const member = requester('member-1');
const secondOfficer = requester('officer-2', 'officer');
const reason = 'member-left' as const;

async function makeProject() {
  const fixture = await makeRegister();
  await recordPerson(fixture.committee, trusts, officer, 'officer-2', { roles: ['officer'] });
  const { projectId } = await approveOne(fixture, { members: ['member-1'] });
  return { ...fixture, projectId, issuer: makeIssuer(fixture) };
}

type Made = Awaited<ReturnType<typeof makeProject>>;

const versionOf = async (fixture: RegisterFixture, projectId: string) =>
  (await projectOf(fixture, projectId)).version;

async function revoke(
  fixture: Made,
  body: Parameters<typeof revokeFromProject>[3],
  by = officer,
  key?: string,
) {
  const version = await versionOf(fixture, fixture.projectId);
  return revokeFromProject(fixture.committee, by, fixture.projectId, body, version, key);
}

const typesOf = ({ table }: RegisterFixture, pk: string) =>
  table
    .partition(pk)
    .filter(({ sk }) => sk.startsWith('EVENT#'))
    .map(({ type }) => type);

describe('the revocation of a member', () => {
  test('stops their credentials, their view and no one else’s, in one transaction with its event', async () => {
    const fixture = await makeProject();
    const { committee, table, projectId, issuer, clock } = fixture;
    await revoke(fixture, { kind: 'member', person: 'member-1', reason });
    expect(await refusalOf(issueCredentials(issuer, { subject: 'member-1', projectId, studies: null }))).toBe(
      'MEMBERSHIP_REVOKED',
    );
    expect(await refusalOf(readProject(committee, member, projectId))).toBe('PROJECT_NOT_FOUND');
    expect((await listProjects(committee, member, { scope: 'own', limit: 10 })).projects).toEqual([]);
    await issueCredentials(issuer, { subject: 'applicant-1', projectId, studies: null });
    expect((await projectOf(fixture, projectId)).members).toEqual(['applicant-1']);
    expect(await table.get(membershipKey('member-1', projectId), membership)).toMatchObject({
      status: 'revoked',
      reason,
    });
    expect(typesOf(fixture, `PROJECT#${projectId}`)).toContain('member-revoked');
    expect(await verifyHistory(table, chainOf(projectId))).toMatchObject({ intact: true });
    const [running] = await readRunningRevocations(table, clock.now());
    expect(running).toMatchObject({ kind: 'member', projectId, arcs: [7], reason });
    expect(JSON.stringify(running)).not.toContain('member-1');
  });

  test('is for officers and the applicant, who may not revoke a grant; others are refused', async () => {
    const fixture = await makeProject();
    const body = { kind: 'member' as const, person: 'member-1', reason };
    expect(await refusalOf(revoke(fixture, body, member))).toBe('NOT_THE_APPLICANT');
    expect(await refusalOf(revoke(fixture, body, requester('applicant-2', 'applicant')))).toBe(
      'PROJECT_NOT_FOUND',
    );
    const [grant] = (await projectOf(fixture, fixture.projectId)).grants;
    expect(
      await refusalOf(revoke(fixture, { kind: 'grant', grantId: grant?.id ?? '', reason }, applicant)),
    ).toBe('NOT_THE_APPLICANT');
    await revoke(fixture, body, applicant);
    expect(await refusalOf(revoke(fixture, body))).toBe('ALREADY_REVOKED');
    expect(await refusalOf(revoke(fixture, { ...body, person: 'reviewer-1' }))).toBe('MEMBER_NOT_FOUND');
  });

  test('may end the applicant’s own membership, who still is the applicant', async () => {
    const fixture = await makeProject();
    await revoke(fixture, { kind: 'member', person: 'applicant-1', reason });
    await revoke(fixture, { kind: 'member', person: 'member-1', reason }, applicant);
    expect((await projectOf(fixture, fixture.projectId)).members).toEqual([]);
  });

  test('is done once under one key, and not at all on another version', async () => {
    const fixture = await makeProject();
    const body = { kind: 'member' as const, person: 'member-1', reason };
    const version = await versionOf(fixture, fixture.projectId);
    const again = () =>
      revokeFromProject(fixture.committee, officer, fixture.projectId, body, version, 'key-1');
    expect(
      await refusalOf(
        revokeFromProject(fixture.committee, officer, fixture.projectId, body, version + 1, undefined),
      ),
    ).toBe('VERSION_DIFFERS');
    const first = await again();
    fixture.clock.moveBy(60);
    expect(await again()).toEqual(first);
    expect(fixture.table.partition('REVOCATIONS')).toHaveLength(1);
  });

  test('makes an issue decide again that had been decided before it', async () => {
    const fixture = await makeProject();
    fixture.table.beforeTransact = async () => {
      await revoke(fixture, { kind: 'member', person: 'member-1', reason });
    };
    expect(
      await refusalOf(
        issueCredentials(fixture.issuer, {
          subject: 'member-1',
          projectId: fixture.projectId,
          studies: null,
        }),
      ),
    ).toBe('MEMBERSHIP_REVOKED');
    expect(fixture.issuer.asked).toEqual([]);
  });
});

test('a revoked grant or project gives no credential, and its project says so', async () => {
  const fixture = await makeProject();
  const [grant] = (await projectOf(fixture, fixture.projectId)).grants;
  await revoke(fixture, { kind: 'grant', grantId: grant?.id ?? '', reason: 'approved-in-error' });
  expect(
    await refusalOf(
      issueCredentials(fixture.issuer, { subject: 'member-1', projectId: fixture.projectId, studies: null }),
    ),
  ).toBe('NO_ACTIVE_GRANT');
  await revoke(fixture, { kind: 'project', reason: 'terms-broken' });
  expect(
    await refusalOf(
      issueCredentials(fixture.issuer, { subject: 'member-1', projectId: fixture.projectId, studies: null }),
    ),
  ).toBe('PROJECT_NOT_ACTIVE');
  expect(await refusalOf(revoke(fixture, { kind: 'project', reason: 'terms-broken' }))).toBe(
    'ALREADY_REVOKED',
  );
});

test('the public register shows a revoked project as such at once, and whom a revocation names to nobody', async () => {
  const fixture = await makeProject();
  const { table, projectId, clock } = fixture;
  const shown = async () => {
    const found = await table.get(publicProjectKey(projectId), publicProject);
    expect(found).toEqual(
      publicProject.parse(await readPublicProject(table, await projectOf(fixture, projectId))),
    );
    return found;
  };
  const before = await shown();
  expect(before?.status).toBe('active');
  await revoke(fixture, { kind: 'member', person: 'member-1', reason });
  const [grant] = (await projectOf(fixture, projectId)).grants;
  await revoke(fixture, { kind: 'grant', grantId: grant?.id ?? '', reason: 'approved-in-error' });
  expect(await shown()).toEqual(before);
  clock.moveBy(86_400);
  await revoke(fixture, { kind: 'project', reason: 'terms-broken' }, applicant);
  expect(await shown()).toEqual({ ...before, status: 'revoked', closedOn: '2026-11-03' });
});

test('a member whom an amendment names again after the revocation is one again', async () => {
  const fixture = await makeProject();
  const { committee, table, projectId, issuer, clock } = fixture;
  await revoke(fixture, { kind: 'member', person: 'member-1', reason });
  clock.moveBy(3_600);
  const begun = await beginEdition(committee, applicant, projectId, 'amendment', onceOnly());
  expect(begun.content.members).toEqual([]);
  const changeReason = 'The statistician has come back.';
  const content = { ...begun.content, members: ['member-1'], changeReason };
  await saveApplication(committee, applicant, begun.id, content);
  await submitApplication(committee, applicant, begun.id, onceOnly());
  await approveByTwo(fixture, begun.id);
  expect(await table.get(membershipKey('member-1', projectId), membership)).toEqual({
    subject: 'member-1',
    pseudonym: expect.stringMatching(/^r-/),
    projectId,
    memberSince: clock.now().toISOString(),
    status: 'active',
    version: 3,
  });
  expect((await projectOf(fixture, projectId)).members).toEqual(['applicant-1', 'member-1']);
  expect((await readProject(committee, member, projectId)).id).toBe(projectId);
  await issueCredentials(issuer, { subject: 'member-1', projectId, studies: null });
  await revoke(fixture, { kind: 'member', person: 'member-1', reason });
  expect(await refusalOf(issueCredentials(issuer, { subject: 'member-1', projectId, studies: null }))).toBe(
    'MEMBERSHIP_REVOKED',
  );
});

describe('what is shut for everybody', () => {
  test('is shut by one officer and opened by two', async () => {
    const fixture = await makeProject();
    const { committee, table, projectId, issuer, clock } = fixture;
    await closeAccess(committee, officer, { kind: 'everything', reason: 'security' });
    expect(await refusalOf(issueCredentials(issuer, { subject: 'member-1', projectId, studies: null }))).toBe(
      'PLATFORM_CLOSED',
    );
    expect(
      await refusalOf(closeAccess(committee, secondOfficer, { kind: 'everything', reason: 'other' })),
    ).toBe('ALREADY_CLOSED');
    const target = { kind: 'everything' as const };
    const proposed = await reopenAccess(committee, officer, target);
    expect(await reopenAccess(committee, officer, target)).toEqual(proposed);
    expect(proposed.state).toBe('proposed');
    expect(await refusalOf(issueCredentials(issuer, { subject: 'member-1', projectId, studies: null }))).toBe(
      'PLATFORM_CLOSED',
    );
    // A day later nobody may confirm what was proposed: it is proposed anew.
    clock.moveBy(86_401);
    expect(await reopenAccess(committee, secondOfficer, target)).toMatchObject({ state: 'proposed' });
    expect(await reopenAccess(committee, officer, target)).toEqual({ state: 'reopened' });
    await issueCredentials(issuer, { subject: 'member-1', projectId, studies: null });
    expect(await readClosures(table)).toMatchObject({ everything: null, proposals: [] });
    expect(await refusalOf(reopenAccess(committee, officer, target))).toBe('NOT_CLOSED');
    expect(typesOf(fixture, 'PLATFORM')).toEqual([
      'platform-closed',
      'reopening-proposed',
      'reopening-proposed',
      'platform-reopened',
    ]);
    expect(await verifyHistory(table, platformChain)).toMatchObject({ intact: true });
  });

  test('may be one collection, and a proposal for another does not open it', async () => {
    const { committee, issuer, projectId } = await makeProject();
    await closeAccess(committee, officer, {
      kind: 'collection',
      collection: 'chest',
      reason: 'legal-basis-ended',
    });
    await closeAccess(committee, officer, {
      kind: 'collection',
      collection: 'breast-screening',
      reason: 'other',
    });
    expect(await refusalOf(issueCredentials(issuer, { subject: 'member-1', projectId, studies: null }))).toBe(
      'COLLECTION_CLOSED',
    );
    await reopenAccess(committee, officer, { kind: 'collection', collection: 'breast-screening' });
    expect(
      await reopenAccess(committee, secondOfficer, { kind: 'collection', collection: 'chest' }),
    ).toMatchObject({
      state: 'proposed',
    });
    expect(
      await refusalOf(closeAccess(committee, officer, { kind: 'collection', collection: 'brain', reason })),
    ).toBe('COLLECTION_NOT_FOUND');
  });

  test('is for officers alone', async () => {
    const { committee, table } = await makeProject();
    expect(await refusalOf(closeAccess(committee, applicant, { kind: 'everything', reason: 'other' }))).toBe(
      'ROLE_REQUIRED',
    );
    expect(await readClosures(table)).toEqual(NO_CLOSURES);
  });
});

describe('the denial of running sessions', () => {
  function policyOf(first = '') {
    const documents = [first];
    return {
      documents,
      read: async () => ({ document: documents.at(-1) ?? '', since: new Date(0) }),
      replace: async (document: string) => `v${documents.push(document)}`,
    };
  }

  test('is what the register says, is put once, and goes when no session from before can live', async () => {
    const fixture = await makeProject();
    const policy = policyOf();
    const ports = { table: fixture.table, policy, names, clock: fixture.clock };
    await revoke(fixture, { kind: 'project', reason: 'terms-broken' });
    expect(await denySessions(ports)).toMatchObject({
      revocations: 1,
      coarseness: 'each',
      version: 'v2',
      seconds: 0,
    });
    expect(policy.documents.at(-1)).toContain(fixture.projectId);
    expect(await denySessions(ports)).toMatchObject({ version: null });
    fixture.clock.moveBy(3_719);
    expect(await denySessions(ports)).toMatchObject({ version: null });
    fixture.clock.moveBy(1);
    expect(await denySessions(ports)).toMatchObject({ revocations: 0, version: 'v3', seconds: null });
    expect(policy.documents.at(-1)).not.toContain(fixture.projectId);
  });

  test('takes in a canary that exists, with whatever else is revoked', async () => {
    const fixture = await makeProject();
    const canary = `g-${'7'.repeat(26)}`;
    const body = { kind: 'project' as const, reason, canary };
    expect(await refusalOf(revoke(fixture, body))).toBe('CANARY_NOT_FOUND');
    const projectId = `p-${'7'.repeat(26)}`;
    await fixture.table.transact([{ put: { ...canaryKey(canary), projectId } }]);
    await revoke(fixture, body);
    const policy = policyOf();
    await denySessions({ table: fixture.table, policy, names, clock: fixture.clock });
    expect(policy.documents.at(-1)).toContain(canary);
    expect(policy.documents.at(-1)).toContain(fixture.projectId);
  });

  test('is measured by a session that reads nothing, and a session that is never denied is no measure', async () => {
    const fixture = await makeProject();
    const policy = policyOf();
    const denier = {
      deny: async () => {
        await denySessions({ table: fixture.table, policy, names, clock: fixture.clock });
        return true;
      },
    };
    const canary = {
      ...fixture.issuer,
      roleArn: 'arn:aws:iam::123456789012:role/canary',
      region: 'eu-west-2',
      dicomwebEndpoint: 'https://dicom.example',
      datastoreId: 'd'.repeat(32),
    };
    const waits = { between: 0, allowed: 60_000, denied: 60_000 };
    const short = { between: 0, allowed: 50, denied: 50 };
    const read = async (session: { grantId: string; path: string }) => {
      expect(session.path).toContain(`/studies/${uidRoot}.0.1.`);
      return policy.documents.at(-1)?.includes(session.grantId) === true ? 403 : 404;
    };
    const patient = { ...waits, allowed: 60_000, denied: 60_000 };
    expect(await runCanary({ canary, denier, read, waits: patient })).toMatchObject({ outcome: 'denied' });
    expect(fixture.issuer.asked.at(-1)).toMatchObject({ sourceIdentity: 'canary', roleArn: canary.roleArn });
    expect(typesOf(fixture, 'CANARY')).toEqual(['canary-revoked']);
    expect(await verifyHistory(fixture.table, canaryChain)).toMatchObject({ intact: true });
    expect(await readClosures(fixture.table)).toEqual(NO_CLOSURES);
    expect(
      await runCanary({ canary, denier, read: async () => 404, waits: { ...waits, denied: 50 } }),
    ).toEqual({
      outcome: 'failed',
      code: 'NOT_DENIED',
    });
    expect(await runCanary({ canary, denier, read: async () => 403, waits: short })).toEqual({
      outcome: 'failed',
      code: 'NOT_ALLOWED',
    });
  });
});
