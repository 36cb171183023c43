import type { RefusalTable } from '../platform/platform-error';

/** Refusals of the register. */
export const registerRefusals = {
  PERSON_NOT_FOUND: {
    status: 404,
    title: 'The register does not know this person.',
    fix: 'Check the subject; an officer records people with PUT /v1/people/{subject}.',
  },
  OWN_RECORD: {
    status: 403,
    title: 'Nobody changes their own roles.',
    fix: 'Ask another officer.',
  },
  TRUST_NOT_CONFIGURED: {
    status: 422,
    title: 'This trust is not one that sends images to the platform.',
    fix: 'Use the ODS code of a trust in the configuration.',
  },
  APPLICATION_NOT_FOUND: {
    status: 404,
    title: 'There is no such application, or it is not yours to see.',
    fix: 'Check the id against GET /v1/applications.',
  },
  APPLICATION_NOT_OPEN: {
    status: 409,
    title: 'The application is not in a state that allows this.',
    fix: 'Read the application again: drafts and returned applications can be changed, submitted ones decided.',
  },
  APPLICATION_INCOMPLETE: {
    status: 422,
    title: 'The application is not complete.',
    fix: 'Save the fields listed in `errors`, then submit again.',
  },
  NOT_THE_APPLICANT: {
    status: 403,
    title: 'Only the applicant may do this.',
    fix: 'Ask the applicant to do it.',
  },
  REVIEWER_ON_APPLICANTS_SIDE: {
    status: 403,
    title: 'A reviewer may not decide on an application of their own side.',
    fix: 'Leave the decision to reviewers who are not named in it and do not share an organisation with those who are.',
  },
  REVIEWER_ORGANISATION_UNKNOWN: {
    status: 403,
    title:
      'The register does not say where somebody involved works, so a conflict of interest cannot be ruled out.',
    fix: 'Ask an officer to record the organisation of the reviewer and of the applicant.',
  },
  ALREADY_DECIDED: {
    status: 409,
    title: 'You have decided on this submission already.',
    fix: 'Two different reviewers decide; a decision is final until the application is submitted again.',
  },
  LEGAL_BASIS_ENDED: {
    status: 409,
    title: 'The legal basis of the collection does not reach that far.',
    fix: 'Ask for a last day that is not after the end of the legal basis.',
  },
  PROJECT_NOT_FOUND: {
    status: 404,
    title: 'There is no such project, or it is not yours to see.',
    fix: 'Check the id against GET /v1/projects.',
  },
  REGISTER_BUSY: {
    status: 503,
    title: 'Too many changes at once.',
    fix: 'Try again in a few seconds.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'This Idempotency-Key was used for another request.',
    fix: 'Use a new key for a new request; repeat a key only with the same request.',
  },
} as const satisfies RefusalTable;
