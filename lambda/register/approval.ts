import { londonDay } from '../platform/clock';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import type { ApprovedApplication, SubmittedApplication } from './application.contract';
import type { ActiveGrant } from './grant.contract';
import { earlierDate, endOfLondonDay } from './london-day';
import type { Membership, Project } from './project.contract';
import { refuseRegister } from './register-refusals';

/** What the second approval makes, all in one transaction. */
export interface Approval {
  readonly application: ApprovedApplication;
  readonly project: Project;
  readonly grant: ActiveGrant;
  readonly memberships: readonly Membership[];
}

/**
 * Project, grant and memberships of an application with enough approvals. The grant ends on the requested day or with
 * the legal basis, whichever is first.
 *
 * @param members applicant first, then the members, as the register knows them
 * @throws PlatformError LEGAL_BASIS_ENDED where no day would be left
 */
export function approve(
  application: SubmittedApplication,
  collection: CollectionConfiguration,
  members: readonly { subject: string; pseudonym: string }[],
  grantId: string,
  now: Date,
): Approval {
  const { content, projectId } = application;
  const startsOn = londonDay(now);
  const endsOn = earlierDate(content.requestedEndsOn, collection.legalBasis.endsOn);
  if (endsOn < startsOn) {
    throw refuseRegister('LEGAL_BASIS_ENDED', {
      detail: `Access would have ended on ${endsOn}. Return the application so that the day can be changed.`,
    });
  }
  const at = now.toISOString();
  const grant: ActiveGrant = {
    id: grantId,
    projectId,
    applicationId: application.id,
    collection: collection.id,
    arc: collection.arc,
    split: 'development',
    scope: { kind: 'collection' },
    accessMode: content.accessMode,
    startsOn,
    endsOn,
    endsAt: endOfLondonDay(endsOn).toISOString(),
    status: 'active',
  };
  return {
    application: { ...application, state: 'approved', decidedAt: at, grantId },
    project: {
      id: projectId,
      applicationId: application.id,
      title: content.title,
      organisation: content.organisation,
      laySummary: content.laySummary,
      aiUse: content.aiUse,
      collection: collection.id,
      accessMode: content.accessMode,
      startsOn,
      endsOn,
      status: 'active',
      members: members.map((member) => member.subject),
      grants: [grant],
      approvedAt: at,
      version: 1,
    },
    grant,
    memberships: members.map(({ subject, pseudonym }) => ({
      subject,
      pseudonym,
      projectId,
      memberSince: at,
      version: 1,
      status: 'active',
    })),
  };
}
