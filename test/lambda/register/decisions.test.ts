import type { Role } from '../../../lambda/platform/roles.contract';
import { chainOf, saveApplication, submitApplication } from '../../../lambda/register/applications';
import { decideApplication } from '../../../lambda/register/decisions';
import { verifyHistory } from '../../../lambda/register/history';
import { RepeatableRequest } from '../../../lambda/register/idempotency';
import { recordPerson } from '../../../lambda/register/people';
import { membership, project } from '../../../lambda/register/project.contract';
import { membershipKey, projectKey } from '../../../lambda/register/register-table';
import {
  applicant,
  approveByTwo,
  approveOne,
  chest,
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
  submitOne,
  trusts,
} from './register-fixture';

const approval = { decision: 'approve' as const, comment: '' };
const rejection = { decision: 'reject' as const, comment: 'Not for this.' };
const returned = { decision: 'return' as const, comment: 'Say more.' };
const decideOn =
  ({ committee }: RegisterFixture, id: string) =>
  (reviewer: typeof firstReviewer, request: typeof approval | typeof rejection | typeof returned) =>
    decideApplication(committee, reviewer, id, request, onceOnly());

describe('two reviewers', () => {
  test('approve together, and with the second approval project, grant and memberships stand', async () => {
    const fixture = await makeRegister();
    const { id, projectId } = await submitOne(fixture, { members: ['member-1', 'applicant-2'] });
    const decide = decideOn(fixture, id);
    expect((await decide(firstReviewer, approval)).state).toBe('submitted');
    expect(await fixture.table.get(projectKey(projectId), project)).toBeNull();

    const approved = await decide(secondReviewer, approval);
    if (approved.state !== 'approved') throw new Error('not approved');
    expect(await fixture.table.get(projectKey(projectId), project)).toMatchObject({
      status: 'active',
      members: ['applicant-1', 'member-1', 'applicant-2'],
    });
    const { grants } = await projectOf(fixture, projectId);
    expect(grants).toHaveLength(1);
    expect(grants[0]).toMatchObject({
      id: approved.grantId,
      applicationId: id,
      scope: { kind: 'collection' },
      status: 'active',
      collection: 'chest',
      arc: 7,
      split: 'development',
      accessMode: 'dae-only',
      startsOn: '2026-11-02',
      endsOn: '2027-10-31',
      endsAt: '2027-10-31T23:59:59.000Z',
    });
    for (const subject of ['applicant-1', 'member-1', 'applicant-2']) {
      expect(await fixture.table.get(membershipKey(subject, projectId), membership)).not.toBeNull();
    }
    expect(await fixture.table.get(membershipKey('reviewer-1', projectId), membership)).toBeNull();
  });

  test('reject together', async () => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture);
    const decide = decideOn(fixture, id);
    expect((await decide(firstReviewer, rejection)).state).toBe('submitted');
    expect((await decide(secondReviewer, rejection)).state).toBe('rejected');
  });

  test('who disagree leave the application open for a third', async () => {
    const fixture = await makeRegister();
    await recordPerson(fixture.committee, trusts, officer, 'reviewer-4', {
      roles: ['reviewer'],
      organisation: 'Eastmoor Hospital',
    });
    const { id } = await submitOne(fixture);
    const decide = decideOn(fixture, id);
    await decide(firstReviewer, approval);
    expect((await decide(secondReviewer, rejection)).state).toBe('submitted');
    expect((await decide(requester('reviewer-4', 'reviewer'), approval)).state).toBe('approved');
  });

  test('who decide at the same moment are both counted', async () => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture);
    const decide = decideOn(fixture, id);
    fixture.table.beforeTransact = async () => {
      await decide(secondReviewer, approval);
    };
    expect((await decide(firstReviewer, approval)).state).toBe('approved');
  });
});

describe('one reviewer', () => {
  test('does not decide twice', async () => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture);
    const decide = decideOn(fixture, id);
    await decide(firstReviewer, approval);
    expect(await refusalOf(decide(firstReviewer, approval))).toBe('ALREADY_DECIDED');
    expect(await refusalOf(decide(firstReviewer, rejection))).toBe('ALREADY_DECIDED');
  });

  test('who repeats a request under its key is counted once', async () => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture);
    const send = () =>
      decideApplication(
        fixture.committee,
        firstReviewer,
        id,
        approval,
        RepeatableRequest.of('reviewer-1', 'key', approval),
      );
    await send();
    expect(await send()).toMatchObject({ state: 'submitted', decisions: [{ decision: 'approve' }] });
  });

  test('returns an application, and what was decided before does not count after', async () => {
    const fixture = await makeRegister();
    const { committee } = fixture;
    const { id } = await submitOne(fixture);
    const decide = decideOn(fixture, id);
    await decide(firstReviewer, approval);
    expect(await decide(secondReviewer, returned)).toMatchObject({ state: 'returned', comment: 'Say more.' });
    expect(await refusalOf(decide(firstReviewer, approval))).toBe('APPLICATION_NOT_OPEN');
    await saveApplication(committee, applicant, id, { ...content, title: 'Rib fractures, said better' });
    await submitApplication(committee, applicant, id, onceOnly());
    expect((await decide(secondReviewer, approval)).state).toBe('submitted');
    expect((await decide(firstReviewer, approval)).state).toBe('approved');
    // the words of both rounds are kept
    const words = fixture.table.partition(`APPLICATION#${id}`).filter(({ sk }) => sk.startsWith('DECISION#'));
    // a round's decisions stand in the order of random pseudonyms
    expect(words.map(({ round, comment }) => `${round} ${comment}`).sort()).toEqual([
      '1 ',
      '1 Say more.',
      '2 ',
      '2 ',
    ]);
  });
});

describe("the applicant's side", () => {
  test.each([
    ['the applicant', 'applicant-1', 'Elsewhere'],
    ['a member', 'member-1', 'Elsewhere'],
    ["a reviewer of the applicant's organisation, however it is spelt", 'reviewer-3', undefined],
    ["a reviewer of a member's organisation", 'reviewer-5', 'southgate college'],
    ['a reviewer of the organisation in the application', 'reviewer-5', 'Institute of Names'],
  ])('does not decide: %s', async (_who, subject, organisation) => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture, {
      members: ['member-1'],
      organisation: 'INSTITUTE OF NAMES',
    });
    if (organisation !== undefined) {
      const roles = subject.startsWith('reviewer')
        ? ['reviewer' as const]
        : ['reviewer' as const, 'applicant' as const];
      const place = subject === 'member-1' || subject === 'applicant-1' ? 'Elsewhere' : organisation;
      await recordPerson(fixture.committee, trusts, officer, subject, { roles, organisation: place });
    }
    expect(await refusalOf(decideOn(fixture, id)(requester(subject, 'reviewer'), approval))).toBe(
      'REVIEWER_ON_APPLICANTS_SIDE',
    );
  });

  test('is still the side on which the applicant stood at submission, after a move', async () => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture, { organisation: 'Another Name' });
    await recordPerson(fixture.committee, trusts, officer, 'applicant-1', {
      roles: ['applicant'],
      organisation: 'New Place',
    });
    expect(await refusalOf(decideOn(fixture, id)(requester('reviewer-3', 'reviewer'), approval))).toBe(
      'REVIEWER_ON_APPLICANTS_SIDE',
    );
  });

  test('is judged as it stands when the decision is written', async () => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture);
    fixture.table.beforeTransact = async () => {
      await recordPerson(fixture.committee, trusts, officer, 'reviewer-1', {
        roles: ['reviewer'],
        organisation: 'University of Westhaven',
      });
    };
    expect(await refusalOf(decideOn(fixture, id)(firstReviewer, approval))).toBe(
      'REVIEWER_ON_APPLICANTS_SIDE',
    );
  });
});

describe('an earlier approval', () => {
  test.each<[string, Role[], string]>([
    ['of who is no reviewer any more', [], 'Northfield University'],
    ['of who works where the applicant does now', ['reviewer'], 'University of Westhaven'],
  ])('gives no access: %s', async (_who, roles, organisation) => {
    const fixture = await makeRegister();
    const { id, projectId } = await submitOne(fixture);
    const decide = decideOn(fixture, id);
    await decide(firstReviewer, approval);
    await recordPerson(fixture.committee, trusts, officer, 'reviewer-1', { roles, organisation });
    expect(await refusalOf(decide(secondReviewer, approval))).toBe('EARLIER_APPROVAL_VOID');
    expect(await fixture.table.get(projectKey(projectId), project)).toBeNull();
    expect((await decide(secondReviewer, returned)).state).toBe('returned');
  });

  test('is judged as it stands when the access is written', async () => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture);
    await decideOn(fixture, id)(firstReviewer, approval);
    fixture.table.beforeTransact = async () => {
      await recordPerson(fixture.committee, trusts, officer, 'reviewer-1', { roles: [] });
    };
    expect(await refusalOf(decideOn(fixture, id)(secondReviewer, approval))).toBe('EARLIER_APPROVAL_VOID');
  });
});

describe('an approval', () => {
  test('ends with the legal basis where that has become shorter', async () => {
    const fixture = await makeRegister();
    const { id, projectId } = await submitOne(fixture);
    const committee = {
      ...fixture.committee,
      collections: [{ ...chest, legalBasis: { ...chest.legalBasis, endsOn: '2027-07-01' } }],
    };
    await approveByTwo({ committee }, id);
    expect(await fixture.table.get(projectKey(projectId), project)).toMatchObject({ endsOn: '2027-07-01' });
    const [granted] = (await projectOf(fixture, projectId)).grants;
    expect(granted?.endsAt).toBe('2027-07-01T22:59:59.000Z');
  });

  test('is refused when no day would be left', async () => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture);
    const decide = decideOn(fixture, id);
    await decide(firstReviewer, approval);
    fixture.clock.moveTo('2027-11-01T09:00:00Z');
    expect(await refusalOf(decide(secondReviewer, approval))).toBe('LEGAL_BASIS_ENDED');
    expect((await decide(secondReviewer, returned)).state).toBe('returned');
  });

  test('of twenty members fits one transaction', async () => {
    const fixture = await makeRegister();
    await approveOne(fixture, { members: Array.from({ length: 20 }, (_, index) => `colleague-${index}`) });
    expect(fixture.table.largestTransaction).toBeLessThanOrEqual(100);
  });

  test('tells its whole story in one chain, with an outbox item for each event, and names nobody', async () => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture, { members: ['member-1'] });
    const events = fixture.table
      .partition(`PROJECT#${projectId}`)
      .filter((item) => item.sk.startsWith('EVENT#'));
    expect(events.map((event) => event.type)).toEqual([
      'application-drafted',
      'application-submitted',
      'decision-recorded',
      'decision-recorded',
      'application-approved',
      'grant-given',
    ]);
    const copied = fixture.table.partition('OUTBOX').filter((item) => item.sk.includes(projectId));
    expect(copied).toHaveLength(events.length);
    expect(JSON.stringify([events, copied])).not.toMatch(/applicant-1|member-1|reviewer-\d|Westhaven/);
    expect(await verifyHistory(fixture.table, chainOf(projectId))).toMatchObject({ intact: true });
  });

  test('shows when a stored event was touched', async () => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture);
    const key = `PROJECT#${projectId}\u0000EVENT#000000003`;
    const stored = fixture.table.items.get(key);
    if (stored === undefined) throw new Error('no third event');
    fixture.table.items.set(key, { ...stored, note: 'added' });
    expect(await verifyHistory(fixture.table, chainOf(projectId))).toEqual({
      intact: false,
      sequence: 3,
      reason: 'HASH_DIFFERS',
    });
    fixture.table.items.delete(key);
    expect(await verifyHistory(fixture.table, chainOf(projectId))).toEqual({
      intact: false,
      sequence: 3,
      reason: 'EVENT_MISSING',
    });
  });
});
