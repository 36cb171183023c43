import { absent, type TransactionWrite } from '../platform/document-table';
import { type Amendment, amend } from './amendment';
import type { Application, ApprovedApplication, SubmittedApplication } from './application.contract';
import { type Approval, type ApprovalOf, approve, join } from './approval';
import type { Fact } from './event.contract';
import { type ActiveGrant, grantStudiesRecord } from './grant.contract';
import { type Person, person } from './person.contract';
import { type Membership, membership, type Project, project } from './project.contract';
import { refuseRegister } from './register-refusals';
import {
  atVersion,
  grantStudiesKey,
  listedProjectKey,
  membershipKey,
  personKey,
  projectKey,
  type RegisterTable,
} from './register-table';
import { grantRevocationWrites } from './revocations';

/** What the register says of the people and the project of a submitted application. */
export interface Grounds {
  /** Applicant and members as the register knows them now, the applicant first. */
  readonly members: readonly Person[];
  /** Members of the project now whom an amendment leaves out. */
  readonly leaving: readonly Person[];
  /** Null of a new application. */
  readonly project: Project | null;
  /** Studies of the grant in force, where it lists some. */
  readonly studies: readonly string[] | null;
  /** Of all these people in the project, those who left earlier included. */
  readonly memberships: readonly Membership[];
}

async function readPeople(table: RegisterTable, subjects: readonly string[]): Promise<Person[]> {
  const records = await table.getMany(subjects.map(personKey), person);
  return subjects.map((subject) => {
    const record = records.find((each) => each.subject === subject);
    if (record === undefined) throw refuseRegister('PERSON_NOT_FOUND');
    return record;
  });
}

/** Reads what a decision is judged by, and what an approval changes. */
export async function readGrounds(table: RegisterTable, application: SubmittedApplication): Promise<Grounds> {
  const named = [...new Set([application.applicant, ...application.content.members])];
  const members = await readPeople(table, named);
  if (application.kind === 'new')
    return { members, leaving: [], project: null, studies: null, memberships: [] };

  const { projectId } = application;
  const amended = await table.get(projectKey(projectId), project);
  if (amended === null) throw refuseRegister('PROJECT_NOT_FOUND');
  const leaving = amended.members.filter((subject) => !named.includes(subject));
  const active = amended.grants.find((each) => each.status === 'active');
  const list =
    active?.scope.kind === 'studies'
      ? await table.get(grantStudiesKey(projectId, active.id), grantStudiesRecord.pick({ studies: true }))
      : null;
  return {
    members,
    leaving: await readPeople(table, leaving),
    project: amended,
    studies: list?.studies ?? null,
    memberships: await table.getMany(
      [...named, ...leaving].map((subject) => membershipKey(subject, projectId)),
      membership,
    ),
  };
}

/** What an approval writes, what it tells, and the application as it stands then. */
export interface ApprovalChange {
  readonly application: ApprovedApplication;
  readonly project: Project;
  readonly writes: readonly TransactionWrite[];
  readonly facts: readonly Fact[];
}

function studiesWrites({ grant, studies }: Approval): TransactionWrite[] {
  if (studies === null) return [];
  return [{ put: { ...grantStudiesKey(grant.projectId, grant.id), studies }, condition: absent }];
}

function grantGiven(grant: ActiveGrant, members: readonly Person[]): Fact {
  return {
    type: 'grant-given',
    data: {
      projectId: grant.projectId,
      grantId: grant.id,
      collection: grant.collection,
      split: grant.split,
      scope: grant.scope,
      accessMode: grant.accessMode,
      startsOn: grant.startsOn,
      endsOn: grant.endsOn,
      members: members.map(({ pseudonym }) => pseudonym),
    },
  };
}

function membershipWrite(next: Membership): TransactionWrite {
  return {
    put: { ...membershipKey(next.subject, next.projectId), ...next },
    condition: atVersion(next.version - 1),
  };
}

function newProject(approval: ApprovalOf, { members }: Grounds): ApprovalChange {
  const made = approve(approval);
  const { id } = made.project;
  return {
    application: made.application,
    project: made.project,
    writes: [
      { put: { ...projectKey(id), ...made.project }, condition: absent },
      { put: { ...listedProjectKey(id) }, condition: absent },
      ...members.map((member) => membershipWrite(join(member, id, null, approval.now))),
      ...studiesWrites(made),
    ],
    facts: [grantGiven(made.grant, members)],
  };
}

/** Whether a revocation took a member out of the project after an amendment or a renewal of it was begun. */
export function isRevokedSince(member: Membership, { createdAt }: Pick<Application, 'createdAt'>): boolean {
  return member.status === 'revoked' && member.revokedAt > createdAt;
}

/**
 * Members who join and leave. Nobody comes back whom a revocation took out after the amendment was begun.
 * @throws PlatformError MEMBER_REVOKED_SINCE
 */
function membershipChanges(made: Amendment, grounds: Grounds, by: string, now: Date): TransactionWrite[] {
  const before = (subject: string) => grounds.memberships.find((each) => each.subject === subject) ?? null;
  const joining = grounds.members.filter(({ subject }) => made.joining.includes(subject));
  for (const { subject } of joining) {
    const earlier = before(subject);
    if (earlier !== null && isRevokedSince(earlier, made.application))
      throw refuseRegister('MEMBER_REVOKED_SINCE');
  }
  const leaving = made.leaving.flatMap((subject) => before(subject) ?? []);
  return [
    ...joining.map((member) => membershipWrite(join(member, made.project.id, before(member.subject), now))),
    ...leaving.map(({ subject, pseudonym, projectId, memberSince, version }) =>
      membershipWrite({
        subject,
        pseudonym,
        projectId,
        memberSince,
        status: 'revoked',
        revokedAt: now.toISOString(),
        revokedBy: by,
        reason: 'member-left',
        version: version + 1,
      }),
    ),
  ];
}

function amendedProject(approval: ApprovalOf, grounds: Grounds, before: Project, by: string): ApprovalChange {
  const made = amend(approval, before, grounds.studies);
  const { superseded, grant } = made;
  const pseudonyms = (people: readonly Person[], among: readonly string[]) =>
    people.filter(({ subject }) => among.includes(subject)).map(({ pseudonym }) => pseudonym);
  // No credential is cut from a superseded grant any more; sessions that read more than the new one gives are denied.
  const denial =
    superseded !== null && made.narrows
      ? grantRevocationWrites(before, superseded.id, { by, reason: 'superseded' }, approval.now).writes
      : [];
  return {
    application: made.application,
    project: made.project,
    writes: [
      { put: { ...projectKey(before.id), ...made.project }, condition: atVersion(before.version) },
      ...membershipChanges(made, grounds, by, approval.now),
      ...studiesWrites(made),
      ...denial,
    ],
    facts: [
      grantGiven(grant, grounds.members),
      ...(superseded === null
        ? []
        : [
            {
              type: 'grant-superseded' as const,
              data: {
                projectId: before.id,
                grantId: superseded.id,
                by: grant.id,
                narrows: made.narrows,
                joined: pseudonyms(grounds.members, made.joining),
                left: pseudonyms(grounds.leaving, made.leaving),
              },
            },
          ]),
    ],
  };
}

/**
 * What the second approval changes: a new project with its grant and memberships, or the amended one.
 *
 * @param by pseudonym of the reviewer who approves
 * @throws PlatformError LEGAL_BASIS_ENDED, PROJECT_NOT_ACTIVE, TOO_MANY_EDITIONS, MEMBER_REVOKED_SINCE
 */
export function makeApproval(approval: ApprovalOf, grounds: Grounds, by: string): ApprovalChange {
  return grounds.project === null
    ? newProject(approval, grounds)
    : amendedProject(approval, grounds, grounds.project, by);
}
