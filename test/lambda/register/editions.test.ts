import type { ApplicationDraft } from '../../../lambda/register/application-content.contract';
import { showApplication } from '../../../lambda/register/application-views';
import {
  chainOf,
  closeApplication,
  listShortcomings,
  readApplication,
  saveApplication,
  submitApplication,
} from '../../../lambda/register/applications';
import { beginEdition } from '../../../lambda/register/editions';
import { verifyHistory } from '../../../lambda/register/history';
import { RepeatableRequest } from '../../../lambda/register/idempotency';
import { recordPerson } from '../../../lambda/register/people';
import { membership, type Project } from '../../../lambda/register/project.contract';
import { membershipKey, projectKey } from '../../../lambda/register/register-table';
import { revokeFromProject } from '../../../lambda/register/revoke-access';
import {
  applicant,
  approve,
  approveOne,
  changeReason,
  content,
  firstReviewer,
  makeRegister,
  officer,
  onceOnly,
  projectOf,
  type RegisterFixture,
  refusalOf,
  requester,
  secondReviewer,
  submitEdition,
  trusts,
} from './register-fixture';

const prefix = '1.3.6.1.4.1.32473.7.7.1.';
const listed = (...ends: number[]) => ({
  scope: { kind: 'studies' as const, studies: ends.map((end) => `${prefix}${end}`) },
});

async function changeProject(
  fixture: RegisterFixture,
  projectId: string,
  kind: 'amendment' | 'renewal',
  change: Partial<ApplicationDraft>,
) {
  fixture.clock.moveBy(3_600);
  const id = await submitEdition(fixture, projectId, kind, change);
  await approve(fixture, id, firstReviewer);
  return { id, second: () => approve(fixture, id, secondReviewer) };
}

const revocations = ({ table }: RegisterFixture) => table.partition('REVOCATIONS');

describe('an amendment', () => {
  test('is a new edition of what was approved, one at a time', async () => {
    const fixture = await makeRegister();
    const { id, projectId } = await approveOne(fixture, { members: ['member-1'] });
    const { committee } = fixture;
    const begun = await beginEdition(committee, applicant, projectId, 'amendment', onceOnly());
    expect(begun).toMatchObject({
      kind: 'amendment',
      edition: 2,
      projectId,
      state: 'draft',
      content: { title: content.title, members: ['member-1'] },
    });
    expect(begun.id).not.toBe(id);
    const refusal = await beginEdition(committee, applicant, projectId, 'renewal', onceOnly()).catch(
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({ code: 'AMENDMENT_OPEN', extensions: { applicationId: begun.id } });
    await closeApplication(committee, applicant, begun.id, onceOnly());
    expect(await beginEdition(committee, applicant, projectId, 'renewal', onceOnly())).toMatchObject({
      kind: 'renewal',
      edition: 3,
    });
  });

  test('takes the place of exactly one grant, and changes members in the same transaction', async () => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture, { members: ['member-1'] });
    const { second } = await changeProject(fixture, projectId, 'amendment', {
      members: ['applicant-2'],
      title: 'Rib fractures, and their healing',
    });
    expect((await projectOf(fixture, projectId)).grants).toHaveLength(1);
    const approved = await second();
    if (approved.state !== 'approved') throw new Error('not approved');
    const project = await projectOf(fixture, projectId);
    expect(project).toMatchObject({
      applicationId: approved.id,
      title: 'Rib fractures, and their healing',
      members: ['applicant-1', 'applicant-2'],
      startsOn: '2026-11-02',
      grants: [
        { status: 'superseded', supersededBy: approved.grantId },
        { status: 'active', id: approved.grantId },
      ],
    });
    const statusOf = async (subject: string) =>
      (await fixture.table.get(membershipKey(subject, projectId), membership))?.status;
    expect(await statusOf('member-1')).toBe('revoked');
    expect(await statusOf('applicant-2')).toBe('active');
    expect(await verifyHistory(fixture.table, chainOf(projectId))).toMatchObject({ intact: true });
  });

  test.each<[string, Partial<ApplicationDraft>, Partial<ApplicationDraft>, boolean]>([
    ['a member leaves', { members: ['member-1'] }, { members: [] }, true],
    ['a member joins', {}, { members: ['member-1'] }, false],
    ['fewer studies', listed(1, 2), listed(1), true],
    ['other studies', listed(1, 2), listed(2, 3), true],
    ['more studies', listed(1), listed(1, 2), false],
    ['studies instead of the collection', {}, listed(1), true],
    ['the collection instead of studies', listed(1), { scope: { kind: 'collection' } }, false],
    ['an earlier end', {}, { requestedEndsOn: '2027-01-31' }, true],
    ['a later end', {}, { requestedEndsOn: '2027-12-31' }, false],
    ['another title', {}, { title: 'Rib fractures, said better' }, false],
  ])('denies running sessions where somebody may read less: %s', async (_case, before, change, narrows) => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture, before);
    const [old] = (await projectOf(fixture, projectId)).grants;
    const { second } = await changeProject(fixture, projectId, 'amendment', change);
    await second();
    expect(revocations(fixture)).toEqual(
      narrows
        ? [expect.objectContaining({ kind: 'grant', grantId: old?.id, projectId, reason: 'superseded' })]
        : [],
    );
  });

  test('from direct to the Data Access Environment denies running sessions', async () => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture, { collection: 'breast-screening', accessMode: 'direct' });
    const { second } = await changeProject(fixture, projectId, 'amendment', {
      accessMode: 'dae-only',
      fiveSafes: content.fiveSafes,
    });
    await second();
    expect(await projectOf(fixture, projectId)).toMatchObject({ accessMode: 'dae-only' });
    expect(revocations(fixture)).toHaveLength(1);
  });

  test('that exchanges all twenty members fits one transaction', async () => {
    const fixture = await makeRegister();
    const twenty = (name: string) => Array.from({ length: 20 }, (_, index) => `${name}-${index}`);
    const { projectId } = await approveOne(fixture, { members: twenty('old'), ...listed(1) });
    const { second } = await changeProject(fixture, projectId, 'amendment', {
      members: twenty('new'),
      ...listed(2),
    });
    expect((await second()).state).toBe('approved');
    expect(fixture.table.largestTransaction).toBeLessThanOrEqual(100);
  });

  test('is decided by nobody who is a member of the project and would leave it', async () => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture, { members: ['member-1'] });
    const { committee } = fixture;
    const id = await submitEdition(fixture, projectId, 'amendment', { members: [] });
    await recordPerson(committee, trusts, officer, 'member-1', {
      roles: ['reviewer'],
      organisation: 'Southgate College',
    });
    const decided = approve(fixture, id, requester('member-1', 'reviewer'));
    expect(await refusalOf(decided)).toBe('REVIEWER_ON_APPLICANTS_SIDE');
  });

  test('does not bring back whom a revocation took out after it was submitted', async () => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture, { members: ['member-1'] });
    const { second } = await changeProject(fixture, projectId, 'amendment', { title: 'Another title' });
    fixture.clock.moveBy(60);
    const found = await projectOf(fixture, projectId);
    const member = await fixture.table.get(membershipKey('member-1', projectId), membership);
    const at = fixture.clock.now().toISOString();
    const { version } = member ?? { version: 0 };
    await fixture.table.transact([
      { put: { ...projectKey(projectId), ...found, members: ['applicant-1'], version: found.version + 1 } },
      {
        put: {
          ...membershipKey('member-1', projectId),
          ...member,
          status: 'revoked',
          revokedAt: at,
          revokedBy: 'schedule',
          reason: 'terms-broken',
          version: version + 1,
        },
      },
    ]);
    expect(await refusalOf(second())).toBe('MEMBER_REVOKED_SINCE');
    expect((await projectOf(fixture, projectId)).members).toEqual(['applicant-1']);
  });
});

describe('an amendment that was begun before a revocation', () => {
  async function begunBefore(person: string) {
    const fixture = await makeRegister();
    const { committee, clock } = fixture;
    const { projectId } = await approveOne(fixture, { members: ['member-1'] });
    const begun = await beginEdition(committee, applicant, projectId, 'amendment', onceOnly());
    await saveApplication(committee, applicant, begun.id, { ...begun.content, changeReason });
    clock.moveBy(60);
    const { version } = await projectOf(fixture, projectId);
    const body = { kind: 'member' as const, person, reason: 'terms-broken' as const };
    await revokeFromProject(committee, officer, projectId, body, version);
    clock.moveBy(60);
    return { ...fixture, id: begun.id, projectId, begun };
  }

  test.each(['member-1', 'applicant-1'])('does not bring %s back unseen', async (person) => {
    const { committee, id } = await begunBefore(person);
    expect(await refusalOf(submitApplication(committee, applicant, id, onceOnly()))).toBe(
      'APPLICATION_INCOMPLETE',
    );
    expect(await listShortcomings(committee, applicant, id)).toEqual([
      expect.objectContaining({ path: 'members' }),
    ]);
  });

  test('goes without that member, and one begun since may bring them back', async () => {
    const fixture = await begunBefore('member-1');
    const { committee, id, projectId, begun } = fixture;
    await saveApplication(committee, applicant, id, { ...begun.content, changeReason, members: [] });
    await submitApplication(committee, applicant, id, onceOnly());
    await closeApplication(committee, applicant, id, onceOnly());
    const { second } = await changeProject(fixture, projectId, 'amendment', { members: ['member-1'] });
    await second();
    expect((await projectOf(fixture, projectId)).members).toEqual(['applicant-1', 'member-1']);
  });
});

test('an amendment opens nothing before the first day that was approved, and an earlier day only where it asks for it', async () => {
  const fixture = await makeRegister();
  const { projectId } = await approveOne(fixture, { requestedStartsOn: '2027-02-01' });
  const startsOn = async () => {
    const { grants, ...found } = await projectOf(fixture, projectId);
    return [found.startsOn, grants.find(({ status }) => status === 'active')?.startsOn];
  };
  const { second } = await changeProject(fixture, projectId, 'amendment', { title: 'Another title' });
  await second();
  expect(await startsOn()).toEqual(['2027-02-01', '2027-02-01']);
  const sooner = await changeProject(fixture, projectId, 'amendment', { requestedStartsOn: '2027-01-04' });
  await sooner.second();
  expect(await startsOn()).toEqual(['2027-01-04', '2027-01-04']);
});

describe('a renewal', () => {
  test('moves the last day, never beyond the legal basis, and its grant begins at once', async () => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture);
    const begun = await beginEdition(fixture.committee, applicant, projectId, 'renewal', onceOnly());
    const late = { ...begun.content, changeReason, requestedEndsOn: '2028-04-01' };
    await saveApplication(fixture.committee, applicant, begun.id, late);
    expect(await refusalOf(submitApplication(fixture.committee, applicant, begun.id, onceOnly()))).toBe(
      'APPLICATION_INCOMPLETE',
    );
    await closeApplication(fixture.committee, applicant, begun.id, onceOnly());
    const { second } = await changeProject(fixture, projectId, 'renewal', { requestedEndsOn: '2028-03-31' });
    await second();
    const { grants, endsOn } = await projectOf(fixture, projectId);
    expect(endsOn).toBe('2028-03-31');
    expect(grants.filter(({ status }) => status === 'active')).toMatchObject([
      { startsOn: '2026-11-02', endsOn: '2028-03-31' },
    ]);
  });
});

describe('who begins an edition', () => {
  test('is the applicant of the project, and a member still', async () => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture, { members: ['applicant-2'] });
    const begin = (subject: string) =>
      beginEdition(fixture.committee, requester(subject, 'applicant'), projectId, 'amendment', onceOnly());
    expect(await refusalOf(begin('applicant-2'))).toBe('NOT_THE_APPLICANT');
    expect(await refusalOf(begin('member-1'))).toBe('ROLE_REQUIRED');
  });

  test('begins one under one key', async () => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture);
    const begin = () =>
      beginEdition(
        fixture.committee,
        applicant,
        projectId,
        'amendment',
        RepeatableRequest.of('applicant-1', 'key', projectId),
      );
    expect((await begin()).id).toBe((await begin()).id);
  });

  test('cannot for a project that was revoked, whose application shows as revoked', async () => {
    const fixture = await makeRegister();
    const { id, projectId } = await approveOne(fixture);
    const { committee, table } = fixture;
    const found: Project = await projectOf(fixture, projectId);
    await table.transact([
      {
        put: {
          ...projectKey(projectId),
          ...found,
          status: 'revoked',
          revokedAt: '2026-11-03T09:00:00.000Z',
          revokedBy: 'schedule',
          reason: 'security',
          version: found.version + 1,
        },
      },
    ]);
    expect(await refusalOf(beginEdition(committee, applicant, projectId, 'renewal', onceOnly()))).toBe(
      'PROJECT_NOT_ACTIVE',
    );
    const shown = await showApplication(
      committee,
      await readApplication(committee, applicant, id),
      applicant,
    );
    expect(shown.state).toBe('revoked');
  });
});
