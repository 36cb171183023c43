import type { CollectionConfiguration } from '../platform/configuration.contract';
import { refuseRequest } from '../platform/http-errors';
import type { Application, Shortcoming, SubmittedApplication } from './application.contract';
import {
  type ApplicationContent,
  type ApplicationDraft,
  applicationContent,
} from './application-content.contract';
import { matchDuo } from './duo-match';
import type { Person } from './person.contract';
import { refuseRegister } from './register-refusals';

export type EditableApplication = Extract<Application, { state: 'draft' | 'returned' }>;
export type OpenApplication = Extract<Application, { state: 'draft' | 'submitted' | 'returned' }>;

/** Whether an application still waits for somebody: its applicant or the committee. */
export function isOpen(application: Application): application is OpenApplication {
  return ['draft', 'submitted', 'returned'].includes(application.state);
}

/** @throws PlatformError APPLICATION_NOT_OPEN */
export function demandEditable(application: Application): asserts application is EditableApplication {
  if (application.state !== 'draft' && application.state !== 'returned') {
    throw refuseRegister('APPLICATION_NOT_OPEN', { detail: `The application is ${application.state}.` });
  }
}

/** @throws PlatformError NOT_THE_APPLICANT */
export function demandApplicant(application: Application, actor: Person): void {
  if (application.applicant !== actor.subject) throw refuseRegister('NOT_THE_APPLICANT');
}

/** @throws PlatformError VERSION_DIFFERS; undefined: the sender takes whatever version stands */
export function demandVersion(record: { readonly version: number }, expected: number | undefined): void {
  if (expected !== undefined && expected !== record.version) throw refuseRequest('VERSION_DIFFERS');
}

/** What stays of an application whatever its state. */
function commonOf(application: Application) {
  const { id, projectId, kind, edition, applicant, applicantPseudonym, applicantOrganisation } = application;
  const { round, createdAt } = application;
  return {
    id,
    projectId,
    kind,
    edition,
    applicant,
    applicantPseudonym,
    applicantOrganisation,
    round,
    createdAt,
  };
}

/**
 * The application with new content. Unfinished content is no fault: drafts always save.
 * @throws PlatformError NOT_THE_APPLICANT, APPLICATION_NOT_OPEN
 */
export function changeContent(
  application: Application,
  actor: Person,
  content: ApplicationDraft,
  now: Date,
): EditableApplication {
  demandApplicant(application, actor);
  demandEditable(application);
  return { ...application, content, changedAt: now.toISOString(), version: application.version + 1 };
}

/**
 * Submits a draft or a returned application; earlier decisions no longer count.
 *
 * @param shortcomings of its content, as `findShortcomings` gives them, and what else is missing
 * @throws PlatformError NOT_THE_APPLICANT, APPLICATION_NOT_OPEN, APPLICATION_INCOMPLETE (with `errors`)
 */
export function submit(
  application: Application,
  actor: Person,
  collections: readonly CollectionConfiguration[],
  shortcomings: readonly Shortcoming[],
  now: Date,
): SubmittedApplication {
  demandApplicant(application, actor);
  demandEditable(application);
  if (shortcomings.length > 0) {
    throw refuseRegister('APPLICATION_INCOMPLETE', {
      detail: shortcomings.map(({ path, message }) => `${path}: ${message}`).join('; '),
      extensions: { errors: shortcomings },
    });
  }
  const content: ApplicationContent = applicationContent.parse(application.content);
  const duoCodes = collections.find((each) => each.id === content.collection)?.duoCodes ?? [];
  return {
    ...commonOf(application),
    applicantOrganisation: actor.organisation,
    state: 'submitted',
    content,
    submittedAt: now.toISOString(),
    duoMatch: matchDuo(content.duoCodes, duoCodes),
    decisions: [],
    round: application.round + 1,
    changedAt: now.toISOString(),
    version: application.version + 1,
  };
}

/**
 * Ends an application that its applicant no longer wants decided.
 * @throws PlatformError NOT_THE_APPLICANT, APPLICATION_NOT_OPEN
 */
export function close(
  application: Application,
  actor: Person,
  now: Date,
): Extract<Application, { state: 'closed' }> {
  demandApplicant(application, actor);
  if (!isOpen(application)) {
    throw refuseRegister('APPLICATION_NOT_OPEN', { detail: `The application is ${application.state}.` });
  }
  const at = now.toISOString();
  return {
    ...commonOf(application),
    state: 'closed',
    content: application.content,
    submittedAt: 'submittedAt' in application ? application.submittedAt : undefined,
    closedAt: at,
    changedAt: at,
    version: application.version + 1,
  };
}
