import { londonDay } from '../platform/clock';
import type { RequestPerson } from '../platform/request-person';
import { hiddenFrom, isOverseer } from './applications';
import { listPointedTo } from './listing';
import type { People } from './people';
import { membership, type Project, type ProjectView, project } from './project.contract';
import { refuseRegister } from './register-refusals';
import { membershipKey, personPartition, projectKey } from './register-table';

/** A project as it stands on a day: over with its last day, whatever is stored. */
function viewOn(day: string, found: Project): ProjectView {
  return found.status === 'active' && found.endsOn < day ? { ...found, status: 'ended' } : found;
}

/**
 * A project with its grants, for its members and for overseers.
 * @throws PlatformError PROJECT_NOT_FOUND for one that is not there and one that is not theirs alike
 */
export async function readProject(
  people: People,
  requester: RequestPerson,
  id: string,
): Promise<ProjectView> {
  const { table, clock } = people;
  const [found, member] = await Promise.all([
    table.get(projectKey(id), project),
    table.get(membershipKey(requester.subject, id), membership),
  ]);
  if (found === null || (member?.status !== 'active' && !isOverseer(requester))) {
    throw hiddenFrom(requester, refuseRegister('PROJECT_NOT_FOUND'));
  }
  return viewOn(londonDay(clock.now()), found);
}

/** One page of projects, newest first: all of them, for an overseer who does not ask for their own. */
export async function listProjects(
  people: People,
  requester: RequestPerson,
  page: { scope: 'own' | 'all'; limit: number; next?: string },
): Promise<{ projects: ProjectView[]; next: string | undefined }> {
  const all = page.scope === 'all' && isOverseer(requester);
  const { records, next } = await listPointedTo(
    people.table,
    {
      pk: all ? 'PROJECTS' : personPartition(requester.subject),
      skPrefix: 'PROJECT#',
      limit: page.limit,
      next: page.next,
    },
    projectKey,
    project,
  );
  const day = londonDay(people.clock.now());
  // A pointer of the person's own list stays when their membership is revoked.
  const seen = all ? records : records.filter(({ members }) => members.includes(requester.subject));
  return { projects: seen.map((found) => viewOn(day, found)), next };
}
