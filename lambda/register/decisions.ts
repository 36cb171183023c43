import { canonicalDigest } from '../platform/canonical-json';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import type { TransactionWrite } from '../platform/document-table';
import { newId } from '../platform/ids';
import type { RequestPerson } from '../platform/request-person';
import { publish, readPublicProject } from '../public-register/public-project';
import type { Application, SubmittedApplication } from './application.contract';
import { demandVersion } from './application-rules';
import { applicationWrites } from './application-writes';
import { type Committee, chainOf, readApplication } from './applications';
import { type Grounds, makeApproval, readGrounds } from './approval-change';
import { demandAcceptedAssessment } from './assessments';
import type { Decision, DecisionRequest } from './decision.contract';
import { type DecisionResult, decide, digestOfConditions, sortedConditions } from './decision-rules';
import { demandEarlierApprovals } from './earlier-approvals';
import type { Fact } from './event.contract';
import type { RepeatableRequest } from './idempotency';
import { readActor } from './people';
import type { Person } from './person.contract';
import { changeRegister, notBefore } from './register-change';
import { refuseRegister } from './register-refusals';
import { decisionKey, unchangedPeople } from './register-table';

/** What a decision leads to beside itself. */
interface Consequence {
  readonly application: Application;
  readonly writes: readonly TransactionWrite[];
  readonly facts: readonly Fact[];
}

function reviewersFor(application: Application, decision: string): string[] {
  return 'decisions' in application
    ? application.decisions.filter((each) => each.decision === decision).map((each) => each.reviewer)
    : [];
}

async function approvalConsequence(
  committee: Committee,
  result: Extract<DecisionResult, { outcome: 'approved' }>,
  grounds: Grounds,
  grantId: string,
  reviewer: Person,
  now: Date,
): Promise<Consequence> {
  const { application, conditions } = result;
  const collection: CollectionConfiguration | undefined = committee.collections.find(
    ({ id }) => id === application.content.collection,
  );
  if (collection === undefined) throw refuseRegister('LEGAL_BASIS_ENDED');
  const accepted = await demandAcceptedAssessment(committee.table, application);
  const made = makeApproval(
    { application, conditions, collection, grantId, now },
    grounds,
    reviewer.pseudonym,
  );
  return {
    application: made.application,
    writes: [
      ...accepted,
      ...made.writes,
      publish(await readPublicProject(committee.table, made.project, made.application)),
    ],
    facts: [
      {
        type: 'application-approved',
        data: {
          applicationId: application.id,
          round: application.round,
          reviewers: reviewersFor(application, 'approve'),
          conditions: conditions.map(({ code }) => code),
          conditionsDigest: digestOfConditions(conditions),
        },
      },
      ...made.facts,
    ],
  };
}

function otherConsequence({
  application,
  outcome,
}: Exclude<DecisionResult, { outcome: 'approved' }>): Consequence {
  const round = { applicationId: application.id, round: application.round };
  const facts: Record<typeof outcome, Fact[]> = {
    waiting: [],
    returned: [{ type: 'application-returned', data: round }],
    rejected: [
      { type: 'application-rejected', data: { ...round, reviewers: reviewersFor(application, 'reject') } },
    ],
  };
  return { application, writes: [], facts: facts[outcome] };
}

/**
 * Records one reviewer's decision. With the second approval project, grant and memberships are made, or changed by an
 * amendment or a renewal, in the same transaction.
 *
 * @throws PlatformError of `decide`, `demandEarlierApprovals` and of the approval, APPLICATION_NOT_FOUND, ROLE_REQUIRED, VERSION_DIFFERS
 */
export async function decideApplication(
  committee: Committee,
  requester: RequestPerson,
  id: string,
  request: DecisionRequest,
  repeatable: RepeatableRequest,
  expectedVersion?: number,
): Promise<Application> {
  const { table, clock } = committee;
  const { projectId } = await readApplication(committee, requester, id);
  const grantId = newId('g', clock);
  return changeRegister<Application>(table, chainOf(projectId), async ({ lastAt }) => {
    const current = await readApplication(committee, requester, id);
    if ((await repeatable.earlierResult(table)) !== null) return { unchanged: current };
    demandVersion(current, expectedVersion);
    const reviewer = await readActor(committee, requester, ['reviewer']);
    const grounds = await groundsOf(committee, current);
    // An approval may deny sessions, and no issue that stands before it may be later.
    const at = notBefore(lastAt, clock.now());
    const involved = [...grounds.members, ...grounds.leaving];
    const result = decide(current, reviewer, involved, request, at);
    const earlier =
      result.outcome === 'approved'
        ? await demandEarlierApprovals(table, result.application, reviewer, involved)
        : [];
    const consequence =
      result.outcome === 'approved'
        ? await approvalConsequence(committee, result, grounds, grantId, reviewer, at)
        : otherConsequence(result);

    const conditions = sortedConditions(request.conditions ?? []);
    const decision: Decision = {
      applicationId: id,
      round: current.round,
      reviewer: reviewer.pseudonym,
      decision: request.decision,
      comment: request.comment,
      conditions,
      decidedAt: at.toISOString(),
    };
    return {
      writes: [
        ...applicationWrites(consequence.application, current),
        { put: { ...decisionKey(id, current.round, reviewer.pseudonym), ...decision } },
        ...unchangedPeople([reviewer, ...earlier, ...grounds.members]),
        ...consequence.writes,
        ...repeatable.remember(id, clock),
      ],
      facts: [
        {
          type: 'decision-recorded',
          data: {
            applicationId: id,
            round: current.round,
            decision: request.decision,
            commentDigest: canonicalDigest(request.comment),
            conditions: conditions.map(({ code }) => code),
            conditionsDigest: digestOfConditions(conditions),
          },
        },
        ...consequence.facts,
      ],
      actor: reviewer.pseudonym,
      at,
      result: consequence.application,
    };
  });
}

const noGrounds: Grounds = { members: [], leaving: [], project: null, studies: null, memberships: [] };

function groundsOf({ table }: Committee, current: Application): Promise<Grounds> {
  const submitted: SubmittedApplication | null = current.state === 'submitted' ? current : null;
  return submitted === null ? Promise.resolve(noGrounds) : readGrounds(table, submitted);
}
