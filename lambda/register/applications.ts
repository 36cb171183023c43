import { canonicalDigest } from '../platform/canonical-json';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import { refuseRequest } from '../platform/http-errors';
import { newId } from '../platform/ids';
import type { PlatformError } from '../platform/platform-error';
import { type RequestPerson, refuseRoles } from '../platform/request-person';
import type { Role } from '../platform/roles.contract';
import { type Application, application, type Shortcoming } from './application.contract';
import type { ApplicationContent, ApplicationDraft } from './application-content.contract';
import { changeContent, close, demandApplicant, demandVersion, submit } from './application-rules';
import { applicationWrites } from './application-writes';
import { isRevokedSince } from './approval-change';
import { findUnreceived } from './attachment-records';
import type { RepeatableRequest } from './idempotency';
import { draftChange } from './new-draft';
import { introducePerson, type People, readActor } from './people';
import { membership, project } from './project.contract';
import { type Chain, changeRegister } from './register-change';
import { refuseRegister } from './register-refusals';
import {
  applicationKey,
  membershipKey,
  projectKey,
  projectPartition,
  type RegisterTable,
} from './register-table';
import { findShortcomings } from './shortcomings';

/** Everything that the committee's work needs. */
export interface Committee extends People {
  readonly collections: readonly CollectionConfiguration[];
  readonly uidRoot: string;
  /** Working days within which the committee means to decide. */
  readonly targetWorkingDays: number;
}

/** Roles that see every application that was ever submitted. */
const overseers: readonly Role[] = ['reviewer', 'officer', 'auditor'];

/** The chain in which an application, its project and its credentials are told of. */
export function chainOf(projectId: string): Chain {
  return { partition: projectPartition(projectId), name: projectId };
}

export function isOverseer(requester: RequestPerson): boolean {
  return requester.roles.some((role) => overseers.includes(role));
}

/**
 * What somebody hears of a thing that is not theirs to see: that it is not there, whether it is or not; or that their
 * sign-in is too weak, where the register has them as an overseer.
 */
export function hiddenFrom(requester: RequestPerson, notFound: PlatformError): PlatformError {
  return requester.signIn.withheldRoles.some((role) => overseers.includes(role))
    ? refuseRoles(requester, overseers)
    : notFound;
}

/**
 * An application that the requester may see: their own, or, for an overseer, one that was submitted.
 * @throws PlatformError APPLICATION_NOT_FOUND for one that is not there and one that is not theirs alike
 */
export async function readApplication(
  committee: Pick<Committee, 'table'>,
  requester: RequestPerson,
  id: string,
): Promise<Application> {
  const found = await committee.table.get(applicationKey(id), application);
  const own = found?.applicant === requester.subject;
  if (found === null || !(own || (isOverseer(requester) && found.round > 0))) {
    throw hiddenFrom(requester, refuseRegister('APPLICATION_NOT_FOUND'));
  }
  return found;
}

/** The content that was approved last in the project of an amendment or a renewal; null of a new application. */
async function readApproved(table: RegisterTable, of: Application): Promise<ApplicationContent | null> {
  if (of.kind === 'new') return null;
  const amended = await table.get(projectKey(of.projectId), project);
  if (amended === null) throw refuseRegister('PROJECT_NOT_FOUND');
  const approved = await table.get(applicationKey(amended.applicationId), application);
  if (approved?.state !== 'approved') return null;
  const members = approved.content.members.filter((subject) => amended.members.includes(subject));
  return { ...approved.content, members };
}

/** Members whom a revocation took out since the draft was begun: it names them still, which nobody would notice. */
async function findRevokedSince(table: RegisterTable, of: Application): Promise<Shortcoming[]> {
  if (of.kind === 'new') return [];
  const named = [...new Set([of.applicant, ...of.content.members])];
  const memberships = await table.getMany(
    named.map((subject) => membershipKey(subject, of.projectId)),
    membership,
  );
  return memberships.some((each) => isRevokedSince(each, of))
    ? [
        {
          path: 'members',
          message:
            'without whom was taken out of the project since this was begun; to bring somebody back, begin another',
        },
      ]
    : [];
}

/** All that stands between an application as it is and its submission. */
async function shortcomingsOf(committee: Committee, of: Application, now: Date): Promise<Shortcoming[]> {
  const { table, collections, uidRoot } = committee;
  const approved = await readApproved(table, of);
  return [
    ...findShortcomings(of.content, { collections, uidRoot, kind: of.kind, approved, now }),
    ...(await findUnreceived(table, of.id)),
    ...(await findRevokedSince(table, of)),
  ];
}

/** The same for its applicant, at any time. */
export async function listShortcomings(
  committee: Committee,
  requester: RequestPerson,
  id: string,
): Promise<Shortcoming[]> {
  const found = await readApplication(committee, requester, id);
  return shortcomingsOf(committee, found, committee.clock.now());
}

/** Makes a draft; a repetition gives the one that was made. */
export async function draftApplication(
  committee: Committee,
  requester: RequestPerson,
  content: ApplicationDraft,
  request: RepeatableRequest,
): Promise<Application> {
  const { table, clock } = committee;
  const applicant = await readActor(committee, requester, ['applicant']);
  const id = newId('a', clock);
  const projectId = newId('p', clock);
  return changeRegister<Application>(table, chainOf(projectId), async () => {
    const earlier = await request.earlierResult(table);
    if (earlier !== null) return { unchanged: await readApplication(committee, requester, earlier) };
    return draftChange(
      { id, projectId, kind: 'new', edition: 1, content },
      applicant,
      clock.now(),
      request.remember(id, clock),
    );
  });
}

/** Saves a draft or a returned application. */
export async function saveApplication(
  committee: Committee,
  requester: RequestPerson,
  id: string,
  content: ApplicationDraft,
  expectedVersion?: number,
): Promise<Application> {
  const { table, clock } = committee;
  const applicant = await readActor(committee, requester, ['applicant']);
  const { projectId } = await readApplication(committee, requester, id);
  return changeRegister<Application>(table, chainOf(projectId), async () => {
    const current = await readApplication(committee, requester, id);
    demandVersion(current, expectedVersion);
    const at = clock.now();
    const next = changeContent(current, applicant, content, at);
    if (canonicalDigest(current.content) === canonicalDigest(content)) return { unchanged: current };
    return {
      writes: applicationWrites(next, current),
      facts: [
        {
          type: 'application-changed',
          data: { applicationId: id, round: next.round, contentDigest: canonicalDigest(content) },
        },
      ],
      actor: applicant.pseudonym,
      at,
      result: next,
    };
  });
}

/** Submits a draft or a returned application; its members become known to the register. */
export async function submitApplication(
  committee: Committee,
  requester: RequestPerson,
  id: string,
  request: RepeatableRequest,
  expectedVersion?: number,
): Promise<Application> {
  const { table, clock, collections } = committee;
  const applicant = await readActor(committee, requester, ['applicant']);
  const before = await readApplication(committee, requester, id);
  const earlier = await request.earlierResult(table);
  if (earlier !== null) return before;
  demandVersion(before, expectedVersion);
  // Refuses before anybody is introduced for an application that cannot go.
  const now = clock.now();
  submit(before, applicant, collections, await shortcomingsOf(committee, before, now), now);
  const members = await Promise.all(
    before.content.members
      .filter((subject) => subject !== applicant.subject)
      .map((subject) => introducePerson(committee, subject, applicant.pseudonym)),
  );
  return changeRegister<Application>(table, chainOf(before.projectId), async () => {
    if ((await request.earlierResult(table)) !== null) {
      return { unchanged: await readApplication(committee, requester, id) };
    }
    const current = await readApplication(committee, requester, id);
    if (current.version !== before.version) throw refuseRequest('VERSION_DIFFERS');
    const at = clock.now();
    const next = submit(current, applicant, collections, await shortcomingsOf(committee, current, at), at);
    const { conflictsOfInterest: declaration } = next.content;
    return {
      writes: [...applicationWrites(next, current), ...request.remember(id, clock)],
      facts: [
        {
          type: 'application-submitted',
          data: {
            applicationId: id,
            round: next.round,
            contentDigest: canonicalDigest(next.content),
            collection: next.content.collection,
            accessMode: next.content.accessMode,
            requestedEndsOn: next.content.requestedEndsOn,
            duoMatch: next.duoMatch.match,
            declaredConflicts: declaration.declared === 'none' ? 0 : declaration.conflicts.length,
            members: [applicant, ...members].map((member) => member.pseudonym),
          },
        },
      ],
      actor: applicant.pseudonym,
      at,
      result: next,
    };
  });
}

/** Ends an application at its applicant's wish, before a decision. */
export async function closeApplication(
  committee: Committee,
  requester: RequestPerson,
  id: string,
  request: RepeatableRequest,
  expectedVersion?: number,
): Promise<Application> {
  const { table, clock } = committee;
  const applicant = await readActor(committee, requester, ['applicant']);
  const { projectId } = await readApplication(committee, requester, id);
  return changeRegister<Application>(table, chainOf(projectId), async () => {
    const current = await readApplication(committee, requester, id);
    if ((await request.earlierResult(table)) !== null) return { unchanged: current };
    demandApplicant(current, applicant);
    demandVersion(current, expectedVersion);
    const at = clock.now();
    const next = close(current, applicant, at);
    return {
      writes: [...applicationWrites(next, current), ...request.remember(id, clock)],
      facts: [{ type: 'application-closed', data: { applicationId: id, round: next.round } }],
      actor: applicant.pseudonym,
      at,
      result: next,
    };
  });
}
