import type { RequestPerson } from '../platform/request-person';
import { type Committee, hiddenFrom, isOverseer } from './applications';
import { readClosures } from './closures';
import { listPointedTo } from './listing';
import type { People } from './people';
import { membership, type Project, type ProjectView, project } from './project.contract';
import { projectViewAt } from './project-view';
import { refuseRegister } from './register-refusals';
import { membershipKey, personPartition, projectKey } from './register-table';

/** Pseudonyms of a project's members, in their order. */
async function pseudonymsOf({ table }: People, { id, members }: Project): Promise<string[]> {
  const records = await table.getMany(
    members.map((subject) => membershipKey(subject, id)),
    membership,
  );
  return members.flatMap((subject) => {
    const pseudonym = records.find((each) => each.subject === subject)?.pseudonym;
    return pseudonym === undefined ? [] : [pseudonym];
  });
}

/**
 * A project with its grants, for its members and for overseers.
 * @throws PlatformError PROJECT_NOT_FOUND for one that is not there and one that is not theirs alike
 */
export async function readProject(
  committee: Committee,
  requester: RequestPerson,
  id: string,
): Promise<ProjectView> {
  const { table, clock, collections } = committee;
  const [found, member, closures] = await Promise.all([
    table.get(projectKey(id), project),
    table.get(membershipKey(requester.subject, id), membership),
    readClosures(table),
  ]);
  const overseer = isOverseer(requester);
  if (found === null || (member?.status !== 'active' && !overseer)) {
    throw hiddenFrom(requester, refuseRegister('PROJECT_NOT_FOUND'));
  }
  const view = projectViewAt(found, { now: clock.now(), collections, closures });
  return overseer ? { ...view, memberPseudonyms: await pseudonymsOf(committee, found) } : view;
}

/** One page of projects, newest first: all of them, for an overseer who does not ask for their own. */
export async function listProjects(
  committee: Committee,
  requester: RequestPerson,
  page: { scope: 'own' | 'all'; limit: number; next?: string },
): Promise<{ projects: ProjectView[]; next: string | undefined }> {
  const all = page.scope === 'all' && isOverseer(requester);
  const { table, clock, collections } = committee;
  const closures = await readClosures(table);
  const { records, next } = await listPointedTo(
    table,
    {
      pk: all ? 'PROJECTS' : personPartition(requester.subject),
      skPrefix: 'PROJECT#',
      limit: page.limit,
      next: page.next,
    },
    projectKey,
    project,
  );
  // A pointer of the person's own list stays when their membership is revoked.
  const seen = all ? records : records.filter(({ members }) => members.includes(requester.subject));
  const facts = { now: clock.now(), collections, closures };
  return { projects: seen.map((found) => projectViewAt(found, facts)), next };
}
