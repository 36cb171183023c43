import { openScopes } from '../catalogue/project-studies';
import type { RequestPerson } from '../platform/request-person';
import { hiddenFrom, isOverseer } from '../register/applications';
import { type ActiveMembership, membership, project } from '../register/project.contract';
import { membershipKey, projectKey, type RegisterTable } from '../register/register-table';
import type { CohortRecord } from './cohort.contract';
import type { CohortPorts } from './cohort-ports';
import { refuseCohort } from './cohort-refusals';
import { findCohort } from './cohort-store';
import { publishedRelease } from './published-releases';
import type { Asker } from './query-log';
import { type QuestionScope, questionScope, readFilter } from './question-scope';

type Register = Pick<RegisterTable, 'get'>;

/** The membership of somebody who is a member now, else null. */
export async function activeMembership(
  table: Register,
  { subject }: RequestPerson,
  projectId: string,
): Promise<ActiveMembership | null> {
  const found = await table.get(membershipKey(subject, projectId), membership);
  return found?.status === 'active' ? found : null;
}

/**
 * What a member of an active project may ask about with a filter: the development split of collections for which a grant is in
 * force.
 * @throws PlatformError PROJECT_NOT_FOUND, NO_ACTIVE_GRANT, PLATFORM_CLOSED, COLLECTION_CLOSED, RELEASE_NOT_FOUND, or a
 *   code of `filterRefusals`
 */
export async function readQuestion(
  ports: CohortPorts,
  person: RequestPerson,
  {
    project: projectId,
    release: named,
    filter,
  }: { project: string; release?: string | undefined; filter: string },
): Promise<{ readonly scope: QuestionScope; readonly asker: Asker }> {
  const member = await activeMembership(ports.table, person, projectId);
  if (member === null) throw refuseCohort('PROJECT_NOT_FOUND');
  const read = readFilter(filter);
  const scopes = await openScopes({ register: ports.projects, clock: ports.clock }, projectId);
  const lists = await Promise.all(
    scopes.map(({ listedBy }) =>
      listedBy === null ? [] : ports.projects.studiesOfGrant(projectId, listedBy),
    ),
  );
  const release = await publishedRelease(ports.table, named);
  return {
    scope: questionScope(release, read, scopes, lists.flat().sort()),
    asker: { project: projectId, person: member.pseudonym, at: ports.clock.now() },
  };
}

/** Who looks at a cohort: a member of its project, or somebody who oversees all of them. */
export interface Onlooker {
  readonly cohort: CohortRecord;
  readonly member: boolean;
}

/**
 * A cohort that somebody may see.
 * @throws PlatformError COHORT_NOT_FOUND for one that is not there and one that is not theirs alike
 */
export async function readCohort(
  ports: { readonly table: Register },
  person: RequestPerson,
  id: string,
): Promise<Onlooker> {
  const cohort = await findCohort(ports.table, id);
  const member = cohort !== null && (await activeMembership(ports.table, person, cohort.projectId)) !== null;
  if (cohort === null || !(member || isOverseer(person)))
    throw hiddenFrom(person, refuseCohort('COHORT_NOT_FOUND'));
  return { cohort, member };
}

/**
 * Whether somebody may see which studies a cohort has: members may, also when their project has ended, since papers cite
 * cohorts; not those of a project whose access was taken away.
 */
export async function mayList(
  { table }: { readonly table: Register },
  { cohort, member }: Onlooker,
): Promise<boolean> {
  const found = member ? await table.get(projectKey(cohort.projectId), project) : null;
  return found !== null && found.status !== 'revoked';
}

/** @throws PlatformError LIST_FOR_MEMBERS where they may not */
export async function requireList(ports: { readonly table: Register }, onlooker: Onlooker): Promise<void> {
  if (!(await mayList(ports, onlooker))) throw refuseCohort('LIST_FOR_MEMBERS');
}
