import * as z from 'zod';
import { issue } from '../credentials/credentials.contract';
import { developmentPrefix } from '../credentials/study-scope.contract';
import { earliestId } from '../platform/ids';
import { decodePageToken, encodePageToken } from '../platform/page-token';
import type { Grant } from '../register/grant.contract';
import { listPointedTo } from '../register/listing';
import { person } from '../register/person.contract';
import { type Project, project } from '../register/project.contract';
import {
  grantStudiesKey,
  issueKey,
  personKey,
  projectKey,
  projectPartition,
  type RegisterTable,
} from '../register/register-table';
import type { accessPage, IssuedCredential, StudyAccess } from './history.contract';
import { daysOf } from './period';

/** Projects looked through for one answer. */
const PROJECTS_AT_ONCE = 50;

/** Issues looked through for one answer. */
const ISSUES_AT_ONCE = 500;

function stoppedAt(grant: Grant): string | undefined {
  switch (grant.status) {
    case 'active':
      return undefined;
    case 'revoked':
      return grant.revokedAt;
    case 'ended':
      return grant.endedAt;
    case 'superseded':
      return grant.supersededAt;
  }
}

/** Grants of a project that cover a study, or did: by the collection's number in its UID, and by their list. */
async function coveringGrants(
  table: RegisterTable,
  uidRoot: string,
  found: Project,
  study: string,
): Promise<Grant[]> {
  const covering: Grant[] = [];
  for (const grant of found.grants) {
    if (!study.startsWith(developmentPrefix(uidRoot, grant.arc))) continue;
    const list =
      grant.scope.kind === 'collection'
        ? null
        : await table.get(grantStudiesKey(found.id, grant.id), z.object({ studies: z.array(z.string()) }));
    if (grant.scope.kind === 'collection' || list?.studies.includes(study)) covering.push(grant);
  }
  return covering;
}

/** Which grants cover a study, or did; projects newest first. */
export async function listAccess(
  { table, uidRoot }: { table: RegisterTable; uidRoot: string },
  { study, next }: { study: string; next?: string | undefined },
): Promise<z.input<typeof accessPage>> {
  const page = await listPointedTo(
    table,
    { pk: 'PROJECTS', skPrefix: 'PROJECT#', limit: PROJECTS_AT_ONCE, ...(next !== undefined && { next }) },
    projectKey,
    project,
  );
  const access: StudyAccess[] = [];
  for (const found of page.records) {
    const grants = await coveringGrants(table, uidRoot, found, study);
    if (grants.length === 0) continue;
    const people = await table.getMany(found.members.map(personKey), person);
    const members = people.map(({ pseudonym }) => pseudonym).sort();
    for (const grant of grants) {
      const { id: grantId, collection, accessMode, scope, startsOn, endsOn, status } = grant;
      const stopped = stoppedAt(grant);
      access.push({
        projectId: found.id,
        grantId,
        collection,
        accessMode,
        scope: scope.kind,
        startsOn,
        endsOn,
        status,
        ...(stopped !== undefined && { stoppedAt: stopped }),
        members,
      });
    }
  }
  return { access, next: page.next };
}

const position = z.object({ sk: z.string().startsWith('ISSUE#').max(200) });

/** Credentials of a project that were issued on some days, oldest first; with a study, those that reached it. */
export async function listIssues(
  table: RegisterTable,
  query: { project: string; study?: string | undefined; from: string; to: string; next?: string | undefined },
): Promise<{ issues: IssuedCredential[]; next?: string }> {
  const { first, end } = daysOf(query);
  const pk = projectPartition(query.project);
  const after =
    query.next === undefined
      ? // ids of credentials begin with their time
        issueKey(query.project, earliestId('c', first))
      : { pk, sk: decodePageToken(query.next, position).sk };
  const page = await table.query({ pk, skPrefix: 'ISSUE#', limit: ISSUES_AT_ONCE, after }, issue);
  const wanted = page.items.filter(
    ({ state, studies, issuedAt }) =>
      state !== 'failed' &&
      Date.parse(issuedAt) >= first.getTime() &&
      Date.parse(issuedAt) < end.getTime() &&
      (query.study === undefined || studies === null || studies.includes(query.study)),
  );
  const last = page.items.at(-1);
  const more = page.next !== null && last !== undefined && Date.parse(last.issuedAt) < end.getTime();
  return {
    issues: wanted.map(
      ({ id: credentialId, projectId, grantId, person: by, accessMode, studies, issuedAt, expiresAt }) => ({
        credentialId,
        projectId,
        grantId,
        person: by,
        accessMode,
        studies,
        issuedAt,
        expiresAt,
      }),
    ),
    ...(more && page.next && { next: encodePageToken({ sk: page.next.sk }) }),
  };
}
