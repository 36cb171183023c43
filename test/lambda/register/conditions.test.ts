import fc from 'fast-check';
import { showApplication } from '../../../lambda/register/application-views';
import { readApplication } from '../../../lambda/register/applications';
import type { Condition } from '../../../lambda/register/condition.contract';
import { conditions as conditionsSchema } from '../../../lambda/register/condition.contract';
import { decisionRequest } from '../../../lambda/register/decision.contract';
import { decideApplication } from '../../../lambda/register/decisions';
import {
  applicant,
  approve,
  approveByTwo,
  content,
  firstReviewer,
  makeRegister,
  onceOnly,
  projectOf,
  type RegisterFixture,
  refusalOf,
  secondReviewer,
  submitOne,
} from './register-fixture';

const approveWith =
  (fixture: RegisterFixture, id: string) =>
  (reviewer: typeof firstReviewer, ...conditions: Condition[]) =>
    approve(fixture, id, reviewer, conditions);

const publish: Condition = { code: 'publish-results' };
const sooner: Condition = { code: 'ends-earlier', endsOn: '2027-03-31' };
const own: Condition = { code: 'other', text: 'Report every quarter.' };
const direct = { collection: 'breast-screening', accessMode: 'direct' as const };

describe('conditions of an approval', () => {
  test('are proposed by the first, carried by the second, and stand in application and grant', async () => {
    const fixture = await makeRegister();
    const { id, projectId } = await submitOne(fixture);
    const approve = approveWith(fixture, id);
    const waiting = await approve(firstReviewer, own, publish);
    expect(await showApplication(fixture.committee, waiting, secondReviewer)).toMatchObject({
      proposedConditions: expect.arrayContaining([own, publish]),
    });
    expect(await showApplication(fixture.committee, waiting, applicant)).not.toHaveProperty(
      'proposedConditions',
    );
    const approved = await approve(secondReviewer, publish, own);
    expect(approved).toMatchObject({ state: 'approved', conditions: expect.arrayContaining([publish, own]) });
    const [grant] = (await projectOf(fixture, projectId)).grants;
    expect(grant?.conditions).toHaveLength(2);
    expect(grant?.conditions).toEqual(expect.arrayContaining([publish, own]));
  });

  test('that differ are refused with those proposed, and nothing is decided', async () => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture);
    const approve = approveWith(fixture, id);
    await approve(firstReviewer, publish);
    for (const other of [[], [own], [publish, own]]) {
      const refusal = await approve(secondReviewer, ...other).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'CONDITIONS_DIFFER', extensions: { conditions: [publish] } });
    }
    expect((await readApplication(fixture.committee, firstReviewer, id)).state).toBe('submitted');
  });

  test('end access earlier than asked, and at no other time', async () => {
    const fixture = await makeRegister();
    const { id, projectId } = await submitOne(fixture);
    const approve = approveWith(fixture, id);
    for (const endsOn of ['2027-11-01', '2026-11-01'])
      expect(await refusalOf(approve(firstReviewer, { code: 'ends-earlier', endsOn }))).toBe(
        'CONDITION_NOT_APPLICABLE',
      );
    await approve(firstReviewer, sooner);
    await approve(secondReviewer, sooner);
    expect(await projectOf(fixture, projectId)).toMatchObject({
      endsOn: '2027-03-31',
      grants: [{ endsOn: '2027-03-31', endsAt: '2027-03-31T22:59:59.000Z' }],
    });
  });

  test('alone give direct access, where it was asked for', async () => {
    const fixture = await makeRegister();
    const plain = await submitOne(fixture);
    expect(await refusalOf(approveWith(fixture, plain.id)(firstReviewer, { code: 'direct-access' }))).toBe(
      'CONDITION_NOT_APPLICABLE',
    );
    for (const [conditions, accessMode] of [
      [[], 'dae-only'],
      [[{ code: 'direct-access' }], 'direct'],
    ] as [Condition[], string][]) {
      const { id, projectId } = await submitOne(fixture, direct);
      await approveByTwo(fixture, id, conditions);
      expect(await projectOf(fixture, projectId)).toMatchObject({ accessMode, grants: [{ accessMode }] });
    }
  });

  test('belong to approvals, each code once but for `other`', () => {
    expect(
      decisionRequest.safeParse({ decision: 'reject', comment: 'No.', conditions: [publish] }).success,
    ).toBe(false);
    expect(conditionsSchema.safeParse([publish, publish]).success).toBe(false);
    expect(conditionsSchema.safeParse([own, own]).success).toBe(true);
  });

  test('of two approvals agree whenever the project is made, whatever was sent', async () => {
    const set = fc.subarray<Condition>([publish, own, sooner, { code: 'outputs-reviewed' }]);
    await fc.assert(
      fc.asyncProperty(set, set, async (first, second) => {
        const fixture = await makeRegister();
        const { id, projectId } = await submitOne(fixture);
        await approveWith(fixture, id)(firstReviewer, ...first);
        const same = first.length === second.length && first.every((each) => second.includes(each));
        const outcome = await refusalOf(approveWith(fixture, id)(secondReviewer, ...second));
        expect(outcome).toBe(same ? 'no refusal' : 'CONDITIONS_DIFFER');
        if (same)
          expect((await projectOf(fixture, projectId)).grants[0]?.conditions).toHaveLength(first.length);
      }),
      { seed: 11, numRuns: 60 },
    );
  });
});

describe('declared conflicts of interest', () => {
  const declared = (conflict: object) => ({
    ...content,
    conflictsOfInterest: { declared: 'some' as const, conflicts: [conflict] },
  });
  test.each([
    ['a person', { kind: 'person', subject: 'reviewer-1', reason: 'They are married.' }],
    [
      'an organisation, however it is spelt',
      { kind: 'organisation', organisation: 'NORTHFIELD  university', reason: 'A competitor.' },
    ],
  ])('keep a reviewer from every decision: %s', async (_who, conflict) => {
    const fixture = await makeRegister();
    const { id } = await submitOne(fixture, declared(conflict) as never);
    for (const decision of ['approve', 'reject', 'return'] as const)
      expect(
        await refusalOf(
          decideApplication(
            fixture.committee,
            firstReviewer,
            id,
            { decision, comment: 'Because.' },
            onceOnly(),
          ),
        ),
      ).toBe('REVIEWER_IN_CONFLICT');
    expect((await approveWith(fixture, id)(secondReviewer)).state).toBe('submitted');
  });
});

describe('a grant for listed studies', () => {
  test('keeps the sorted list beside itself, and its digest', async () => {
    const fixture = await makeRegister();
    const prefix = '1.3.6.1.4.1.32473.7.7.1.';
    const scope = { kind: 'studies' as const, studies: [`${prefix}2`, `${prefix}1`] };
    const { id, projectId } = await submitOne(fixture, { scope });
    await approveByTwo(fixture, id);
    const [grant] = (await projectOf(fixture, projectId)).grants;
    expect(grant?.scope).toMatchObject({ kind: 'studies', count: 2 });
    const stored = fixture.table.items.get(`PROJECT#${projectId}\u0000STUDIES#${grant?.id}`);
    expect(stored?.studies).toEqual([`${prefix}1`, `${prefix}2`]);
  });
});
