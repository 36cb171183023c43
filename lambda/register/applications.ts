import { canonicalDigest } from '../platform/canonical-json';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import { absent } from '../platform/document-table';
import { refuseRequest } from '../platform/http-errors';
import { newId } from '../platform/ids';
import type { RequestPerson } from '../platform/request-person';
import type { Role } from '../platform/roles.contract';
import {
  type Application,
  type ApplicationDraft,
  type ApplicationView,
  application,
} from './application.contract';
import { changeContent, submit } from './application-rules';
import type { RepeatableRequest } from './idempotency';
import { listPointedTo } from './listing';
import { introducePerson, type People, readActor } from './people';
import { type Chain, changeRegister } from './register-change';
import { refuseRegister } from './register-refusals';
import {
  applicationKey,
  atVersion,
  ownApplicationKey,
  personPartition,
  projectPartition,
  submittedApplicationKey,
} from './register-table';

/** Everything that the committee's work needs. */
export interface Committee extends People {
  readonly collections: readonly CollectionConfiguration[];
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
 * An application that the requester may see: their own, or, for an overseer, one that was submitted.
 * @throws PlatformError APPLICATION_NOT_FOUND for one that is not there and one that is not theirs alike
 */
export async function readApplication(
  committee: Committee,
  requester: RequestPerson,
  id: string,
): Promise<Application> {
  const found = await committee.table.get(applicationKey(id), application);
  const own = found?.applicant === requester.subject;
  if (found === null || !(own || (isOverseer(requester) && found.round > 0))) {
    throw refuseRegister('APPLICATION_NOT_FOUND');
  }
  return found;
}

/** An application as the requester may see it. */
export function viewOf(found: Application, requester: RequestPerson): ApplicationView {
  const { applicantPseudonym: _pseudonym, applicantOrganisation: _organisation, ...rest } = found;
  if (isOverseer(requester) || !('decisions' in rest)) return rest;
  const { decisions: _decisions, ...withoutReviewers } = rest;
  return withoutReviewers;
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
    const at = clock.now();
    const draft: Application = {
      id,
      projectId,
      applicant: applicant.subject,
      applicantPseudonym: applicant.pseudonym,
      applicantOrganisation: applicant.organisation,
      state: 'draft',
      content,
      round: 0,
      createdAt: at.toISOString(),
      changedAt: at.toISOString(),
      version: 1,
    };
    return {
      writes: [
        { put: { ...applicationKey(id), ...draft }, condition: absent },
        { put: { ...ownApplicationKey(applicant.subject, id) }, condition: absent },
        ...request.remember(id, clock),
      ],
      facts: [
        {
          type: 'application-drafted',
          data: { applicationId: id, round: 0, contentDigest: canonicalDigest(content) },
        },
      ],
      actor: applicant.pseudonym,
      at,
      result: draft,
    };
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
    if (expectedVersion !== undefined && expectedVersion !== current.version) {
      throw refuseRequest('VERSION_DIFFERS');
    }
    const at = clock.now();
    const next = changeContent(current, applicant, content, at);
    if (canonicalDigest(current.content) === canonicalDigest(content)) return { unchanged: current };
    return {
      writes: [{ put: { ...applicationKey(id), ...next }, condition: atVersion(current.version) }],
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
  if (expectedVersion !== undefined && expectedVersion !== before.version) {
    throw refuseRequest('VERSION_DIFFERS');
  }
  // Refuses before anybody is introduced for an application that cannot go.
  submit(before, applicant, collections, clock.now());
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
    const next = submit(current, applicant, collections, at);
    return {
      writes: [
        { put: { ...applicationKey(id), ...next }, condition: atVersion(current.version) },
        { put: { ...submittedApplicationKey(id) } },
        ...request.remember(id, clock),
      ],
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

/** One page of applications, newest first: all that were submitted, for an overseer who does not ask for their own. */
export async function listApplications(
  committee: Committee,
  requester: RequestPerson,
  page: { scope: 'own' | 'all'; limit: number; next?: string },
): Promise<{ applications: ApplicationView[]; next: string | undefined }> {
  const all = page.scope === 'all' && isOverseer(requester);
  const { records, next } = await listPointedTo(
    committee.table,
    {
      pk: all ? 'APPLICATIONS' : personPartition(requester.subject),
      skPrefix: 'APPLICATION#',
      limit: page.limit,
      next: page.next,
    },
    applicationKey,
    application,
  );
  return { applications: records.map((found) => viewOf(found, requester)), next };
}
