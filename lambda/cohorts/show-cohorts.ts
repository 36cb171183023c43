import * as z from 'zod';
import { readJson } from '../platform/object-store';
import { decodePageToken, encodePageToken } from '../platform/page-token';
import type { RequestPerson } from '../platform/request-person';
import { hiddenFrom, isOverseer } from '../register/applications';
import { listPointedTo } from '../register/listing';
import { projectPartition } from '../register/register-table';
import {
  type CohortDifference,
  type CohortRecord,
  type CohortRepresentation,
  type CohortVersionRecord,
  type CohortVersionView,
  cohortRecord,
  cohortRepresentation,
  type ManifestEntry,
} from './cohort.contract';
import { activeMembership, mayList, type Onlooker, readCohort, requireList } from './cohort-access';
import type { CohortPorts } from './cohort-ports';
import { refuseCohort } from './cohort-refusals';
import {
  allCohortVersions,
  cohortKey,
  findCohortVersion,
  projectCohortPrefix,
  representationPlace,
} from './cohort-store';
import { readManifestPage, readManifestStudies } from './manifest';
import { lineDigest, studyLine } from './manifest-digest.contract';

/** Studies that a comparison names of each kind, at most. */
const namedStudies = 1_000;

const viewCohort = ({ cohortId, projectId, name, latest, createdAt }: CohortRecord) => ({
  cohortId,
  projectId,
  name,
  latest,
  createdAt,
});

/** How many of a version's studies were withdrawn since. */
async function withdrawnOf(ports: CohortPorts, made: CohortVersionRecord): Promise<number> {
  const withdrawn = await ports.withdrawn.of(made.collections);
  if (withdrawn.size === 0) return 0;
  const studies = await readManifestStudies(ports.objects, ports.catalogueBucket, made.manifest);
  return studies.filter((study) => withdrawn.has(study)).length;
}

/** A version as the API shows it. */
export async function viewVersion(
  ports: CohortPorts,
  { name }: CohortRecord,
  made: CohortVersionRecord,
): Promise<CohortVersionView> {
  const { manifest, representation: _representation, ...shown } = made;
  return {
    ...shown,
    name,
    manifest: manifest.sha256,
    withdrawn: await withdrawnOf(ports, made),
    cite: `NMIP ${made.release}, cohort ${made.cohortId}@v${made.cohortVersion}`,
  };
}

/** @throws Error where the report is gone */
export async function readRepresentation(
  { objects, catalogueBucket }: CohortPorts,
  { representation }: CohortVersionRecord,
): Promise<CohortRepresentation> {
  const place = representationPlace(catalogueBucket, representation);
  const found = await readJson(objects, place, cohortRepresentation);
  if (found === null) throw new Error('the report of a cohort is missing');
  return found;
}

/**
 * A page of the cohorts of a project, newest first.
 * @throws PlatformError PROJECT_NOT_FOUND, INVALID_PAGE_TOKEN
 */
export async function listCohorts(
  { table }: CohortPorts,
  person: RequestPerson,
  { project, limit, next }: { project: string; limit: number; next?: string | undefined },
) {
  if ((await activeMembership(table, person, project)) === null && !isOverseer(person))
    throw hiddenFrom(person, refuseCohort('PROJECT_NOT_FOUND'));
  const range = {
    pk: projectPartition(project),
    skPrefix: projectCohortPrefix,
    limit,
    ...(next !== undefined && { next }),
  };
  const page = await listPointedTo(table, range, cohortKey, cohortRecord);
  return {
    cohorts: page.records.map(viewCohort),
    ...(page.next !== undefined && { next: page.next }),
  };
}

/** @throws PlatformError COHORT_NOT_FOUND */
export async function showCohort(ports: CohortPorts, person: RequestPerson, id: string) {
  const { cohort } = await readCohort(ports, person, id);
  const versions = await allCohortVersions(ports.table, id);
  return {
    ...viewCohort(cohort),
    versions: versions.map(
      ({ cohortVersion, release, filter, createdAt, patients, totals, manifest: { sha256 } }) => ({
        cohortVersion,
        release,
        filter,
        createdAt,
        patients,
        totals,
        manifest: sha256,
      }),
    ),
  };
}

/**
 * A version that somebody may see.
 * @throws PlatformError COHORT_NOT_FOUND, COHORT_VERSION_NOT_FOUND
 */
async function readVersion(
  ports: CohortPorts,
  person: RequestPerson,
  id: string,
  number: number,
): Promise<Onlooker & { readonly made: CohortVersionRecord }> {
  const onlooker = await readCohort(ports, person, id);
  const made = await findCohortVersion(ports.table, id, number);
  if (made === null) throw refuseCohort('COHORT_VERSION_NOT_FOUND');
  return { ...onlooker, made };
}

/** @throws PlatformError COHORT_NOT_FOUND, COHORT_VERSION_NOT_FOUND */
export async function showCohortVersion(
  ports: CohortPorts,
  person: RequestPerson,
  id: string,
  number: number,
): Promise<CohortVersionView> {
  const { cohort, made } = await readVersion(ports, person, id, number);
  return viewVersion(ports, cohort, made);
}

/** @throws PlatformError COHORT_NOT_FOUND, COHORT_VERSION_NOT_FOUND */
export async function showCohortRepresentation(
  ports: CohortPorts,
  person: RequestPerson,
  id: string,
  number: number,
): Promise<CohortRepresentation> {
  return readRepresentation(ports, (await readVersion(ports, person, id, number)).made);
}

const position = z.strictObject({ page: z.number().int().min(0) });

/**
 * A page of the studies of a version: one that was withdrawn stays in its place, by its UID alone.
 * @throws PlatformError COHORT_NOT_FOUND, COHORT_VERSION_NOT_FOUND, LIST_FOR_MEMBERS, INVALID_PAGE_TOKEN
 */
export async function listCohortStudies(
  ports: CohortPorts,
  person: RequestPerson,
  id: string,
  number: number,
  next: string | undefined,
) {
  const { made, ...onlooker } = await readVersion(ports, person, id, number);
  await requireList(ports, onlooker);
  const { page } = next === undefined ? { page: 0 } : decodePageToken(next, position);
  const [studies, withdrawn] = await Promise.all([
    readManifestPage(ports.objects, ports.catalogueBucket, made.manifest, page),
    ports.withdrawn.of(made.collections),
  ]);
  const more = page + 1 < made.manifest.pages.length;
  return {
    cohortId: id,
    cohortVersion: number,
    manifest: made.manifest.sha256,
    studies: studies.map(
      (study): ManifestEntry =>
        withdrawn.has(study.studyInstanceUid)
          ? {
              state: 'withdrawn',
              collection: study.collection,
              studyInstanceUid: study.studyInstanceUid,
              lineSha256: lineDigest(studyLine(study)),
            }
          : { state: 'there', ...study },
    ),
    ...(more && { next: encodePageToken({ page: page + 1 }) }),
  };
}

/** What one list of studies has and another has not. */
export function differenceOf(from: readonly string[], to: readonly string[]) {
  const [before, after] = [new Set(from), new Set(to)];
  const removed = from.filter((study) => !after.has(study));
  const added = to.filter((study) => !before.has(study));
  return { kept: from.length - removed.length, added, removed };
}

/** @throws PlatformError COHORT_NOT_FOUND, COHORT_VERSION_NOT_FOUND */
export async function compareCohortVersions(
  ports: CohortPorts,
  person: RequestPerson,
  id: string,
  { from, to }: { from: number; to: number },
): Promise<CohortDifference> {
  const [first, second] = await Promise.all([
    readVersion(ports, person, id, from),
    readVersion(ports, person, id, to),
  ]);
  const [before, after, withdrawn, named] = await Promise.all([
    readManifestStudies(ports.objects, ports.catalogueBucket, first.made.manifest),
    readManifestStudies(ports.objects, ports.catalogueBucket, second.made.manifest),
    ports.withdrawn.of(first.made.collections),
    mayList(ports, first),
  ]);
  const { kept, added, removed } = differenceOf(before, after);
  return {
    cohortId: id,
    from,
    to,
    kept,
    added: added.length,
    removed: removed.length,
    withdrawn: before.filter((study) => withdrawn.has(study)).length,
    studies: named ? { added: added.slice(0, namedStudies), removed: removed.slice(0, namedStudies) } : null,
  };
}
