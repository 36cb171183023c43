import { canonicalDigest } from '../platform/canonical-json';
import { absent, type TransactionWrite } from '../platform/document-table';
import { refuseRequest } from '../platform/http-errors';
import { newId } from '../platform/ids';
import type { RequestPerson } from '../platform/request-person';
import type { Application, SubmittedApplication } from './application.contract';
import { type DecisionResult, decide } from './application-rules';
import { type Committee, chainOf, readApplication } from './applications';
import { type Approval, approve } from './approval';
import type { Decision, DecisionRequest } from './decision.contract';
import type { Fact } from './event.contract';
import type { RepeatableRequest } from './idempotency';
import { readActor } from './people';
import { type Person, person } from './person.contract';
import { changeRegister } from './register-change';
import { refuseRegister } from './register-refusals';
import {
  applicationKey,
  atVersion,
  decisionKey,
  listedProjectKey,
  membershipKey,
  personKey,
  projectKey,
  type RegisterTable,
} from './register-table';

/** The applicant and the members as the register knows them now, the applicant first. */
async function readInvolved(table: RegisterTable, application: SubmittedApplication): Promise<Person[]> {
  const subjects = [...new Set([application.applicant, ...application.content.members])];
  const records = await table.getMany(subjects.map(personKey), person);
  return subjects.map((subject) => {
    const record = records.find((each) => each.subject === subject);
    if (record === undefined) throw refuseRegister('PERSON_NOT_FOUND');
    return record;
  });
}

/** Nobody's roles or organisation may change between the judgement of their conflict of interest and its record. */
function unchangedPeople(people: readonly Person[]): TransactionWrite[] {
  return people.map((each) => ({ check: personKey(each.subject), condition: atVersion(each.version) }));
}

function approvalWrites({ project, memberships }: Approval): TransactionWrite[] {
  return [
    { put: { ...projectKey(project.id), ...project }, condition: absent },
    { put: { ...listedProjectKey(project.id) }, condition: absent },
    ...memberships.map(
      (membership): TransactionWrite => ({
        put: { ...membershipKey(membership.subject, project.id), ...membership },
        condition: absent,
      }),
    ),
  ];
}

/** What the history tells of a decision beside the decision itself. */
function consequences(result: DecisionResult, approval: Approval | null): Fact[] {
  const { application, outcome } = result;
  const round = { applicationId: application.id, round: application.round };
  const reviewersFor = (decision: string) =>
    'decisions' in application
      ? application.decisions.filter((each) => each.decision === decision).map((each) => each.reviewer)
      : [];
  switch (outcome) {
    case 'waiting':
      return [];
    case 'returned':
      return [{ type: 'application-returned', data: round }];
    case 'rejected':
      return [{ type: 'application-rejected', data: { ...round, reviewers: reviewersFor('reject') } }];
    case 'approved': {
      if (approval === null) return [];
      const { grant, memberships } = approval;
      return [
        { type: 'application-approved', data: { ...round, reviewers: reviewersFor('approve') } },
        {
          type: 'grant-given',
          data: {
            projectId: grant.projectId,
            grantId: grant.id,
            collection: grant.collection,
            split: grant.split,
            scope: grant.scope,
            accessMode: grant.accessMode,
            startsOn: grant.startsOn,
            endsOn: grant.endsOn,
            members: memberships.map((membership) => membership.pseudonym),
          },
        },
      ];
    }
  }
}

/**
 * Records one reviewer's decision; with the second approval the project, its grant and its memberships are made in the
 * same transaction.
 *
 * @throws PlatformError of `decide` and `approve`, APPLICATION_NOT_FOUND, ROLE_REQUIRED
 */
export async function decideApplication(
  committee: Committee,
  requester: RequestPerson,
  id: string,
  request: DecisionRequest,
  repeatable: RepeatableRequest,
  expectedVersion?: number,
): Promise<Application> {
  const { table, clock, collections } = committee;
  const { projectId } = await readApplication(committee, requester, id);
  const grantId = newId('g', clock);
  return changeRegister<Application>(table, chainOf(projectId), async () => {
    const current = await readApplication(committee, requester, id);
    if ((await repeatable.earlierResult(table)) !== null) return { unchanged: current };
    if (expectedVersion !== undefined && expectedVersion !== current.version) {
      throw refuseRequest('VERSION_DIFFERS');
    }
    const reviewer = await readActor(committee, requester, ['reviewer']);
    const involved = current.state === 'submitted' ? await readInvolved(table, current) : [];
    const at = clock.now();
    const result = decide(current, reviewer, involved, request, at);

    const collection = collections.find((each) => each.id === result.application.content.collection);
    if (result.outcome === 'approved' && collection === undefined) throw refuseRegister('LEGAL_BASIS_ENDED');
    const approval =
      result.outcome === 'approved' && collection !== undefined
        ? approve(result.application, collection, involved, grantId, at)
        : null;
    const next: Application = approval?.application ?? result.application;

    const decision: Decision = {
      applicationId: id,
      round: current.round,
      reviewer: reviewer.pseudonym,
      decision: request.decision,
      comment: request.comment,
      decidedAt: at.toISOString(),
    };
    return {
      writes: [
        { put: { ...applicationKey(id), ...next }, condition: atVersion(current.version) },
        { put: { ...decisionKey(id, reviewer.pseudonym), ...decision } },
        ...unchangedPeople([reviewer, ...involved]),
        ...(approval ? approvalWrites(approval) : []),
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
          },
        },
        ...consequences(result, approval),
      ],
      actor: reviewer.pseudonym,
      at,
      result: next,
    };
  });
}
