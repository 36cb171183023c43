import { absent, type TransactionWrite } from '../platform/document-table';
import { newId } from '../platform/ids';
import type { RequestPerson } from '../platform/request-person';
import { demandActive } from './amendment';
import {
  type Application,
  type ApplicationKind,
  application,
  editionRecord,
  MOST_EDITIONS,
} from './application.contract';
import { applicationDraft } from './application-content.contract';
import { demandApplicant, isOpen } from './application-rules';
import { type Committee, chainOf } from './applications';
import type { RepeatableRequest } from './idempotency';
import { type Assessment, assessment } from './impact-assessment.contract';
import { draftChange } from './new-draft';
import { readActor } from './people';
import type { Person } from './person.contract';
import { membership, project } from './project.contract';
import { changeRegister } from './register-change';
import { refuseRegister } from './register-refusals';
import {
  applicationKey,
  assessmentKey,
  membershipKey,
  projectKey,
  projectPartition,
  type RegisterTable,
} from './register-table';

type FurtherKind = Exclude<ApplicationKind, 'new'>;

async function requireApplication(table: RegisterTable, id: string): Promise<Application> {
  const found = await table.get(applicationKey(id), application);
  if (found === null) throw refuseRegister('APPLICATION_NOT_FOUND');
  return found;
}

/**
 * The application that was approved last for a project, for its applicant.
 * @throws PlatformError PROJECT_NOT_FOUND, PROJECT_NOT_ACTIVE, NOT_THE_APPLICANT
 */
async function readBasis(
  table: RegisterTable,
  applicant: Person,
  projectId: string,
): Promise<{ basis: Application; members: readonly string[] }> {
  const [found, member] = await Promise.all([
    table.get(projectKey(projectId), project),
    table.get(membershipKey(applicant.subject, projectId), membership),
  ]);
  if (found === null || member?.status !== 'active') throw refuseRegister('PROJECT_NOT_FOUND');
  demandActive(found);
  const basis = await requireApplication(table, found.applicationId);
  demandApplicant(basis, applicant);
  return { basis, members: found.members };
}

/**
 * Number of the next version of a project's application; the last one must have come to an end.
 * @throws PlatformError AMENDMENT_OPEN, TOO_MANY_EDITIONS
 */
async function nextEdition(table: RegisterTable, projectId: string): Promise<number> {
  const { items } = await table.query(
    { pk: projectPartition(projectId), skPrefix: 'EDITION#', descending: true, limit: 1 },
    editionRecord,
  );
  const [last] = items;
  if (last === undefined) throw refuseRegister('PROJECT_NOT_FOUND');
  const before = await requireApplication(table, last.applicationId);
  if (isOpen(before))
    throw refuseRegister('AMENDMENT_OPEN', { extensions: { applicationId: before.id, state: before.state } });
  if (before.edition >= MOST_EDITIONS) throw refuseRegister('TOO_MANY_EDITIONS');
  return before.edition + 1;
}

/** The answers of the last assessment, to be looked through and handed in again: what a model does may have changed. */
async function copiedAssessment(
  table: RegisterTable,
  from: string,
  to: string,
  now: Date,
): Promise<TransactionWrite[]> {
  const before = await table.get(assessmentKey(from), assessment);
  if (before === null) return [];
  const copied: Assessment = {
    applicationId: to,
    state: 'in-progress',
    content: before.content,
    changedAt: now.toISOString(),
    version: 1,
  };
  return [{ put: { ...assessmentKey(to), ...copied }, condition: absent }];
}

/**
 * Begins an amendment or a renewal: a new application for the same project, with the content that was approved last. One
 * at a time is open.
 *
 * @throws PlatformError PROJECT_NOT_FOUND, PROJECT_NOT_ACTIVE, NOT_THE_APPLICANT, AMENDMENT_OPEN, TOO_MANY_EDITIONS
 */
export async function beginEdition(
  committee: Committee,
  requester: RequestPerson,
  projectId: string,
  kind: FurtherKind,
  request: RepeatableRequest,
): Promise<Application> {
  const { table, clock } = committee;
  const applicant = await readActor(committee, requester, ['applicant']);
  const id = newId('a', clock);
  return changeRegister<Application>(table, chainOf(projectId), async () => {
    const earlier = await request.earlierResult(table);
    if (earlier !== null) return { unchanged: await requireApplication(table, earlier) };
    const { basis, members } = await readBasis(table, applicant, projectId);
    const edition = await nextEdition(table, projectId);
    const at = clock.now();
    const { changeReason: _reason, ...approved } = basis.content;
    const content = applicationDraft.parse({
      ...approved,
      // Whom a revocation took out since does not come back unnoticed.
      members: approved.members.filter((subject) => members.includes(subject)),
    });
    return draftChange({ id, projectId, kind, edition, content }, applicant, at, [
      ...(await copiedAssessment(table, basis.id, id, at)),
      ...request.remember(id, clock),
    ]);
  });
}
