import { londonDay } from '../platform/clock';
import type { RequestPerson } from '../platform/request-person';
import type { Application, ApplicationSummary, ApplicationView } from './application.contract';
import { type Committee, isOverseer } from './applications';
import { proposedConditions } from './decision-rules';
import { type Project, project } from './project.contract';
import { projectKey } from './register-table';
import { workingDaysAfter } from './working-days';

type Clocked = Pick<Committee, 'clock' | 'targetWorkingDays'>;

/** How long an application has waited for a decision, or did. */
function stageOf({ clock, targetWorkingDays }: Clocked, found: Application) {
  if (found.state !== 'submitted' && found.state !== 'approved' && found.state !== 'rejected') return {};
  const until = found.state === 'submitted' ? clock.now() : new Date(found.decidedAt);
  const ageWorkingDays = workingDaysAfter(londonDay(new Date(found.submittedAt)), londonDay(until));
  return { ageWorkingDays, targetWorkingDays, overdue: ageWorkingDays > targetWorkingDays };
}

/** The state as shown: an approved application's project may have been revoked since. */
function shownStateOf(found: Application, itsProject: Project | null): ApplicationView['state'] {
  return found.state === 'approved' && itsProject?.status === 'revoked' ? 'revoked' : found.state;
}

/**
 * What a requester sees of an application: who decided how is the committee's to know.
 * @param itsProject the project it was approved for, null where there is none
 */
export function viewOf(
  committee: Clocked,
  found: Application,
  requester: RequestPerson,
  itsProject: Project | null,
): ApplicationView {
  const { applicantPseudonym: _pseudonym, applicantOrganisation: _organisation, ...rest } = found;
  const shown = { ...rest, ...stageOf(committee, found), state: shownStateOf(found, itsProject) };
  // Of their own application nobody is an overseer, whatever else they are.
  if (isOverseer(requester) && found.applicant !== requester.subject) {
    const proposed = found.state === 'submitted' ? proposedConditions(found) : null;
    return proposed === null ? shown : { ...shown, proposedConditions: [...proposed] };
  }
  if (!('decisions' in shown)) return shown;
  const { decisions: _decisions, ...withoutReviewers } = shown;
  return withoutReviewers;
}

/** The same, with its project read. */
export async function showApplication(
  committee: Committee,
  found: Application,
  requester: RequestPerson,
): Promise<ApplicationView> {
  const itsProject =
    found.state === 'approved' ? await committee.table.get(projectKey(found.projectId), project) : null;
  return viewOf(committee, found, requester, itsProject);
}

/** An application in a list. */
export function summaryOf(
  committee: Clocked,
  found: Application,
  itsProject: Project | null,
): ApplicationSummary {
  const { id, projectId, kind, edition, applicant, round, createdAt, changedAt, version } = found;
  const { title, organisation, collection, accessMode, requestedEndsOn, aiUse, scope } = found.content;
  return {
    id,
    projectId,
    kind,
    edition,
    state: shownStateOf(found, itsProject),
    applicant,
    round,
    createdAt,
    changedAt,
    ...('submittedAt' in found ? { submittedAt: found.submittedAt } : {}),
    ...('decidedAt' in found ? { decidedAt: found.decidedAt } : {}),
    ...('returnedAt' in found ? { returnedAt: found.returnedAt } : {}),
    ...('closedAt' in found ? { closedAt: found.closedAt } : {}),
    ...('duoMatch' in found ? { duoMatch: found.duoMatch } : {}),
    ...stageOf(committee, found),
    content: {
      title,
      organisation,
      collection,
      accessMode,
      requestedEndsOn,
      aiUse,
      scope: { kind: scope.kind },
    },
    version,
  };
}
