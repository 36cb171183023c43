import type { RequestPerson } from '../platform/request-person';
import type { SubmissionRecord } from './submission.contract';
import { refuseSubmission } from './submission-errors';
import type { SubmissionStore } from './submission-store';

/**
 * The trust for which a person acts: the one in their record, never one in the request.
 * @throws PlatformError NO_TRUST
 */
export function actingTrust(person: RequestPerson): string {
  if (person.trust === null) throw refuseSubmission('NO_TRUST');
  return person.trust;
}

/**
 * A submission of the person's trust. One of another trust is not found, so that ids tell nothing.
 * @throws PlatformError NO_TRUST, SUBMISSION_NOT_FOUND
 */
export async function ownSubmission(
  submissions: Pick<SubmissionStore, 'get'>,
  person: RequestPerson,
  id: string,
): Promise<SubmissionRecord> {
  const trust = actingTrust(person);
  const submission = await submissions.get(id);
  if (submission === null || submission.trust !== trust) throw refuseSubmission('SUBMISSION_NOT_FOUND');
  return submission;
}

/**
 * As `ownSubmission`, one that still takes manifest pages and files.
 * @throws PlatformError NO_TRUST, SUBMISSION_NOT_FOUND, SUBMISSION_NOT_OPEN, SUBMISSION_EXPIRED
 */
export async function openSubmission(
  submissions: Pick<SubmissionStore, 'get'>,
  person: RequestPerson,
  id: string,
): Promise<SubmissionRecord> {
  const submission = await ownSubmission(submissions, person, id);
  if (submission.state !== 'open')
    throw refuseSubmission(submission.expired ? 'SUBMISSION_EXPIRED' : 'SUBMISSION_NOT_OPEN');
  return submission;
}
