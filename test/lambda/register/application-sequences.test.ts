import fc from 'fast-check';
import { PlatformError } from '../../../lambda/platform/platform-error';
import { type Application, application } from '../../../lambda/register/application.contract';
import type { ApplicationDraft } from '../../../lambda/register/application-content.contract';
import {
  chainOf,
  closeApplication,
  draftApplication,
  saveApplication,
  submitApplication,
} from '../../../lambda/register/applications';
import { decideAssessment, handInAssessment, saveAssessment } from '../../../lambda/register/assessments';
import type { DecisionKind } from '../../../lambda/register/decision.contract';
import { decideApplication } from '../../../lambda/register/decisions';
import { beginEdition } from '../../../lambda/register/editions';
import type { Grant } from '../../../lambda/register/grant.contract';
import { verifyHistory } from '../../../lambda/register/history';
import { recordPerson } from '../../../lambda/register/people';
import { type Project, project } from '../../../lambda/register/project.contract';
import { applicationKey, projectKey } from '../../../lambda/register/register-table';
import { assessmentContent } from './assessment-content';
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
  | { do: 'save'; by: string; members: string[]; declared: string | null; aiUse: boolean }
  | { do: 'submit' | 'close' | 'assess'; by: string }
  | { do: 'begin'; by: string; kind: 'amendment' | 'renewal' }
  | { do: 'decide'; by: string; decision: DecisionKind; publish: boolean }
  | { do: 'judge'; by: string; decision: 'accept' | 'return' }
  | { do: 'move'; who: string; to: string };

const by = fc.constantFrom(...people);
const mostlyApplicant = fc.oneof(by, fc.constant('applicant-1'));
const weighted = (weight: number, arbitrary: fc.Arbitrary<Action>) => ({ weight, arbitrary });
const named = <Name extends Action['do']>(name: Name) => fc.constant(name);

const action: fc.Arbitrary<Action> = fc.oneof(
  weighted(
    2,
    fc.record({
      do: named('save'),
      by: mostlyApplicant,
      members: fc.uniqueArray(by, { maxLength: 2 }),
      declared: fc.constantFrom<string | null>(null, null, null, 'reviewer-1', 'reviewer-2'),
      aiUse: fc.boolean(),
    }),
  ),
  weighted(4, fc.record({ do: named('submit'), by: mostlyApplicant })),
  weighted(1, fc.record({ do: named('close'), by: mostlyApplicant })),
  weighted(2, fc.record({ do: named('assess'), by: mostlyApplicant })),
  weighted(
    3,
    fc.record({
      do: named('begin'),
      by: mostlyApplicant,
      kind: fc.constantFrom('amendment' as const, 'renewal' as const),
    }),
  ),
  weighted(
    10,
    fc.record({
      do: named('decide'),
      by,
      decision: fc.constantFrom<DecisionKind>('approve', 'approve', 'approve', 'approve', 'reject', 'return'),
      publish: fc.boolean(),
    }),
  ),
  weighted(
    3,
    fc.record({
      do: named('judge'),
      by,
      decision: fc.constantFrom('accept' as const, 'accept' as const, 'return' as const),
    }),
  ),
  weighted(1, fc.record({ do: named('move'), who: by, to: fc.constantFrom(...places) })),
);

const allowedSteps = new Set([
  'draft→draft',
  'draft→submitted',
  'draft→closed',
  'submitted→submitted',
  'submitted→returned',
  'submitted→approved',
  'submitted→rejected',
  'submitted→closed',
  'returned→returned',
  'returned→submitted',
  'returned→closed',
]);

const everything = requester('', 'applicant', 'reviewer');
const as = (subject: string) => ({ ...everything, subject });

function draftOf({ members, declared, aiUse }: Extract<Action, { do: 'save' }>): ApplicationDraft {
  return {
    ...content,
    members,
    aiUse,
    changeReason: 'Something has changed since.',
    conflictsOfInterest:
      declared === null
        ? { declared: 'none' }
        : { declared: 'some', conflicts: [{ kind: 'person', subject: declared, reason: 'A relative.' }] },
  };
}

async function perform(
  { committee }: RegisterFixture,
  of: { id: string; projectId: string },
  next: Action,
): Promise<unknown> {
  const { id } = of;
  switch (next.do) {
    case 'save':
      return saveApplication(committee, as(next.by), id, draftOf(next));
    case 'submit':
      return submitApplication(committee, as(next.by), id, onceOnly());
    case 'close':
      return closeApplication(committee, as(next.by), id, onceOnly());
    case 'begin':
      return beginEdition(committee, as(next.by), of.projectId, next.kind, onceOnly());
    case 'assess':
      await saveAssessment(committee, as(next.by), id, assessmentContent);
      return handInAssessment(committee, as(next.by), id, onceOnly());
    case 'judge':
      return decideAssessment(
        committee,
        as(next.by),
        id,
        { decision: next.decision, comment: 'Because.' },
        onceOnly(),
      );
    case 'decide': {
      const { decision } = next;
      const conditions =
        decision === 'approve' && next.publish ? { conditions: [{ code: 'publish-results' as const }] } : {};
      return decideApplication(
        committee,
        as(next.by),
        id,
        { decision, comment: 'Because.', ...conditions },
        onceOnly(),
      );
    }
    case 'move':
      return recordPerson(committee, trusts, officer, next.who, {
        roles: ['applicant', 'reviewer'],
        organisation: next.to,
      });
  }
}

/** True where the action was done, false where it was refused; anything else is a fault. */
async function attempt(
  fixture: RegisterFixture,
  of: { id: string; projectId: string },
  next: Action,
): Promise<boolean> {
  try {
    await perform(fixture, of, next);
    return true;
  } catch (error) {
    if (error instanceof PlatformError && error.status < 500) return false;
    throw error;
  }
}

/** Grants follow one another: as many as approvals, the last one active, each other one superseded by the next. */
function expectSuccession(grants: readonly Grant[], approvals: number): void {
  expect(grants).toHaveLength(approvals);
  grants.forEach((grant, index) => {
    const following = grants[index + 1];
    expect(grant).toMatchObject(
      following === undefined ? { status: 'active' } : { status: 'superseded', supersededBy: following.id },
    );
  });
}

async function follow(actions: readonly Action[]): Promise<string[]> {
  const fixture = await makeRegister();
  const { table, committee } = fixture;
  // The rules are written down a second time here, from who works where, apart from the code under test.
  const workplaces = new Map<string, string>([
    ['applicant-1', 'University of Westhaven'],
    ['applicant-2', 'Eastmoor Institute'],
    ['member-1', 'Southgate College'],
    ['reviewer-1', 'Northfield University'],
    ['reviewer-2', 'Patients in Research'],
    ['reviewer-3', 'University of Westhaven'],
  ]);
  const { id: first, projectId } = await draftApplication(committee, as('applicant-1'), content, onceOnly());
  let id = first;
  const read = async (): Promise<Application> => {
    const found = await table.get(applicationKey(id), application);
    if (found === null) throw new Error('the application is gone');
    return found;
  };
  const readProject = (): Promise<Project | null> => table.get(projectKey(projectId), project);
  const expectOutside = (who: string, of: Application, members: readonly string[]) => {
    const side = ['applicant-1', ...of.content.members, ...members];
    expect(side).not.toContain(who);
    expect(side.map((each) => workplaces.get(each))).not.toContain(workplaces.get(who));
    expect(workplaces.get(who)).not.toBe(of.content.organisation);
    expect(JSON.stringify(of.content.conflictsOfInterest)).not.toContain(who);
  };

  const seen: string[] = [];
  let votes: { by: string; decision: DecisionKind; publish: boolean }[] = [];
  let accepted = false;
  let approvals = 0;
  for (const next of actions) {
    fixture.clock.moveBy(60);
    const before = await read();
    const members = (await readProject())?.members ?? [];
    const done = await attempt(fixture, { id, projectId }, next);
    const after = await read();
    if (!done) {
      // An assessment that was saved and could not be handed in is the applicant's all the same.
      expect(after).toEqual(before);
      continue;
    }
    if (next.do === 'move') workplaces.set(next.who, next.to);
    if (next.do === 'assess') accepted = false;
    if (next.do === 'judge') {
      expect(before.state).toBe('submitted');
      expectOutside(next.by, before, members);
      accepted = next.decision === 'accept';
    }
    if (next.do === 'begin') {
      expect(['approved', 'rejected', 'closed']).toContain(before.state);
      expect(approvals).toBeGreaterThan(0);
      const editions = table.partition(`PROJECT#${projectId}`).filter(({ sk }) => sk.startsWith('EDITION#'));
      id = String(editions.at(-1)?.applicationId);
      expect(await read()).toMatchObject({ state: 'draft', kind: next.kind, edition: before.edition + 1 });
      votes = [];
      accepted = false;
    }
    if (next.do === 'move' || next.do === 'assess' || next.do === 'judge' || next.do === 'begin') {
      expect(after).toEqual(before);
      if (next.do !== 'move' && next.do !== 'judge') expect(next.by).toBe('applicant-1');
      continue;
    }
    expect(allowedSteps).toContain(`${before.state}→${after.state}`);
    if (next.do !== 'decide') expect(next.by).toBe('applicant-1');
    if (next.do === 'submit') votes = [];
    if (next.do === 'decide') {
      expectOutside(next.by, before, members);
      expect(votes.map((vote) => vote.by)).not.toContain(next.by);
      votes.push(next);
    }
    if (after.state === 'approved' || after.state === 'rejected') {
      const decision = after.state === 'approved' ? 'approve' : 'reject';
      const alike = votes.filter((vote) => vote.decision === decision);
      expect(new Set(alike.map((vote) => vote.by)).size).toBe(2);
      if (after.state === 'approved') {
        approvals += 1;
        expect(new Set(alike.map(({ publish }) => publish)).size).toBe(1);
        expect(after.conditions.map(({ code }) => code)).toEqual(
          alike[0]?.publish ? ['publish-results'] : [],
        );
        if (after.content.aiUse) expect(accepted).toBe(true);
        const made = await readProject();
        expect(new Set(made?.members)).toEqual(new Set(['applicant-1', ...after.content.members]));
      }
      seen.push(`${after.kind} ${after.state}`);
    }
    expectSuccession((await readProject())?.grants ?? [], approvals);
  }
  const { state } = await read();
  expect(await verifyHistory(table, chainOf(projectId))).toMatchObject({ intact: true });
  return [...seen, state];
}

test('no sequence leads to an illegal state, a decision by one reviewer, by the applicant’s side or in conflict, or two grants in force', async () => {
  const ends = new Set<string>();
  const approval: Action[] = ['reviewer-1', 'reviewer-2'].map((who) => ({
    do: 'decide',
    by: who,
    decision: 'approve',
    publish: false,
  }));
  const submit: Action = { do: 'submit', by: 'applicant-1' };
  const amended: Action[] = [
    submit,
    ...approval,
    { do: 'begin', by: 'applicant-1', kind: 'amendment' },
    { do: 'save', by: 'applicant-1', members: ['member-1'], declared: null, aiUse: false },
    submit,
  ];
  const beginning = fc.constantFrom<Action[]>([submit], amended.slice(0, 4), amended, [
    ...amended,
    ...approval,
  ]);
  await fc.assert(
    fc.asyncProperty(beginning, fc.array(action, { minLength: 5, maxLength: 30 }), async (start, actions) => {
      for (const end of await follow([...start, ...actions])) ends.add(end);
    }),
    { seed: 7, numRuns: 200 },
  );
  // The sequences reach every end, or the property would say little.
  expect([...ends]).toEqual(
    expect.arrayContaining([
      'new approved',
      'rejected',
      'amendment approved',
      'returned',
      'submitted',
      'closed',
    ]),
  );
});
