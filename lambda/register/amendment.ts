import { londonDay } from '../platform/clock';
import type { Approval, ApprovalOf } from './approval';
import { approvedApplication, describeProject, grantOf } from './approval';
import { type ActiveGrant, type Grant, MOST_GRANTS } from './grant.contract';
import type { ActiveProject, Project } from './project.contract';
import { refuseRegister } from './register-refusals';

/** What an approved amendment or renewal changes, all in one transaction. */
export interface Amendment extends Approval {
  /** The grant whose place the new one takes; null where none was in force any more. */
  readonly superseded: ActiveGrant | null;
  readonly joining: readonly string[];
  readonly leaving: readonly string[];
  /** Whether somebody may read less than before, so that sessions of the old grant must be denied. */
  readonly narrows: boolean;
}

/** Whether every study of one list stands in the other; null is all of a collection. */
function covers(wide: readonly string[] | null, narrow: readonly string[] | null): boolean {
  if (wide === null) return true;
  if (narrow === null) return false;
  const among = new Set(wide);
  return narrow.every((study) => among.has(study));
}

/** Whether a grant gives less than another: fewer studies, a stricter mode, an earlier end. */
function givesLess(
  before: { grant: ActiveGrant; studies: readonly string[] | null },
  after: { grant: ActiveGrant; studies: readonly string[] | null },
): boolean {
  return (
    !covers(after.studies, before.studies) ||
    (before.grant.accessMode === 'direct' && after.grant.accessMode === 'dae-only') ||
    after.grant.endsOn < before.grant.endsOn
  );
}

/** @throws PlatformError PROJECT_NOT_ACTIVE */
export function demandActive(project: Project): asserts project is ActiveProject {
  if (project.status !== 'active')
    throw refuseRegister('PROJECT_NOT_ACTIVE', { detail: `The project is ${project.status}.` });
}

/**
 * The project and its grants after an amendment or a renewal with enough approvals: its new grant takes the place of the
 * one in force, and members join and leave.
 *
 * @param studies of the grant in force, where it lists some
 * @throws PlatformError PROJECT_NOT_ACTIVE, LEGAL_BASIS_ENDED, TOO_MANY_EDITIONS
 */
export function amend(approval: ApprovalOf, project: Project, studies: readonly string[] | null): Amendment {
  demandActive(project);
  if (project.grants.length >= MOST_GRANTS) throw refuseRegister('TOO_MANY_EDITIONS');
  const { application, grantId, now } = approval;
  const superseded = project.grants.find((each): each is ActiveGrant => each.status === 'active') ?? null;
  const made = grantOf(approval, superseded);
  const grants = project.grants.map(
    (each): Grant =>
      each.status === 'active'
        ? { ...each, status: 'superseded', supersededAt: now.toISOString(), supersededBy: grantId }
        : each,
  );
  const described = describeProject(application, made.grant, now);
  const leaving = project.members.filter((subject) => !described.members.includes(subject));
  return {
    application: approvedApplication(approval, made.grant),
    project: {
      ...project,
      ...described,
      startsOn: project.startsOn <= londonDay(now) ? project.startsOn : made.grant.startsOn,
      grants: [...grants, made.grant],
      version: project.version + 1,
    },
    ...made,
    superseded,
    joining: described.members.filter((subject) => !project.members.includes(subject)),
    leaving,
    narrows: superseded !== null && (leaving.length > 0 || givesLess({ grant: superseded, studies }, made)),
  };
}
