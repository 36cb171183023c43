import { canonicalDigest } from '../platform/canonical-json';
import type { TransactionWrite } from '../platform/document-table';
import { refuseRequest } from '../platform/http-errors';
import type { RequestPerson } from '../platform/request-person';
import type { Application, SubmittedApplication } from './application.contract';
import { demandApplicant, isOpen } from './application-rules';
import { type Committee, chainOf, readApplication } from './applications';
import { readGrounds } from './approval-change';
import { changeAssessment, judgeAssessment, submitAssessment } from './assessment-rules';
import type { RepeatableRequest } from './idempotency';
import {
  type Assessment,
  type AssessmentDecision,
  type AssessmentDraft,
  type AssessmentView,
  assessment,
} from './impact-assessment.contract';
import { demandIndependence } from './independence';
import { readActor } from './people';
import type { Person } from './person.contract';
import { type Change, changeRegister } from './register-change';
import { refuseRegister } from './register-refusals';
import {
  applicationKey,
  assessmentKey,
  atVersion,
  type RegisterTable,
  unchangedPeople,
} from './register-table';

function readAssessment(table: RegisterTable, applicationId: string): Promise<Assessment | null> {
  return table.get(assessmentKey(applicationId), assessment);
}

function viewOfAssessment(of: Application, found: Assessment | null): AssessmentView {
  const needed = of.content.aiUse === true;
  if (found === null) return { applicationId: of.id, state: 'not-started', needed, version: 0 };
  return { ...found, needed };
}

/** The assessment of an application that the requester may see. */
export async function showAssessment(
  committee: Committee,
  requester: RequestPerson,
  id: string,
): Promise<AssessmentView> {
  const of = await readApplication(committee, requester, id);
  const found = await readAssessment(committee.table, id);
  // Until it is submitted it is the applicant's own.
  const hidden = found?.state === 'in-progress' && of.applicant !== requester.subject;
  return hidden
    ? { applicationId: id, state: found.state, needed: of.content.aiUse === true, version: found.version }
    : viewOfAssessment(of, found);
}

/**
 * Demands that a model's impact assessment is accepted for what the application now says, and checks in the transaction
 * that it still is.
 * @throws PlatformError ASSESSMENT_NOT_ACCEPTED
 */
export async function demandAcceptedAssessment(
  table: RegisterTable,
  of: SubmittedApplication,
): Promise<TransactionWrite[]> {
  if (!of.content.aiUse) return [];
  const found = await readAssessment(table, of.id);
  if (found?.state !== 'accepted')
    throw refuseRegister('ASSESSMENT_NOT_ACCEPTED', {
      detail: `The assessment is ${found?.state ?? 'not-started'}.`,
    });
  if (found.applicationDigest !== canonicalDigest(of.content))
    throw refuseRegister('ASSESSMENT_NOT_ACCEPTED', {
      detail:
        'The application has changed since the assessment was accepted: look at both, and accept it again.',
    });
  return [{ check: assessmentKey(of.id), condition: atVersion(found.version) }];
}

function assessmentWrite(next: Assessment): TransactionWrite {
  return {
    put: { ...assessmentKey(next.applicationId), ...next },
    condition: atVersion(next.version - 1),
  };
}

/** Changes an assessment by its applicant while the application waits for somebody. */
function changeByApplicant(
  committee: Committee,
  requester: RequestPerson,
  id: string,
  expectedVersion: number | undefined,
  request: RepeatableRequest | null,
  plan: (before: Assessment | null, now: Date) => { next: Assessment; fact: 'changed' | 'submitted' },
): Promise<AssessmentView> {
  const { table, clock } = committee;
  return inChain(committee, requester, id, async (of) => {
    const applicant = await readActor(committee, requester, ['applicant']);
    demandApplicant(of, applicant);
    const before = await readAssessment(table, id);
    if (request !== null && (await request.earlierResult(table)) !== null)
      return { unchanged: viewOfAssessment(of, before) };
    demandAssessmentVersion(before, expectedVersion);
    if (!isOpen(of))
      throw refuseRegister('APPLICATION_NOT_OPEN', { detail: `The application is ${of.state}.` });
    const at = clock.now();
    const { next, fact } = plan(before, at);
    if (before?.state === next.state && canonicalDigest(before.content) === canonicalDigest(next.content))
      return { unchanged: viewOfAssessment(of, before) };
    return {
      writes: [
        assessmentWrite(next),
        { check: applicationKey(id), condition: atVersion(of.version) },
        ...(request?.remember(id, clock) ?? []),
      ],
      facts: [
        {
          type: `assessment-${fact}`,
          data: { applicationId: id, contentDigest: canonicalDigest(next.content) },
        },
      ],
      actor: applicant.pseudonym,
      at,
      result: viewOfAssessment(of, next),
    };
  });
}

function demandAssessmentVersion(before: Assessment | null, expected: number | undefined): void {
  if (expected !== undefined && expected !== (before?.version ?? 0)) throw refuseRequest('VERSION_DIFFERS');
}

async function inChain(
  committee: Committee,
  requester: RequestPerson,
  id: string,
  plan: (of: Application) => Promise<Change<AssessmentView> | { unchanged: AssessmentView }>,
): Promise<AssessmentView> {
  const { projectId } = await readApplication(committee, requester, id);
  return changeRegister<AssessmentView>(committee.table, chainOf(projectId), async () =>
    plan(await readApplication(committee, requester, id)),
  );
}

/** Saves the answers of an assessment, finished or not. */
export function saveAssessment(
  committee: Committee,
  requester: RequestPerson,
  id: string,
  content: AssessmentDraft,
  expectedVersion?: number,
): Promise<AssessmentView> {
  return changeByApplicant(committee, requester, id, expectedVersion, null, (before, now) => ({
    next: changeAssessment(before, id, content, now),
    fact: 'changed',
  }));
}

/** Gives an assessment to the committee. */
export function handInAssessment(
  committee: Committee,
  requester: RequestPerson,
  id: string,
  request: RepeatableRequest,
  expectedVersion?: number,
): Promise<AssessmentView> {
  return changeByApplicant(committee, requester, id, expectedVersion, request, (before, now) => ({
    next: submitAssessment(before, now),
    fact: 'submitted',
  }));
}

/** @throws PlatformError of `demandIndependence`, APPLICATION_NOT_OPEN */
async function demandJudge(
  table: RegisterTable,
  of: Application,
  reviewer: Person,
): Promise<readonly Person[]> {
  if (of.state !== 'submitted')
    throw refuseRegister('APPLICATION_NOT_OPEN', { detail: `The application is ${of.state}.` });
  const { members, leaving } = await readGrounds(table, of);
  demandIndependence(of, reviewer, [...members, ...leaving]);
  return members;
}

/**
 * A reviewer who could decide on the application accepts its assessment or returns it.
 * @throws PlatformError of `judgeAssessment` and `demandIndependence`, APPLICATION_NOT_OPEN
 */
export function decideAssessment(
  committee: Committee,
  requester: RequestPerson,
  id: string,
  decision: AssessmentDecision,
  request: RepeatableRequest,
  expectedVersion?: number,
): Promise<AssessmentView> {
  const { table, clock } = committee;
  return inChain(committee, requester, id, async (of) => {
    const before = await readAssessment(table, id);
    if ((await request.earlierResult(table)) !== null) return { unchanged: viewOfAssessment(of, before) };
    const reviewer = await readActor(committee, requester, ['reviewer']);
    demandAssessmentVersion(before, expectedVersion);
    const members = await demandJudge(table, of, reviewer);
    const at = clock.now();
    const next = judgeAssessment(before, reviewer, canonicalDigest(of.content), decision, at);
    const contentDigest = canonicalDigest(next.content);
    return {
      writes: [
        assessmentWrite(next),
        { check: applicationKey(id), condition: atVersion(of.version) },
        ...unchangedPeople([reviewer, ...members]),
        ...request.remember(id, clock),
      ],
      facts: [
        decision.decision === 'accept'
          ? { type: 'assessment-accepted', data: { applicationId: id, contentDigest } }
          : {
              type: 'assessment-returned',
              data: { applicationId: id, contentDigest, commentDigest: canonicalDigest(decision.comment) },
            },
      ],
      actor: reviewer.pseudonym,
      at,
      result: viewOfAssessment(of, next),
    };
  });
}
