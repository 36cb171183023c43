import * as z from 'zod';
import { type Clock, londonDay } from '../platform/clock';
import type { DocumentTable } from '../platform/document-table';
import { decodePageToken, encodePageToken } from '../platform/page-token';
import { refusals } from '../platform/platform-error';
import type { RequestPerson } from '../platform/request-person';
import type { StudyView } from './catalogue.contract';
import { catalogueRefusals } from './catalogue-routes.contract';
import { viewStudy } from './catalogue-rows';
import type { StudyScope, StudyStore } from './study-store';

export const refuseCatalogue = refusals(catalogueRefusals);

/** What the catalogue needs of a grant. */
const grantInForce = z.object({
  collection: z.string(),
  split: z.string(),
  scope: z.object({ kind: z.enum(['collection', 'studies']) }),
  status: z.string(),
  startsOn: z.string().optional(),
  endsOn: z.string(),
});

export type GrantItem = z.infer<typeof grantInForce>;

/** What the register says of a person's project. */
export interface ProjectRegister {
  isMember(subject: string, projectId: string): Promise<boolean>;
  /** Null where there is no project, or one that is not active. */
  grantsOfActiveProject(projectId: string): Promise<readonly GrantItem[] | null>;
}

export class RegisterTableProjects implements ProjectRegister {
  constructor(private readonly register: DocumentTable) {}

  async isMember(subject: string, projectId: string): Promise<boolean> {
    const key = { pk: `PERSON#${subject}`, sk: `PROJECT#${projectId}` };
    return (await this.register.get(key, z.object({ status: z.string() })))?.status === 'active';
  }

  async grantsOfActiveProject(projectId: string): Promise<readonly GrantItem[] | null> {
    const pk = `PROJECT#${projectId}`;
    const project = await this.register.get(
      { pk, sk: 'PROJECT' },
      z.object({ status: z.string(), grants: z.array(grantInForce) }),
    );
    return project?.status === 'active' ? project.grants : null;
  }
}

/**
 * Collections that a project may see today (Europe/London), each once, in order of name. The held-out split is granted
 * to nobody; a grant that named it would be a fault, and is left out.
 */
export function scopesInForce(grants: readonly GrantItem[], today: string): StudyScope[] {
  const collections = new Set(
    grants
      .filter(
        (grant) =>
          grant.status === 'active' &&
          grant.split === 'development' &&
          grant.scope.kind === 'collection' &&
          (grant.startsOn === undefined || grant.startsOn <= today) &&
          today <= grant.endsOn,
      )
      .map((grant) => grant.collection),
  );
  return [...collections].sort().map((collection) => ({ collection, split: 'development' }));
}

export interface ProjectStudiesPorts {
  readonly register: ProjectRegister;
  readonly studies: Pick<StudyStore, 'list'>;
  readonly clock: Clock;
}

const position = z.strictObject({ collection: z.string(), after: z.string().nullable() });

/**
 * A page of the studies within a project's grants, in order of collection and UID. A page may be shorter than asked for;
 * only the absence of `next` means the end.
 * @throws PlatformError PROJECT_NOT_FOUND, NO_ACTIVE_GRANT, INVALID_PAGE_TOKEN
 */
export async function listProjectStudies(
  ports: ProjectStudiesPorts,
  person: RequestPerson,
  projectId: string,
  query: { readonly limit: number; readonly next?: string | undefined },
): Promise<{ studies: StudyView[]; next?: string }> {
  if (!(await ports.register.isMember(person.subject, projectId))) throw refuseCatalogue('PROJECT_NOT_FOUND');
  const grants = await ports.register.grantsOfActiveProject(projectId);
  const scopes = grants === null ? [] : scopesInForce(grants, londonDay(ports.clock.now()));
  const [first] = scopes;
  if (first === undefined) throw refuseCatalogue('NO_ACTIVE_GRANT');
  const from =
    query.next === undefined
      ? { collection: first.collection, after: null }
      : decodePageToken(query.next, position);
  // A grant may have ended since the page before: go on with the next collection that is still in force.
  const index = scopes.findIndex((scope) => scope.collection >= from.collection);
  const scope = scopes[index];
  if (scope === undefined) return { studies: [] };
  const after = scope.collection === from.collection ? from.after : null;
  const page = await ports.studies.list(scope, query.limit, after);
  const last = page.studies.at(-1);
  const following = scopes[index + 1];
  const next =
    page.more && last !== undefined
      ? { collection: scope.collection, after: last.studyInstanceUid }
      : following === undefined
        ? null
        : { collection: following.collection, after: null };
  return {
    studies: page.studies.map(viewStudy),
    ...(next === null ? {} : { next: encodePageToken(next) }),
  };
}
