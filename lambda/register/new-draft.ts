import { canonicalDigest } from '../platform/canonical-json';
import { absent, type TransactionWrite } from '../platform/document-table';
import type { Application } from './application.contract';
import { applicationWrites } from './application-writes';
import type { Person } from './person.contract';
import type { Change } from './register-change';
import { editionKey, ownApplicationKey } from './register-table';

/** What tells a new draft from others: its place among the versions of its project's application, and its content. */
export type NewDraft = Pick<Application, 'id' | 'projectId' | 'kind' | 'edition'> &
  Pick<Extract<Application, { state: 'draft' }>, 'content'>;

/**
 * A draft that its applicant begins: the application, its places in the applicant's own list and in its project, and the
 * event.
 *
 * @param beside what the same transaction writes with it
 */
export function draftChange(
  { id, projectId, kind, edition, content }: NewDraft,
  { subject, pseudonym, organisation }: Person,
  at: Date,
  beside: readonly TransactionWrite[],
): Change<Application> {
  const draft: Application = {
    id,
    projectId,
    kind,
    edition,
    applicant: subject,
    applicantPseudonym: pseudonym,
    applicantOrganisation: organisation,
    state: 'draft',
    content,
    round: 0,
    createdAt: at.toISOString(),
    changedAt: at.toISOString(),
    version: 1,
  };
  return {
    writes: [
      ...applicationWrites(draft, null),
      { put: { ...ownApplicationKey(subject, id) }, condition: absent },
      { put: { ...editionKey(projectId, edition), applicationId: id }, condition: absent },
      ...beside,
    ],
    facts: [
      {
        type: 'application-drafted',
        data: { applicationId: id, round: 0, kind, edition, contentDigest: canonicalDigest(content) },
      },
    ],
    actor: pseudonym,
    at,
    result: draft,
  };
}
