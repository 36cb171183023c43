import type { TransactionWrite } from '../platform/document-table';
import { refuseRequest } from '../platform/http-errors';
import type { RequestPerson } from '../platform/request-person';
import { publish, readPublicProject } from '../public-register/public-project';
import { application } from './application.contract';
import { chainOf } from './applications';
import type { Fact } from './event.contract';
import { RepeatableRequest } from './idempotency';
import { findPerson, type People, readActor } from './people';
import type { Person } from './person.contract';
import { membership, type Project, project } from './project.contract';
import { type Change, changeRegister, notBefore } from './register-change';
import { applicationKey, atVersion, membershipKey, projectKey, type RegisterTable } from './register-table';
import { canaryWrites, earlierRevocation, type Recorded, recordedOf, resultName } from './revocation-record';
import { refuseRevocation } from './revocation-refusals';
import { arcsOf, grantRevocationWrites, type Revoked, revocationWrites, withoutMember } from './revocations';
import type { ProjectRevocation } from './revoke-access.contract';

/** What the revocation changes, beside the record that denies running sessions. */
type Revoking = Pick<Change<null>, 'writes'> & {
  /** As it stands then. */
  readonly project: Project;
  readonly revoked: Revoked;
  readonly factOf: (revocationId: string) => Fact;
};

interface Ending {
  readonly revokedAt: string;
  readonly revokedBy: string;
  readonly reason: ProjectRevocation['reason'];
}

/** The project as it stands then, for the register and, without people, for the public. */
async function projectWrites(
  table: RegisterTable,
  before: Project,
  after: Project,
): Promise<TransactionWrite[]> {
  return [
    { put: { ...projectKey(after.id), ...after }, condition: atVersion(before.version) },
    publish(await readPublicProject(table, after)),
  ];
}

async function revokeMember(
  { table }: People,
  found: Project,
  subject: string,
  ending: Ending,
): Promise<Revoking> {
  const key = membershipKey(subject, found.id);
  const member = await table.get(key, membership);
  if (member === null) throw refuseRevocation('MEMBER_NOT_FOUND');
  if (member.status === 'revoked') throw refuseRevocation('ALREADY_REVOKED');
  const { pseudonym: person } = member;
  const { reason, revokedBy: by } = ending;
  return {
    project: withoutMember(found, subject),
    writes: [
      {
        put: { ...key, ...member, ...ending, status: 'revoked', version: member.version + 1 },
        condition: atVersion(member.version),
      },
    ],
    revoked: { kind: 'member', projectId: found.id, person, arcs: arcsOf(found), by, reason },
    factOf: (revocationId) => ({
      type: 'member-revoked',
      data: { revocationId, projectId: found.id, person, reason },
    }),
  };
}

function revokeGrant(found: Project, grantId: string, ending: Ending): Revoking {
  const grant = found.grants.find(({ id }) => id === grantId);
  if (grant === undefined) throw refuseRevocation('GRANT_NOT_FOUND');
  if (grant.status !== 'active') throw refuseRevocation('ALREADY_REVOKED');
  const { reason, revokedBy: by } = ending;
  const grants = found.grants.map((each) =>
    each.id === grantId ? { ...grant, ...ending, status: 'revoked' as const } : each,
  );
  return {
    project: { ...found, grants, version: found.version + 1 },
    writes: [],
    revoked: { kind: 'grant', projectId: found.id, grantId, arcs: arcsOf(found), by, reason },
    factOf: (revocationId) => ({
      type: 'grant-revoked',
      data: { revocationId, projectId: found.id, grantId, reason },
    }),
  };
}

function revokeProject(found: Project, ending: Ending): Revoking {
  if (found.status !== 'active') throw refuseRevocation('ALREADY_REVOKED');
  const { reason, revokedBy: by } = ending;
  const active = found.grants.filter(({ status }) => status === 'active').map(({ id }) => id);
  const grants = found.grants.map((each) =>
    each.status === 'active' ? { ...each, ...ending, status: 'revoked' as const } : each,
  );
  return {
    project: { ...found, ...ending, grants, status: 'revoked', version: found.version + 1 },
    writes: [],
    revoked: { kind: 'project', projectId: found.id, arcs: arcsOf(found), by, reason },
    factOf: (revocationId) => ({
      type: 'project-revoked',
      data: { revocationId, projectId: found.id, grants: active, reason },
    }),
  };
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
    const by = actor.pseudonym;
    const { reason } = body;
    const ending: Ending = { revokedAt: at.toISOString(), revokedBy: by, reason };
    const revoking =
      body.kind === 'member'
        ? await revokeMember(people, found, body.person, ending)
        : body.kind === 'grant'
          ? revokeGrant(found, body.grantId, ending)
          : revokeProject(found, ending);
    const made =
      body.kind === 'grant'
        ? grantRevocationWrites(found, body.grantId, { by, reason }, at)
        : revocationWrites(revoking.revoked, at);
    const canary = await canaryWrites(table, body.canary, { by, reason, at });
    const result = recordedOf(made.revocation);
    return {
      writes: [
        ...(await projectWrites(table, found, revoking.project)),
        ...revoking.writes,
        ...made.writes,
        ...canary.writes,
        ...request.remember(resultName(result), clock),
      ],
      facts: [revoking.factOf(made.revocation.id), ...canary.facts],
      actor: by,
      at,
      result,
    };
  });
}
