import { canonicalDigest } from '../platform/canonical-json';
import { londonDay } from '../platform/clock';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import type { ApprovedApplication, SubmittedApplication } from './application.contract';
import type { ApplicationContent } from './application-content.contract';
import type { Condition } from './condition.contract';
import type { ActiveGrant, GrantScope } from './grant.contract';
import { earlierDate, endOfLondonDay } from './london-day';
import type { ActiveMembership, ActiveProject, Membership } from './project.contract';
import { refuseRegister } from './register-refusals';

/** What the second approval makes, all in one transaction. */
export interface Approval {
  readonly application: ApprovedApplication;
  readonly project: ActiveProject;
  readonly grant: ActiveGrant;
  /** Study Instance UIDs of a grant that lists studies, sorted; else null. */
  readonly studies: readonly string[] | null;
}

/** What an approval is made from. */
export interface ApprovalOf {
  readonly application: SubmittedApplication;
  readonly conditions: readonly Condition[];
  readonly collection: CollectionConfiguration;
  readonly grantId: string;
  readonly now: Date;
}

function scopeOf(content: ApplicationContent): { scope: GrantScope; studies: readonly string[] | null } {
  if (content.scope.kind === 'collection') return { scope: { kind: 'collection' }, studies: null };
  const studies = [...content.scope.studies].sort();
  return { scope: { kind: 'studies', count: studies.length, digest: canonicalDigest(studies) }, studies };
}

/** The latest of the days that access may last, by request, conditions and legal basis. */
function lastDayOf({ application, conditions, collection }: ApprovalOf): string {
  const days = [
    collection.legalBasis.endsOn,
    ...conditions.flatMap((each) => (each.code === 'ends-earlier' ? [each.endsOn] : [])),
  ];
  return days.reduce(earlierDate, application.content.requestedEndsOn);
}

/** Reading elsewhere than in the Data Access Environment is given by a condition only, and where the collection allows it. */
function modeOf({ application, conditions, collection }: ApprovalOf): ActiveGrant['accessMode'] {
  const direct =
    application.content.accessMode === 'direct' &&
    conditions.some(({ code }) => code === 'direct-access') &&
    collection.accessModes.includes('direct');
  return direct ? 'direct' : 'dae-only';
}

/**
 * The grant of an application with enough approvals. It ends on the requested day, on that of a condition or with the legal
 * basis, whichever is first. One that takes the place of a grant whose first day has come takes effect at once.
 *
 * @param replaced grant in force whose place an amendment's or a renewal's takes
 * @throws PlatformError LEGAL_BASIS_ENDED where no day would be left
 */
export function grantOf(
  approval: ApprovalOf,
  replaced: ActiveGrant | null = null,
): { grant: ActiveGrant; studies: readonly string[] | null } {
  const { application, conditions, collection, grantId, now } = approval;
  const { content, projectId } = application;
  const today = londonDay(now);
  const running = replaced !== null && replaced.startsOn <= today;
  const asked = running ? undefined : content.requestedStartsOn;
  const startsOn = asked !== undefined && asked > today ? asked : today;
  const endsOn = lastDayOf(approval);
  if (endsOn < startsOn) {
    throw refuseRegister('LEGAL_BASIS_ENDED', {
      detail: `Access would have ended on ${endsOn}. Return the application so that the day can be changed.`,
    });
  }
  const { scope, studies } = scopeOf(content);
  return {
    studies,
    grant: {
      id: grantId,
      projectId,
      applicationId: application.id,
      collection: collection.id,
      arc: collection.arc,
      split: 'development',
      scope,
      accessMode: modeOf(approval),
      conditions: [...conditions],
      startsOn,
      endsOn,
      endsAt: endOfLondonDay(endsOn).toISOString(),
      status: 'active',
    },
  };
}

/** The application as approved. */
export function approvedApplication(
  { application, conditions, now }: ApprovalOf,
  { id: grantId, startsOn, endsOn }: ActiveGrant,
): ApprovedApplication {
  const decidedAt = now.toISOString();
  return {
    ...application,
    state: 'approved',
    conditions: [...conditions],
    decidedAt,
    grantId,
    startsOn,
    endsOn,
  };
}

/** What a project shows of the application that was approved last. */
export function describeProject(
  application: SubmittedApplication,
  grant: ActiveGrant,
  now: Date,
): Omit<ActiveProject, 'startsOn' | 'grants' | 'version'> {
  const { content } = application;
  return {
    id: application.projectId,
    applicationId: application.id,
    title: content.title,
    organisation: content.organisation,
    laySummary: content.laySummary,
    aiUse: content.aiUse,
    collection: grant.collection,
    accessMode: grant.accessMode,
    endsOn: grant.endsOn,
    status: 'active',
    members: [...new Set([application.applicant, ...content.members])],
    approvedAt: now.toISOString(),
  };
}

/**
 * Project and grant of a new application with enough approvals.
 * @throws PlatformError LEGAL_BASIS_ENDED
 */
export function approve(approval: ApprovalOf): Approval {
  const { application, now } = approval;
  const { grant, studies } = grantOf(approval);
  return {
    application: approvedApplication(approval, grant),
    project: {
      ...describeProject(application, grant, now),
      startsOn: grant.startsOn,
      grants: [grant],
      version: 1,
    },
    grant,
    studies,
  };
}

/** A person becomes a member, for the first time or again. */
export function join(
  { subject, pseudonym }: { subject: string; pseudonym: string },
  projectId: string,
  before: Membership | null,
  now: Date,
): ActiveMembership {
  const memberSince = now.toISOString();
  return {
    subject,
    pseudonym,
    projectId,
    memberSince,
    status: 'active',
    version: (before?.version ?? 0) + 1,
  };
}
