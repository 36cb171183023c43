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
  KIND_FIXED: {
    status: 409,
    title: 'A person does not become a machine, nor a machine a person.',
    fix: 'Record the other one under its own subject, and take the roles of this one away.',
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
  EARLIER_APPROVAL_VOID: {
    status: 409,
    title:
      "The first approval counts no longer: its reviewer has lost the role, or stands on the applicant's side now.",
    fix: 'Return the application, so that two reviewers decide on it anew.',
  },
  REVIEWER_IN_CONFLICT: {
    status: 403,
    title: 'The applicant has declared you, or the place where you work, to be in conflict of interest.',
    fix: 'Leave the decision to other reviewers.',
  },
  CONDITIONS_DIFFER: {
    status: 409,
    title: 'The first approval of this application sets other conditions.',
    fix: 'Approve with the conditions in `conditions`, or return the application and say which you miss.',
  },
  CONDITION_NOT_APPLICABLE: {
    status: 422,
    title: 'A condition does not fit the application.',
    fix: 'Correct or leave out the condition that `detail` names.',
  },
  ASSESSMENT_NOT_ACCEPTED: {
    status: 409,
    title: 'A model is used, and its impact assessment has not been accepted.',
    fix: 'Accept the assessment first, once the applicant has submitted it, or return the application.',
  },
  ASSESSMENT_NOT_OPEN: {
    status: 409,
    title: 'The impact assessment is not in a state that allows this.',
    fix: 'Read it again: it is changed until it is submitted, and judged while the application is submitted.',
  },
  ASSESSMENT_INCOMPLETE: {
    status: 422,
    title: 'The impact assessment is not complete.',
    fix: 'Save the fields listed in `errors`, then submit again.',
  },
  AMENDMENT_OPEN: {
    status: 409,
    title: 'An amendment or renewal of this project is open already.',
    fix: 'Submit or close the one in `applicationId` first.',
  },
  PROJECT_NOT_ACTIVE: {
    status: 409,
    title: 'The project is not active, so it can be neither amended nor renewed.',
    fix: 'Apply anew: POST /v1/applications.',
  },
  MEMBER_REVOKED_SINCE: {
    status: 409,
    title: 'A member was taken out of the project after the amendment was begun.',
    fix: 'Return the amendment, so that its members can be looked at again; to bring somebody back, another is begun.',
  },
  TOO_MANY_EDITIONS: {
    status: 409,
    title: 'The project has been amended as often as its record can hold.',
    fix: 'Apply anew: POST /v1/applications.',
  },
  ATTACHMENT_NOT_FOUND: {
    status: 404,
    title: 'The application has no such attachment.',
    fix: 'Check the id against GET /v1/applications/{id}/attachments.',
  },
  TOO_MANY_ATTACHMENTS: {
    status: 409,
    title: 'The application has as many attachments as it may have.',
    fix: 'Delete one that is not needed, or join several in one PDF.',
  },
  ATTACHMENT_NOT_RECEIVED: {
    status: 409,
    title: 'The file has not arrived.',
    fix: 'Put the file to the URL, with its headers, then complete again.',
  },
  ATTACHMENT_NOT_PDF: {
    status: 422,
    title: 'The file is not a PDF.',
    fix: 'Delete the attachment, save the paper as PDF and attach that.',
  },
  LETTER_NOT_AVAILABLE: {
    status: 409,
    title: 'There is no such letter of the application as it stands.',
    fix: 'Read the application: a letter tells of what has happened to it.',
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
