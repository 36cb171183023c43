import fc from 'fast-check';
import { PlatformError } from '../../../lambda/platform/platform-error';
import { type Application, application } from '../../../lambda/register/application.contract';
import {
  chainOf,
  draftApplication,
  saveApplication,
  submitApplication,
} from '../../../lambda/register/applications';
import type { DecisionKind } from '../../../lambda/register/decision.contract';
import { decideApplication } from '../../../lambda/register/decisions';
import { verifyHistory } from '../../../lambda/register/history';
import { recordPerson } from '../../../lambda/register/people';
import { applicationKey } from '../../../lambda/register/register-table';
import {
  content,
  makeRegister,
  officer,
  onceOnly,
  type RegisterFixture,
  requester,
  trusts,
} from './register-fixture';

const people = ['applicant-1', 'applicant-2', 'member-1', 'reviewer-1', 'reviewer-2', 'reviewer-3'] as const;
const places = ['University of Westhaven', 'Northfield University', 'Patients in Research', 'Eastmoor'];

type Action =
  | { do: 'save'; by: string; members: string[] }
  | { do: 'submit'; by: string }
  | { do: 'decide'; by: string; decision: DecisionKind }
  | { do: 'move'; who: string; to: string };

const by = fc.constantFrom(...people);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('save' as const),
      by: fc.oneof(by, fc.constant('applicant-1')),
      members: fc.uniqueArray(by, { maxLength: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      by: fc.oneof(by, fc.constant('applicant-1')),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('decide' as const),
      by,
      decision: fc.constantFrom<DecisionKind>('approve', 'approve', 'approve', 'reject', 'return'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('move' as const), who: by, to: fc.constantFrom(...places) }),
  },
);

const allowedSteps = new Set([
  'draft→draft',
  'draft→submitted',
  'submitted→submitted',
  'submitted→returned',
  'submitted→approved',
  'submitted→rejected',
  'returned→returned',
  'returned→submitted',
]);

const everything = requester('', 'applicant', 'reviewer');
const as = (subject: string) => ({ ...everything, subject });

function perform({ committee }: RegisterFixture, id: string, next: Action): Promise<unknown> {
  switch (next.do) {
    case 'save':
      return saveApplication(committee, as(next.by), id, { ...content, members: next.members });
    case 'submit':
      return submitApplication(committee, as(next.by), id, onceOnly());
    case 'decide':
      return decideApplication(
        committee,
        as(next.by),
        id,
        { decision: next.decision, comment: 'Because.' },
        onceOnly(),
      );
    case 'move':
      return recordPerson(committee, trusts, officer, next.who, {
        roles: ['applicant', 'reviewer'],
        organisation: next.to,
      });
  }
}

/** True where the action was done, false where it was refused; anything else is a fault. */
async function attempt(fixture: RegisterFixture, id: string, next: Action): Promise<boolean> {
  try {
    await perform(fixture, id, next);
    return true;
  } catch (error) {
    if (error instanceof PlatformError && error.status < 500) return false;
    throw error;
  }
}

async function follow(actions: readonly Action[]): Promise<Application['state']> {
  const fixture = await makeRegister();
  const { table, committee } = fixture;
  // The rule is written down a second time here, from who works where, apart from the code under test.
  const workplaces = new Map<string, string>([
    ['applicant-1', 'University of Westhaven'],
    ['applicant-2', 'Eastmoor Institute'],
    ['member-1', 'Southgate College'],
    ['reviewer-1', 'Northfield University'],
    ['reviewer-2', 'Patients in Research'],
    ['reviewer-3', 'University of Westhaven'],
  ]);
  const { id, projectId } = await draftApplication(committee, as('applicant-1'), content, onceOnly());
  const read = async (): Promise<Application> => {
    const found = await table.get(applicationKey(id), application);
    if (found === null) throw new Error('the application is gone');
    return found;
  };

  let votes: { by: string; decision: DecisionKind }[] = [];
  for (const next of actions) {
    fixture.clock.moveBy(60);
    const before = await read();
    const done = await attempt(fixture, id, next);
    const after = await read();
    if (!done) {
      expect(after).toEqual(before);
      continue;
    }
    if (next.do === 'move') {
      workplaces.set(next.who, next.to);
      expect(after).toEqual(before);
      continue;
    }
    expect(allowedSteps).toContain(`${before.state}→${after.state}`);
    if (next.do === 'save' || next.do === 'submit') expect(next.by).toBe('applicant-1');
    if (next.do === 'submit') votes = [];
    if (next.do === 'decide') {
      const side = ['applicant-1', ...before.content.members];
      expect(side).not.toContain(next.by);
      expect(side.map((who) => workplaces.get(who))).not.toContain(workplaces.get(next.by));
      expect(workplaces.get(next.by)).not.toBe(before.content.organisation);
      expect(votes.map((vote) => vote.by)).not.toContain(next.by);
      votes.push({ by: next.by, decision: next.decision });
    }
    if (after.state === 'approved' || after.state === 'rejected') {
      const decision = after.state === 'approved' ? 'approve' : 'reject';
      expect(new Set(votes.filter((vote) => vote.decision === decision).map((vote) => vote.by)).size).toBe(2);
    }
  }

  const { state } = await read();
  const stored = table.partition(`PROJECT#${projectId}`);
  const grants = stored.filter((item) => item.sk === 'PROJECT').map((item) => item.grants);
  expect(grants).toEqual(state === 'approved' ? [[expect.objectContaining({ status: 'active' })]] : []);
  expect(await verifyHistory(table, chainOf(projectId))).toMatchObject({ intact: true });
  return state;
}

test('no sequence of actions leads to an illegal state, a decision by one reviewer or by the applicant’s side', async () => {
  const ends = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 30 }), async (actions) => {
      const state = await follow([{ do: 'submit', by: 'applicant-1' }, ...actions]);
      ends.set(state, (ends.get(state) ?? 0) + 1);
    }),
    { seed: 7, numRuns: 500 },
  );
  // The sequences reach every end, or the property would say little.
  expect([...ends.keys()].sort()).toEqual(
    expect.arrayContaining(['approved', 'rejected', 'returned', 'submitted']),
  );
});
