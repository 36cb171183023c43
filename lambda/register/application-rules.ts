import { londonDay } from '../platform/clock';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import {
  type Application,
  type ApplicationContent,
  type ApplicationDraft,
  applicationContent,
  type SubmittedApplication,
} from './application.contract';
import type { DecisionKind } from './decision.contract';
import { matchDuo } from './duo-match';
import type { Person } from './person.contract';
import { refuseRegister } from './register-refusals';

/** Approvals, or rejections, that settle an application. */
export const DECISIONS_NEEDED = 2;

type EditableApplication = Extract<Application, { state: 'draft' | 'returned' }>;

/** Organisation names as compared: compatibility forms folded, letter case and everything but letters and digits dropped. */
function foldedName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function demandEditable(application: Application): asserts application is EditableApplication {
  if (application.state !== 'draft' && application.state !== 'returned') {
    throw refuseRegister('APPLICATION_NOT_OPEN', { detail: `The application is ${application.state}.` });
  }
}

function demandApplicant(application: Application, actor: Person): void {
  if (application.applicant !== actor.subject) throw refuseRegister('NOT_THE_APPLICANT');
}

/**
 * The application with new content. Unfinished content is no fault: drafts always save.
 * @throws PlatformError NOT_THE_APPLICANT, APPLICATION_NOT_OPEN
 */
export function changeContent(
  application: Application,
  actor: Person,
  content: ApplicationDraft,
  now: Date,
): EditableApplication {
  demandApplicant(application, actor);
  demandEditable(application);
  return { ...application, content, changedAt: now.toISOString(), version: application.version + 1 };
}

/** What stands between content and submission, each with the path of its field. */
export function findShortcomings(
  content: ApplicationDraft,
  collections: readonly CollectionConfiguration[],
  now: Date,
): { path: string; message: string }[] {
  const parsed = applicationContent.safeParse(content);
  if (!parsed.success) {
    return parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  }
  const { collection: id, accessMode, requestedEndsOn } = parsed.data;
  const collection = collections.find((each) => each.id === id);
  if (!collection) return [{ path: 'collection', message: 'not a collection of this platform' }];
  const shortcomings: { path: string; message: string }[] = [];
  if (!collection.accessModes.includes(accessMode)) {
    shortcomings.push({
      path: 'accessMode',
      message: `the collection is read in these modes: ${collection.accessModes.join(', ')}`,
    });
  }
  const { endsOn } = collection.legalBasis;
  if (requestedEndsOn < londonDay(now)) {
    shortcomings.push({ path: 'requestedEndsOn', message: 'a day to come' });
  } else if (requestedEndsOn > endsOn) {
    shortcomings.push({
      path: 'requestedEndsOn',
      message: `not after ${endsOn}, the last day of the collection's legal basis`,
    });
  }
  return shortcomings;
}

/**
 * Submits a draft or a returned application; earlier decisions no longer count.
 *
 * @throws PlatformError NOT_THE_APPLICANT, APPLICATION_NOT_OPEN, APPLICATION_INCOMPLETE (with `errors`)
 */
export function submit(
  application: Application,
  actor: Person,
  collections: readonly CollectionConfiguration[],
  now: Date,
): SubmittedApplication {
  demandApplicant(application, actor);
  demandEditable(application);
  const errors = findShortcomings(application.content, collections, now);
  if (errors.length > 0) {
    throw refuseRegister('APPLICATION_INCOMPLETE', {
      detail: errors.map((error) => `${error.path}: ${error.message}`).join('; '),
      extensions: { errors },
    });
  }
  const content: ApplicationContent = applicationContent.parse(application.content);
  const duoCodes = collections.find((each) => each.id === content.collection)?.duoCodes ?? [];
  return {
    id: application.id,
    projectId: application.projectId,
    applicant: application.applicant,
    applicantPseudonym: application.applicantPseudonym,
    applicantOrganisation: actor.organisation,
    createdAt: application.createdAt,
    state: 'submitted',
    content,
    submittedAt: now.toISOString(),
    duoMatch: matchDuo(content.duoCodes, duoCodes),
    decisions: [],
    round: application.round + 1,
    changedAt: now.toISOString(),
    version: application.version + 1,
  };
}

/**
 * Demands that a reviewer stands outside an application: neither applicant nor member, and of no organisation or trust
 * of theirs. An applicant's or reviewer's organisation that is not recorded is refused; a member's cannot be judged.
 *
 * @param involved people of the register who are named in the application: applicant and members
 * @throws PlatformError REVIEWER_ON_APPLICANTS_SIDE, REVIEWER_ORGANISATION_UNKNOWN
 */
export function demandIndependence(
  application: SubmittedApplication,
  reviewer: Person,
  involved: readonly Person[],
): void {
  const named = [application.applicant, ...application.content.members];
  if (named.includes(reviewer.subject)) throw refuseRegister('REVIEWER_ON_APPLICANTS_SIDE');

  const applicant = involved.find((person) => person.subject === application.applicant);
  const applicantOrganisation = applicant?.organisation ?? application.applicantOrganisation;
  if (reviewer.organisation === undefined || applicantOrganisation === undefined) {
    throw refuseRegister('REVIEWER_ORGANISATION_UNKNOWN');
  }
  const organisations = [
    application.content.organisation,
    applicantOrganisation,
    application.applicantOrganisation,
    ...involved.map((person) => person.organisation),
  ].flatMap((name) => (name === undefined ? [] : [foldedName(name)]));
  const sameTrust = involved.some((person) => person.trust !== undefined && person.trust === reviewer.trust);
  if (organisations.includes(foldedName(reviewer.organisation)) || sameTrust) {
    throw refuseRegister('REVIEWER_ON_APPLICANTS_SIDE');
  }
}

/** What a decision leads to. `approved` leaves the application's next state to `approve`, which makes the grant. */
export type DecisionResult =
  | { outcome: 'waiting'; application: SubmittedApplication }
  | { outcome: 'approved'; application: SubmittedApplication }
  | { outcome: 'rejected'; application: Extract<Application, { state: 'rejected' }> }
  | { outcome: 'returned'; application: Extract<Application, { state: 'returned' }> };

/**
 * Counts one reviewer's decision. Two approvals approve and two rejections reject, always of two people; a return, which
 * gives and takes no access, needs one.
 *
 * @throws PlatformError APPLICATION_NOT_OPEN, ALREADY_DECIDED, and those of `demandIndependence`
 */
export function decide(
  application: Application,
  reviewer: Person,
  involved: readonly Person[],
  request: { decision: DecisionKind; comment: string },
  now: Date,
): DecisionResult {
  if (application.state !== 'submitted') {
    throw refuseRegister('APPLICATION_NOT_OPEN', { detail: `The application is ${application.state}.` });
  }
  demandIndependence(application, reviewer, involved);
  if (application.decisions.some((each) => each.reviewer === reviewer.pseudonym)) {
    throw refuseRegister('ALREADY_DECIDED');
  }
  const decidedAt = now.toISOString();
  const decisions = [
    ...application.decisions,
    { reviewer: reviewer.pseudonym, decision: request.decision, decidedAt },
  ];
  const counted: SubmittedApplication = {
    ...application,
    decisions,
    changedAt: decidedAt,
    version: application.version + 1,
  };
  if (request.decision === 'return') {
    const { submittedAt: _submittedAt, duoMatch: _duoMatch, decisions: _decisions, ...rest } = counted;
    return {
      outcome: 'returned',
      application: { ...rest, state: 'returned', returnedAt: decidedAt, comment: request.comment },
    };
  }
  const alike = decisions.filter((each) => each.decision === request.decision).length;
  if (alike < DECISIONS_NEEDED) return { outcome: 'waiting', application: counted };
  if (request.decision === 'approve') return { outcome: 'approved', application: counted };
  return { outcome: 'rejected', application: { ...counted, state: 'rejected', decidedAt } };
}
