import type { TransactionWrite } from '../platform/document-table';
import { refuseRequest } from '../platform/http-errors';
import type { RequestPerson } from '../platform/request-person';
import { application } from './application.contract';
import { chainOf } from './applications';
import type { Fact } from './event.contract';
import type { Ending } from './grant.contract';
import { RepeatableRequest } from './idempotency';
import { findPerson, type People, readActor } from './people';
import type { Person } from './person.contract';
import { membership, type Project, project } from './project.contract';
import { projectWrites } from './project-writes';
import { changeRegister, notBefore } from './register-change';
import { applicationKey, atVersion, membershipKey, projectKey, type RegisterTable } from './register-table';
import type { Revocation } from './revocation.contract';
import {
  type Cause,
  canaryWrites,
  earlierRevocation,
  type Recorded,
  recordedOf,
  resultName,
} from './revocation-record';
import { refuseRevocation } from './revocation-refusals';
import { arcsOf, grantRevocationWrites, revocationWrites, withoutMember } from './revocations';
import type { ProjectRevocation } from './revoke-access.contract';

/** What a revocation changes, with the record that denies running sessions. */
interface Revoking {
  /** As it stands then. */
  readonly project: Project;
  readonly writes: readonly TransactionWrite[];
  readonly revocation: Revocation;
  readonly fact: Fact;
}

const endingOf = ({ by, reason, at }: Cause): Ending => ({
  status: 'revoked',
  revokedAt: at.toISOString(),
  revokedBy: by,
  reason,
});

async function revokeMember(
  table: RegisterTable,
  found: Project,
  subject: string,
  cause: Cause,
): Promise<Revoking> {
  const key = membershipKey(subject, found.id);
  const member = await table.get(key, membership);
  if (member === null) throw refuseRevocation('MEMBER_NOT_FOUND');
  if (member.status === 'revoked') throw refuseRevocation('ALREADY_REVOKED');
  const { pseudonym: person } = member;
  const { by, reason, at } = cause;
  const { revocation, writes } = revocationWrites(
    { kind: 'member', projectId: found.id, person, arcs: arcsOf(found), by, reason },
    at,
  );
  return {
    project: withoutMember(found, subject),
    writes: [
      {
        put: { ...key, ...member, ...endingOf(cause), version: member.version + 1 },
        condition: atVersion(member.version),
      },
      ...writes,
    ],
    revocation,
    fact: {
      type: 'member-revoked',
      data: { revocationId: revocation.id, projectId: found.id, person, reason },
    },
  };
}

function revokeGrant(found: Project, grantId: string, cause: Cause): Revoking {
  const grant = found.grants.find(({ id }) => id === grantId);
  if (grant === undefined) throw refuseRevocation('GRANT_NOT_FOUND');
  if (grant.status !== 'active') throw refuseRevocation('ALREADY_REVOKED');
  const { reason, at } = cause;
  const grants = found.grants.map((each) => (each.id === grantId ? { ...grant, ...endingOf(cause) } : each));
  const { revocation, writes } = grantRevocationWrites(found, grantId, cause, at);
  return {
    project: { ...found, grants, version: found.version + 1 },
    writes,
    revocation,
    fact: {
      type: 'grant-revoked',
      data: { revocationId: revocation.id, projectId: found.id, grantId, reason },
    },
  };
}

function revokeProject(found: Project, cause: Cause): Revoking {
  if (found.status !== 'active') throw refuseRevocation('ALREADY_REVOKED');
  const { by, reason, at } = cause;
  const ending = endingOf(cause);
  const active = found.grants.filter(({ status }) => status === 'active').map(({ id }) => id);
  const grants = found.grants.map((each) => (each.status === 'active' ? { ...each, ...ending } : each));
  const { revocation, writes } = revocationWrites(
    { kind: 'project', projectId: found.id, arcs: arcsOf(found), by, reason },
    at,
  );
  return {
    project: { ...found, ...ending, grants, version: found.version + 1 },
    writes,
    revocation,
    fact: {
      type: 'project-revoked',
      data: { revocationId: revocation.id, projectId: found.id, grants: active, reason },
    },
  };
}

/** @throws PlatformError MEMBER_NOT_FOUND, GRANT_NOT_FOUND, ALREADY_REVOKED */
async function revoke(
  table: RegisterTable,
  found: Project,
  body: ProjectRevocation,
  cause: Cause,
): Promise<Revoking> {
  switch (body.kind) {
    case 'member':
      return revokeMember(table, found, body.person, cause);
    case 'grant':
      return revokeGrant(found, body.grantId, cause);
    case 'project':
      return revokeProject(found, cause);
  }
}

/** Officers may; of what is their own project, its applicant may end a membership or all of it. */
async function requireRight(
  people: People,
  requester: RequestPerson,
  found: Project,
  kind: ProjectRevocation['kind'],
): Promise<Person> {
  const { table } = people;
  if (requester.roles.includes('officer')) return readActor(people, requester, ['officer']);
  const record = await findPerson(table, requester.subject);
  const applied = await table.get(applicationKey(found.applicationId), application);
  if (record === null || applied?.applicant !== requester.subject) {
    const member = await table.get(membershipKey(requester.subject, found.id), membership);
    throw refuseRevocation(member?.status === 'active' ? 'NOT_THE_APPLICANT' : 'PROJECT_NOT_FOUND');
  }
  if (kind === 'grant') throw refuseRevocation('NOT_THE_APPLICANT');
  return record;
}

/**
 * Takes a member, a grant or all access from a project: in one transaction the change, its events, what the public may
 * know of it, and what makes the platform deny running sessions. From then on no credential is issued for it.
 *
 * @param version version of the project that the sender has seen
 * @throws PlatformError PROJECT_NOT_FOUND, NOT_THE_APPLICANT, VERSION_DIFFERS, MEMBER_NOT_FOUND, GRANT_NOT_FOUND,
 *   ALREADY_REVOKED, CANARY_NOT_FOUND, IDEMPOTENCY_KEY_REUSED
 */
export function revokeFromProject(
  people: People,
  requester: RequestPerson,
  projectId: string,
  body: ProjectRevocation,
  version: number,
  idempotencyKey?: string,
): Promise<Recorded> {
  const { table, clock } = people;
  const request = RepeatableRequest.of(requester.subject, idempotencyKey, {
    route: 'revokeFromProject',
    projectId,
    body,
  });
  return changeRegister<Recorded>(table, chainOf(projectId), async ({ lastAt }) => {
    const earlier = await earlierRevocation(table, request, body.kind);
    if (earlier !== null) return { unchanged: earlier };
    const found = await table.get(projectKey(projectId), project);
    if (found === null) throw refuseRevocation('PROJECT_NOT_FOUND');
    const actor = await requireRight(people, requester, found, body.kind);
    if (found.version !== version) throw refuseRequest('VERSION_DIFFERS');
    // No issue that stands before it is later, whatever this clock says: its sessions are denied by this time.
    const at = notBefore(lastAt, clock.now());
    const cause: Cause = { by: actor.pseudonym, reason: body.reason, at };
    const revoked = await revoke(table, found, body, cause);
    const canary = await canaryWrites(table, body.canary, cause);
    const result = recordedOf(revoked.revocation);
    return {
      writes: [
        ...(await projectWrites(table, found, revoked.project)),
        ...revoked.writes,
        ...canary.writes,
        ...request.remember(resultName(result), clock),
      ],
      facts: [revoked.fact, ...canary.facts],
      actor: cause.by,
      at,
      result,
    };
  });
}
