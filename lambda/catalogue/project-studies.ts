import * as z from 'zod';
import { type Clock, londonDay } from '../platform/clock';
import { decodePageToken, encodePageToken } from '../platform/page-token';
import { refusals } from '../platform/platform-error';
import type { RequestPerson } from '../platform/request-person';
import { isShut } from '../register/closures';
import type { CatalogueStudy, StudyView } from './catalogue.contract';
import { catalogueRefusals } from './catalogue-routes.contract';
import { viewStudy } from './catalogue-rows';
import type { GrantItem, ProjectRegister } from './project-register';
import type { StudyScope, StudyStore } from './study-store';

export const refuseCatalogue = refusals(catalogueRefusals);

/** Studies that a project may see: of a collection all, or those that its grant lists. */
export interface GrantedScope extends StudyScope {
  /** The grant that lists the studies; null: all. */
  readonly listedBy: string | null;
}

/**
 * Collections that a project may see today (Europe/London), each once, in order of name. The held-out split is granted
 * to nobody; a grant that named it would be a fault, and is left out.
 */
export function scopesInForce(grants: readonly GrantItem[], today: string): GrantedScope[] {
  const inForce = grants.filter(
    (grant) =>
      grant.status === 'active' &&
      grant.split === 'development' &&
      (grant.startsOn === undefined || grant.startsOn <= today) &&
      today <= grant.endsOn,
  );
  const collections = [...new Set(inForce.map((grant) => grant.collection))].sort();
  return collections.map((collection) => {
    const ofCollection = inForce.filter((grant) => grant.collection === collection);
    const whole = ofCollection.some(({ scope }) => scope.kind === 'collection');
    return {
      collection,
      split: 'development',
      listedBy: whole ? null : (ofCollection.at(-1)?.id ?? null),
    };
  });
}

export interface ProjectStudiesPorts {
  readonly register: ProjectRegister;
  readonly studies: Pick<StudyStore, 'list' | 'find'>;
  readonly clock: Clock;
}

const position = z.strictObject({ collection: z.string(), after: z.string().nullable() });

interface Page {
  readonly studies: readonly CatalogueStudy[];
  /** Where to go on; null at the end of the scope. */
  readonly after: string | null;
}

/** A page of the studies that a grant lists: those that are there and not withdrawn. */
async function pageOfList(
  { register, studies }: ProjectStudiesPorts,
  projectId: string,
  scope: GrantedScope & { readonly listedBy: string },
  limit: number,
  after: string | null,
): Promise<Page> {
  const listed = await register.studiesOfGrant(projectId, scope.listedBy);
  const rest = listed.filter((study) => after === null || study > after);
  const page = rest.slice(0, limit);
  const withdrawn = await register.withdrawnAmong(page);
  const found = await studies.find(
    scope,
    page.filter((study) => !withdrawn.has(study)),
  );
  return { studies: found, after: page.length < rest.length ? (page.at(-1) ?? null) : null };
}

async function pageOfCollection(
  { studies }: ProjectStudiesPorts,
  scope: StudyScope,
  limit: number,
  after: string | null,
): Promise<Page> {
  const page = await studies.list(scope, limit, after);
  return {
    studies: page.studies,
    after: page.more ? (page.studies.at(-1)?.studyInstanceUid ?? null) : null,
  };
}

/**
 * The scopes that nobody has shut.
 * @throws PlatformError NO_ACTIVE_GRANT, PLATFORM_CLOSED, COLLECTION_CLOSED
 */
export async function openScopes(
  ports: Pick<ProjectStudiesPorts, 'register' | 'clock'>,
  projectId: string,
): Promise<readonly GrantedScope[]> {
  const [grants, closures] = await Promise.all([
    ports.register.grantsOfActiveProject(projectId),
    ports.register.closures(),
  ]);
  const scopes = grants === null ? [] : scopesInForce(grants, londonDay(ports.clock.now()));
  const [first] = scopes;
  if (first === undefined) throw refuseCatalogue('NO_ACTIVE_GRANT');
  const open = scopes.filter(({ collection }) => isShut(closures, collection) === null);
  const shut = isShut(closures, first.collection);
  if (open.length === 0 && shut !== null) throw refuseCatalogue(shut);
  return open;
}

/**
 * A page of the studies within a project's grants, in order of collection and UID. A page may be shorter than asked for;
 * only the absence of `next` means the end.
 * @throws PlatformError PROJECT_NOT_FOUND, NO_ACTIVE_GRANT, PLATFORM_CLOSED, COLLECTION_CLOSED, INVALID_PAGE_TOKEN
 */
export async function listProjectStudies(
  ports: ProjectStudiesPorts,
  person: RequestPerson,
  projectId: string,
  query: { readonly limit: number; readonly next?: string | undefined },
): Promise<{ studies: StudyView[]; next?: string }> {
  if (!(await ports.register.isMember(person.subject, projectId))) throw refuseCatalogue('PROJECT_NOT_FOUND');
  const scopes = await openScopes(ports, projectId);
  const from =
    query.next === undefined
      ? { collection: scopes[0]?.collection ?? '', after: null }
      : decodePageToken(query.next, position);
  // A grant may have ended since the page before: go on with the next collection that is still in force.
  const index = scopes.findIndex((scope) => scope.collection >= from.collection);
  const scope = scopes[index];
  if (scope === undefined) return { studies: [] };
  const after = scope.collection === from.collection ? from.after : null;
  const { listedBy } = scope;
  const page =
    listedBy === null
      ? await pageOfCollection(ports, scope, query.limit, after)
      : await pageOfList(ports, projectId, { ...scope, listedBy }, query.limit, after);
  const following = scopes[index + 1];
  const next =
    page.after !== null
      ? { collection: scope.collection, after: page.after }
      : following === undefined
        ? null
        : { collection: following.collection, after: null };
  return {
    studies: page.studies.map(viewStudy),
    ...(next === null ? {} : { next: encodePageToken(next) }),
  };
}
